/* What the files that bring the engine about share: java_home.c, vm_start.c, jvm.c, java_call.c,
 * host_thread.c, host_process.c. */
#ifndef LITESTREAM4J_JVM_H
#define LITESTREAM4J_JVM_H

#include "shim.h"

#include <jni.h>
#include <limits.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

#define JAVA_MIN 25

/* java_home.c: the folder of this library, without a trailing slash. */
int own_folder(char *out, size_t capacity);

/* java_home.c: finds a Java that is new enough; 0 with the reason in text if there is none. */
int find_java(char home[PATH_MAX], const char *folder, char *text, size_t capacity);

/* java_home.c: the jars in <folder>/lib, each by name, as -Djava.class.path=...; the caller frees it. */
char *class_path_option(const char *folder);

/* java_home.c: changes with the names and sizes of the jars; known to TrainAotCache.java. */
uint64_t jars_fingerprint(const char *folder);

/* java_home.c: the jars as file: URLs with a blank between them; the caller frees it. */
char *class_path_urls(const char *folder);

/*
 * vm_start.c: starts a JVM and calls start_engine in it, on a thread that belongs to neither host nor JVM afterwards.
 * NULL with the reason in text if that fails in whatever way, those included in which a JVM ends its process.
 */
engine_call start_vm(const char *folder, int is_local, char *text, size_t capacity);

/* jvm.c: calls the engine's start method in a running JVM. */
engine_call start_engine(JNIEnv *env, const char *folder, char *text, size_t capacity);

/* java_call.c: makes a static method of five longs the engine; NULL with an exception pending. */
engine_call java_call_bind(JNIEnv *env, jclass entry, jmethodID method);

/* java_call.c: has calls go by a pointer to the engine from now on. */
void java_call_adopt(int64_t address);

/* java_call.c: what a call returns that could not be made. */
int64_t not_made(int64_t op);

/* host_thread.c: keeps what the host does on signals that a JVM would take, but for what its flight recorder needs. */
void host_signals_save(void);
void host_signals_restore(JavaVM *vm, int has_recorder);

/*
 * host_thread.c: blocks on the calling thread what a thread of the engine's has to block that is about to be born of
 * it, and what the calling thread blocked before again.
 */
void birth_signals_block(void);
void birth_signals_restore(void);

/* host_process.c: a JVM sets the locale of its process to what the environment says. */
void host_locale_save(void);
void host_locale_restore(void);

/*
 * host_process.c: what a JVM opens is inherited by the programs that its process starts; here these are the host's.
 * The first marks files that are open below the two folders, the second what a channel of Java's stands for.
 */
void close_jvm_files_on_exec(const char *home, const char *folder);
void close_channel_on_exec(JNIEnv *env, jobject channel);

/* host_thread.c: whether the calling thread is the host's, and in code of the host. */
int in_host_code(void);

/*
 * host_thread.c: calls the engine as it is fit for the calling thread. A thread whose stack is too small for Java, or
 * that runs on another stack than its own, as fibers do, waits for one that is made for the call.
 */
int64_t call_on_fit_stack(engine_call engine, const int64_t arguments[5]);

#endif
