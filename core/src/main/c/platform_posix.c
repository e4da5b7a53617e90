/* Linux, glibc and musl, and macOS. */
#if !defined(_WIN32)
#define _GNU_SOURCE
#include "platform.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int is_absolute(const char *path) { return path[0] == '/'; }

int platform_own_path(char *out, size_t capacity) {
  Dl_info found;
  char path[PATH_MAX];
  if (!dladdr((void *)(intptr_t)platform_own_path, &found) || !realpath(found.dli_fname, path)) return 0;
  return snprintf(out, capacity, "%s", path) < (int)capacity;
}

int platform_real_path(const char *path, char *out) { return realpath(path, out) != NULL; }

void *platform_load(const char *path) { return dlopen(path, RTLD_NOW | RTLD_GLOBAL); }

const char *platform_load_error(void) {
  const char *reason = dlerror();
  return reason ? reason : "unknown reason";
}

void *platform_symbol(void *library, const char *name) { return dlsym(library, name); }

void *platform_jvm_symbol(const char *name) {
  void *symbol = dlsym(RTLD_DEFAULT, name);
  if (symbol) return symbol;
#if defined(__APPLE__)
  void *library = dlopen("libjvm.dylib", RTLD_NOW | RTLD_NOLOAD);
#else
  void *library = dlopen("libjvm.so", RTLD_NOW | RTLD_NOLOAD);
#endif
  return library ? dlsym(library, name) : NULL;
}

int platform_stack(uintptr_t *lowest, uintptr_t *highest) {
#if defined(__APPLE__)
  *highest = (uintptr_t)pthread_get_stackaddr_np(pthread_self());
  *lowest = *highest - pthread_get_stacksize_np(pthread_self());
  return 1;
#else
  pthread_attr_t attributes;
  void *address = NULL;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes)) return 0;
  int found = !pthread_attr_getstack(&attributes, &address, &size);
  pthread_attr_destroy(&attributes);
  *lowest = (uintptr_t)address;
  *highest = *lowest + size;
  return found;
#endif
}

/* What lies between the top of the first thread's stack and the next thing below it; 0 if that is not told. */
static unsigned long long main_stack_room(void) {
  unsigned long long room = 0;
#if defined(__linux__)
  FILE *maps = fopen("/proc/self/maps", "r");
  unsigned long long begin, end, below = 0;
  char line[PATH_MAX + 128];
  while (maps && !room && fgets(line, sizeof line, maps)) {
    if (sscanf(line, "%llx-%llx", &begin, &end) != 2) continue;
    if (strstr(line, "[stack]")) room = end - below;
    below = end;
  }
  if (maps) fclose(maps);
#endif
  return room;
}

unsigned long long platform_main_stack(void) {
  struct rlimit limit;
  unsigned long long most = getrlimit(RLIMIT_STACK, &limit) || limit.rlim_cur == RLIM_INFINITY ? 0 : limit.rlim_cur;
  unsigned long long room = main_stack_room();
  /* Where there is no limit there is all of the address space. */
  return room && room < (most ? most : 1u << 30) ? room : most;
}

long long platform_address_space_left(void) {
  struct rlimit limit;
  unsigned long long pages = 0;
  if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY) return -1;
  FILE *statm = fopen("/proc/self/statm", "r");
  if (statm) {
    if (fscanf(statm, "%llu", &pages) != 1) pages = 0;
    fclose(statm);
  }
  unsigned long long used = pages * (unsigned long long)sysconf(_SC_PAGESIZE);
  return limit.rlim_cur > used ? (long long)((limit.rlim_cur - used) >> 20) : 0;
}

long long platform_descriptors_left(void) {
  struct rlimit limit;
  /* The hard limit, since a JVM raises the soft one to it when it starts. */
  if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_max == RLIM_INFINITY) return -1;
#if defined(__APPLE__)
  DIR *descriptors = opendir("/dev/fd");
#else
  DIR *descriptors = opendir("/proc/self/fd");
#endif
  if (!descriptors) return errno == EMFILE ? 0 : -1;
  /* The entries for the folder and its parent, and the descriptor that it is read by. */
  unsigned long long used = 0, own = 3;
  while (readdir(descriptors)) used++;
  closedir(descriptors);
  used = used > own ? used - own : 0;
  return limit.rlim_max > used ? (long long)(limit.rlim_max - used) : 0;
}

void platform_block_signals(void) {
  sigset_t all;
  sigfillset(&all);
  /* What a thread does to itself has to reach it. */
  sigdelset(&all, SIGSEGV);
  sigdelset(&all, SIGBUS);
  sigdelset(&all, SIGFPE);
  sigdelset(&all, SIGILL);
  sigdelset(&all, SIGTRAP);
  sigdelset(&all, SIGABRT);
  /* By this one the JDK wakes a thread of its own that is blocked in a socket which another one closes. */
#ifdef __linux__
  sigdelset(&all, SIGRTMAX - 2);
#else
  sigdelset(&all, SIGIO);
#endif
  pthread_sigmask(SIG_SETMASK, &all, NULL);
}

void platform_on_fork(void (*in_child)(void)) { pthread_atfork(NULL, NULL, in_child); }
#endif
