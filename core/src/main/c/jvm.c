/*
 * Finds the engine: the one that a Java program brought, or one in a JVM that is started here. The JVM starts when
 * the first litestream database is opened, not when the extension is loaded, so that processes which never open one
 * pay nothing, and those which fork after loading keep working.
 */
#define _GNU_SOURCE
#include "jvm.h"
#include "platform.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static engine_call engine;

/* From the moment at which a start begins, since a child may be forked in the midst of it. */
static volatile int has_jvm;

/* Set in a child that was forked then: none of the JVM's threads are there. getpid would cost 70 ns. */
static volatile int forked;

static void note_fork(void) { forked = has_jvm; }

/* The caller holds the lock. */
static void begin(void) {
  static int is_watched;
  if (!is_watched) platform_on_fork(note_fork);
  is_watched = has_jvm = 1;
}

int64_t litestream4j_attach(int64_t call) {
  pthread_mutex_lock(&lock);
  begin();
  if (!engine) engine = (engine_call)(intptr_t)call;
  pthread_mutex_unlock(&lock);
  return (int64_t)(intptr_t)litestream4j_interrupted;
}

static int64_t call_engine(int64_t op, int64_t a, int64_t b, int64_t c, int64_t d) {
  const int64_t arguments[5] = {op, a, b, c, d};
  return call_on_fit_stack(engine, arguments);
}

engine_call engine_running(void) { return forked || !engine ? NULL : call_engine; }

/* The JVM that runs in this process, if there is one. */
static JavaVM *running_vm(void) {
  typedef jint(JNICALL * created_vms)(JavaVM **, jsize, jsize *);
  created_vms list = (created_vms)(intptr_t)platform_jvm_symbol("JNI_GetCreatedJavaVMs");
  JavaVM *vm = NULL;
  jsize count = 0;
  return list && list(&vm, 1, &count) == JNI_OK && count > 0 ? vm : NULL;
}

#define ENTRY "litestream4j/sqlite/HostEntry"
#define ENTRY_DOTS "litestream4j.sqlite.HostEntry"

/* A class loader over our own jars, for a JVM whose class path does not have them. */
static jclass load_entry(JNIEnv *env, const char *folder) {
  char *urls = class_path_urls(folder);
  if (!urls) return NULL;
  jclass helper = (*env)->FindClass(env, "java/net/URLClassLoader");
  jclass url = (*env)->FindClass(env, "java/net/URL");
  jclass loader_class = (*env)->FindClass(env, "java/lang/ClassLoader");
  jobjectArray array = NULL;
  jsize count = 1, i = 0;
  for (char *c = urls; *c; c++) count += *c == ' ';
  if (helper && url && loader_class) array = (*env)->NewObjectArray(env, count, url, NULL);
  jmethodID make_url = array ? (*env)->GetMethodID(env, url, "<init>", "(Ljava/lang/String;)V") : NULL;
  char *rest = NULL;
  for (char *item = strtok_r(urls, " ", &rest); make_url && item; item = strtok_r(NULL, " ", &rest)) {
    jobject one = (*env)->NewObject(env, url, make_url, (*env)->NewStringUTF(env, item));
    if (!one) break;
    (*env)->SetObjectArrayElement(env, array, i++, one);
  }
  free(urls);
  if (!make_url || (*env)->ExceptionCheck(env)) return NULL;
  jmethodID make = (*env)->GetMethodID(env, helper, "<init>", "([Ljava/net/URL;)V");
  jmethodID load = (*env)->GetMethodID(env, loader_class, "loadClass", "(Ljava/lang/String;Z)Ljava/lang/Class;");
  jobject loader = make ? (*env)->NewGlobalRef(env, (*env)->NewObject(env, helper, make, array)) : NULL;
  if (!loader || !load) return NULL;
  return (*env)->CallObjectMethod(env, loader, load, (*env)->NewStringUTF(env, ENTRY_DOTS), JNI_TRUE);
}

static jlong JNICALL entry_interrupted(JNIEnv *env, jclass entry, jlong file) {
  (void)env, (void)entry;
  return litestream4j_interrupted(file);
}

static void JNICALL entry_block_signals(JNIEnv *env, jclass entry) {
  (void)env, (void)entry;
  birth_signals_block();
}

static void JNICALL entry_restore_signals(JNIEnv *env, jclass entry) {
  (void)env, (void)entry;
  birth_signals_restore();
}

static void JNICALL entry_adopt(JNIEnv *env, jclass entry, jlong address) {
  (void)env, (void)entry;
  java_call_adopt(address);
}

static void JNICALL entry_close_on_exec(JNIEnv *env, jclass entry, jobject channel) {
  (void)entry;
  close_channel_on_exec(env, channel);
}

#define NATIVE(NAME, SIGNATURE, FUNCTION) \
  {.name = (char *)(NAME), .signature = (char *)(SIGNATURE), .fnPtr = (void *)(intptr_t)(FUNCTION)}

static void describe_exception(JNIEnv *env, const char *folder, char *text, size_t capacity) {
  jthrowable thrown = (*env)->ExceptionOccurred(env);
  (*env)->ExceptionClear(env);
  jclass object = (*env)->FindClass(env, "java/lang/Object");
  jmethodID to_string = object ? (*env)->GetMethodID(env, object, "toString", "()Ljava/lang/String;") : NULL;
  jstring string = thrown && to_string ? (*env)->CallObjectMethod(env, thrown, to_string) : NULL;
  const char *chars = string && !(*env)->ExceptionCheck(env) ? (*env)->GetStringUTFChars(env, string, NULL) : NULL;
  jclass linkage = (*env)->FindClass(env, "java/lang/LinkageError");
  jclass missing = (*env)->FindClass(env, "java/lang/ClassNotFoundException");
  int is_jars = thrown && linkage && missing &&
                ((*env)->IsInstanceOf(env, thrown, linkage) || (*env)->IsInstanceOf(env, thrown, missing));
  snprintf(text, capacity, "the engine did not start: %s%s%s%s", chars ? chars : "unknown failure",
           is_jars ? "; the jars in " : "", is_jars ? folder : "",
           is_jars ? "/lib are damaged or not complete: unpack them again" : "");
  if (chars) (*env)->ReleaseStringUTFChars(env, string, chars);
  (*env)->ExceptionClear(env);
}

/* Failures are in the thread's exception or in text. */
static engine_call bind(JNIEnv *env, jclass entry) {
  static const JNINativeMethod natives[] = {NATIVE("interrupted", "(J)J", entry_interrupted),
                                            NATIVE("adopt", "(J)V", entry_adopt),
                                            NATIVE("blockSignals", "()V", entry_block_signals),
                                            NATIVE("closeOnExec", "(Ljava/nio/channels/Channel;)V",
                                                   entry_close_on_exec),
                                            NATIVE("restoreSignals", "()V", entry_restore_signals)};
  static const jint count = sizeof natives / sizeof *natives;
  /* Before any of its methods is called. Whether it is initialized by now depends on who found it. */
  if ((*env)->RegisterNatives(env, entry, natives, count)) return NULL;
  jmethodID method = (*env)->GetStaticMethodID(env, entry, "call", "(JJJJJ)J");
  jmethodID bound = method ? (*env)->GetStaticMethodID(env, entry, "bound", "()V") : NULL;
  if (!bound) return NULL;
  (*env)->CallStaticVoidMethod(env, entry, bound);
  return (*env)->ExceptionCheck(env) ? NULL : java_call_bind(env, entry, method);
}

engine_call start_engine(JNIEnv *env, const char *folder, char *text, size_t capacity) {
  jclass entry = (*env)->FindClass(env, ENTRY);
  if (!entry) {
    (*env)->ExceptionClear(env);
    entry = load_entry(env, folder);
  }
  engine_call call = entry ? bind(env, entry) : NULL;
  if ((*env)->ExceptionCheck(env) || !call) {
    describe_exception(env, folder, text, capacity);
    return NULL;
  }
  return call;
}

static engine_call start_or_join(int is_local, char *text, size_t capacity) {
  char folder[PATH_MAX];
  if (!own_folder(folder, sizeof folder)) {
    snprintf(text, capacity, "cannot find the folder of litestream-vfs.so");
    return NULL;
  }
  JavaVM *vm = running_vm();
  if (!vm) return start_vm(folder, is_local, text, capacity);
  JNIEnv *env = NULL;
  int attached = (*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_10) == JNI_OK;
  if (!attached && (*vm)->AttachCurrentThreadAsDaemon(vm, (void **)&env, NULL) != JNI_OK) {
    snprintf(text, capacity, "cannot join the JVM of this process");
    return NULL;
  }
  engine_call call = start_engine(env, folder, text, capacity);
  if (!attached) (*vm)->DetachCurrentThread(vm);
  return call;
}

#define FORKED \
  "the process was forked after the JVM had started; open litestream databases in the child only, or start it by " \
  "spawn instead of fork"

engine_call engine_start(int is_local, char *text, size_t capacity) {
  /* First: the lock may have been held by a thread that is not in this child. */
  if (forked) {
    snprintf(text, capacity, FORKED);
    return NULL;
  }
  pthread_mutex_lock(&lock);
  begin();
  if (!engine) engine = start_or_join(is_local, text, capacity);
  has_jvm = engine || running_vm();
  pthread_mutex_unlock(&lock);
  return engine_running();
}
