/* Calls into Java by JNI, from whatever thread the host comes on. */
#define _GNU_SOURCE
#include "jvm.h"
#include "platform.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#define SQLITE_IOERR_READ 266
#define SQLITE_IOERR_NOMEM 3082

static JavaVM *java;
static jclass entry_class;
static jmethodID call_method;

/* Straight into compiled code, once it is linked; before, and while a thread is not attached, by JNI. */
static engine_call pointer;

/* Detaches a thread at its end, if it was attached here. */
static pthread_key_t attached_threads;

/* Of a thread that was attached here. What others attached, they may detach. */
static _Thread_local JNIEnv *own_env;

int64_t not_made(int64_t op) {
  return op == OP_SIZE || op == OP_CHECK_RESERVED ? -SQLITE_IOERR_NOMEM : SQLITE_IOERR_NOMEM;
}

#if defined(_WIN32)
static jint attach(void **env) { return (*java)->AttachCurrentThreadAsDaemon(java, env, NULL); }
static void leave(JavaVM *vm) { (*vm)->DetachCurrentThread(vm); }
#else
/*
 * What a thread of the host takes is the host's affair. But a JVM unblocks SIGUSR2 on each thread that it meets, and on
 * leaving gives it back what it blocked then, which is all here: a thread that ends may block more by now, as Go's do,
 * and what waits for it would come in the midst of the leaving.
 */
static jint attach(void **env) {
  sigset_t of_host;
  int is_known = !pthread_sigmask(SIG_SETMASK, NULL, &of_host);
  if (is_known) platform_block_signals();
  jint status = (*java)->AttachCurrentThreadAsDaemon(java, env, NULL);
  if (is_known) pthread_sigmask(SIG_SETMASK, &of_host, NULL);
  return status;
}

static void leave(JavaVM *vm) {
  sigset_t of_host;
  int is_known = !pthread_sigmask(SIG_SETMASK, NULL, &of_host);
  (*vm)->DetachCurrentThread(vm);
  if (is_known) pthread_sigmask(SIG_SETMASK, &of_host, NULL);
}
#endif

static void detach(void *vm) {
  own_env = NULL;
  leave(vm);
}

static JNIEnv *env_of_thread(void) {
  void *env = NULL;
  if ((*java)->GetEnv(java, &env, JNI_VERSION_10) == JNI_OK) return env;
  if (attach(&env) != JNI_OK) return NULL;
  pthread_setspecific(attached_threads, java);
  own_env = env;
  return env;
}

/* The engine lets no exception out; but the stack may end before it can catch one. */
static int64_t after_exception(JNIEnv *env, int64_t op) {
  (*env)->ExceptionClear(env);
  return op == OP_SIZE || op == OP_CHECK_RESERVED ? -SQLITE_IOERR_READ : SQLITE_IOERR_READ;
}

static int64_t call_java(int64_t op, int64_t a, int64_t b, int64_t c, int64_t d) {
  JNIEnv *env = own_env;
  if (!env) env = env_of_thread();
  if (!env) return not_made(op);
  engine_call linked = __atomic_load_n(&pointer, __ATOMIC_ACQUIRE);
  if (linked) return linked(op, a, b, c, d);
  const jvalue arguments[5] = {{.j = op}, {.j = a}, {.j = b}, {.j = c}, {.j = d}};
  jlong answer = (*env)->CallStaticLongMethodA(env, entry_class, call_method, arguments);
  return (*env)->ExceptionCheck(env) ? after_exception(env, op) : answer;
}

void java_call_adopt(int64_t address) {
  __atomic_store_n(&pointer, (engine_call)(intptr_t)address, __ATOMIC_RELEASE);
}

engine_call java_call_bind(JNIEnv *env, jclass entry, jmethodID method) {
  entry_class = (*env)->NewGlobalRef(env, entry);
  call_method = method;
  if (!entry_class || (*env)->GetJavaVM(env, &java) || pthread_key_create(&attached_threads, detach)) return NULL;
  return call_java;
}
