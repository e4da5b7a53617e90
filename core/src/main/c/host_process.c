/*
 * What belongs to the whole process of a host, and what a JVM does with it as if it were its own.
 */
#define _GNU_SOURCE
#include "jvm.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* ---- the locale ---- */

static char *locale_of_host;

void host_locale_save(void) {
  const char *current = setlocale(LC_ALL, NULL);
  locale_of_host = current ? strdup(current) : NULL;
}

void host_locale_restore(void) {
  if (locale_of_host) setlocale(LC_ALL, locale_of_host);
  free(locale_of_host);
  locale_of_host = NULL;
}

/* ---- descriptors ---- */

#if defined(_WIN32)
void close_jvm_files_on_exec(const char *home, const char *folder) { (void)home, (void)folder; }
void close_channel_on_exec(JNIEnv *env, jobject channel) { (void)env, (void)channel; }
#else
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

static void close_on_exec(int descriptor) {
  int flags = fcntl(descriptor, F_GETFD);
  if (flags >= 0 && !(flags & FD_CLOEXEC)) fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC);
}

static int path_of(int folder, const char *name, char path[PATH_MAX]) {
#if defined(__APPLE__)
  (void)folder;
  return fcntl(atoi(name), F_GETPATH, path) == 0;
#else
  ssize_t length = readlinkat(folder, name, path, PATH_MAX - 1);
  if (length > 0) path[length] = 0;
  return length > 0;
#endif
}

static int is_below(const char *folder, const char *path) {
  size_t length = strlen(folder);
  return length > 0 && !strncmp(path, folder, length) && path[length] == '/';
}

void close_jvm_files_on_exec(const char *home, const char *folder) {
#if defined(__APPLE__)
  DIR *descriptors = opendir("/dev/fd");
#else
  DIR *descriptors = opendir("/proc/self/fd");
#endif
  char path[PATH_MAX];
  struct dirent *entry;
  while (descriptors && (entry = readdir(descriptors))) {
    if (entry->d_name[0] == '.' || !path_of(dirfd(descriptors), entry->d_name, path)) continue;
    if (is_below(home, path) || is_below(folder, path)) close_on_exec(atoi(entry->d_name));
  }
  if (descriptors) closedir(descriptors);
}

/* No API tells the number; the JDK's channels have had it in fields of these names since Java 11. */
void close_channel_on_exec(JNIEnv *env, jobject channel) {
  jclass type = (*env)->GetObjectClass(env, channel);
  jfieldID field = (*env)->GetFieldID(env, type, "fd", "Ljava/io/FileDescriptor;");
  jobject holder = field ? (*env)->GetObjectField(env, channel, field) : NULL;
  jclass holder_type = holder ? (*env)->GetObjectClass(env, holder) : NULL;
  jfieldID number = holder_type ? (*env)->GetFieldID(env, holder_type, "fd", "I") : NULL;
  if (number) close_on_exec((*env)->GetIntField(env, holder, number));
  (*env)->ExceptionClear(env);
}
#endif
