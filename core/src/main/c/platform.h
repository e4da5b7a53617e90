/*
 * Where operating systems differ. Linux on x86-64 is tested; all else was compiled only (scripts/cross-shim).
 */
#ifndef LITESTREAM4J_PLATFORM_H
#define LITESTREAM4J_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define LIBJVM "bin/server/jvm.dll"
#define JAVA_COMMAND "java.exe"
#define JAVA_HOMES "C:/Program Files/Java"
#define PATH_SEPARATOR ";"
#elif defined(__APPLE__)
#define LIBJVM "lib/server/libjvm.dylib"
#define JAVA_COMMAND "java"
#define JAVA_HOMES "/Library/Java/JavaVirtualMachines"
#define PATH_SEPARATOR ":"
#else
#define LIBJVM "lib/server/libjvm.so"
#define JAVA_COMMAND "java"
#define JAVA_HOMES "/usr/lib/jvm"
#define PATH_SEPARATOR ":"
#endif

/* Tells whether a path means the same in every working directory. */
int is_absolute(const char *path);

/* The file of this library, links resolved, with slashes. */
int platform_own_path(char *out, size_t capacity);

/* Resolves links; out has room for PATH_MAX. */
int platform_real_path(const char *path, char *out);

/* Loads a library for good, its symbols visible to those that are loaded later. */
void *platform_load(const char *path);

/* The reason of the last failure of platform_load. */
const char *platform_load_error(void);

void *platform_symbol(void *library, const char *name);

/* A function of the JVM library, if that is in the process already. */
void *platform_jvm_symbol(const char *name);

/* The calling thread's own stack; 0 if the system does not tell. */
int platform_stack(uintptr_t *lowest, uintptr_t *highest);

/*
 * How large the stack of the first thread may grow, in bytes; 0 if there is no limit. Some hosts, Mono for one, fence
 * off its lower end: the JVM must not touch that.
 */
unsigned long long platform_main_stack(void);

/* Megabytes of address space that the process may still take; -1 if there is no limit. */
long long platform_address_space_left(void);

/* Descriptors that the process may still open once a JVM runs; -1 if there is no limit, or nothing to tell it by. */
long long platform_descriptors_left(void);

/* Blocks all signals on the calling thread, so that threads it starts leave them to the host. */
void platform_block_signals(void);

/* Has a function called in each child that is forked from now on. */
void platform_on_fork(void (*in_child)(void));

#endif
