/*
 * The host's threads on their way into Java, and the signals that stay the host's although a JVM is in the process.
 */
#define _GNU_SOURCE
#include "jvm.h"
#include "platform.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

/*
 * What a call needs of the stack. Java keeps 96 KiB for itself, as was seen, and a class that fails to initialize for
 * want of stack stays broken for the whole process.
 */
#define STACK_MIN (256u << 10)

/* Of the thread that is made where that is not there. */
#define STACK_MADE (1u << 20)

typedef struct thread_state {
  int inside; /* calls into the engine that this thread is in */
  int is_host; /* has been in the engine: it is none of the JVM's own threads */
  uintptr_t lowest, highest; /* its stack */
} thread_state;

static _Thread_local thread_state this_thread;

static int64_t call_here(engine_call engine, const int64_t arguments[5]) {
  thread_state *thread = &this_thread;
  thread->is_host = 1;
  thread->inside++;
  int64_t answer = engine(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]);
  thread->inside--;
  return answer;
}

typedef struct errand {
  engine_call engine;
  const int64_t *arguments;
  int64_t answer;
} errand;

static void *run(void *argument) {
  errand *given = argument;
  platform_block_signals();
  given->answer = call_here(given->engine, given->arguments);
  return NULL;
}

static int64_t call_elsewhere(engine_call engine, const int64_t arguments[5]) {
  errand given = {.engine = engine, .arguments = arguments, .answer = not_made(arguments[0])};
  pthread_attr_t attributes;
  pthread_t thread;
  if (pthread_attr_init(&attributes)) return given.answer;
  pthread_attr_setstacksize(&attributes, STACK_MADE);
  if (!pthread_create(&thread, &attributes, run, &given)) pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  return given.answer;
}

int64_t call_on_fit_stack(engine_call engine, const int64_t arguments[5]) {
  thread_state *thread = &this_thread;
  uintptr_t here = (uintptr_t)&thread;
  /* Asked once for each thread: for the first one of a process the C library reads /proc/self/maps. */
  if (!thread->highest && !platform_stack(&thread->lowest, &thread->highest)) thread->highest = UINTPTR_MAX;
  int fits = here < thread->highest && here >= thread->lowest + STACK_MIN;
  return fits ? call_here(engine, arguments) : call_elsewhere(engine, arguments);
}

/* ---- signals ---- */

#if defined(_WIN32)
void host_signals_save(void) {}
void host_signals_restore(JavaVM *vm) { (void)vm; }
#else

static const int swallowed[] = {SIGPIPE, SIGXFSZ};
#define SWALLOWED (sizeof swallowed / sizeof *swallowed)

static struct sigaction host_actions[SWALLOWED];
static JavaVM *java;

/* A socket that the other side closed is the engine's business alone; a pipe of the host's is the host's. */
static int is_engines_own(void) {
  void *env = NULL;
  const thread_state *thread = &this_thread;
  return thread->inside || (!thread->is_host && (*java)->GetEnv(java, &env, JNI_VERSION_10) == JNI_OK);
}

static void on_signal(int number, siginfo_t *info, void *context) {
  size_t i = 0;
  while (i + 1 < SWALLOWED && swallowed[i] != number) i++;
  const struct sigaction *host = &host_actions[i];
  if (is_engines_own()) return;
  if (host->sa_flags & SA_SIGINFO) {
    host->sa_sigaction(number, info, context);
  } else if (host->sa_handler != SIG_DFL) {
    host->sa_handler(number);
  } else {
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigaction(number, host, NULL);
    raise(number);
    pthread_sigmask(SIG_UNBLOCK, &only, NULL);
  }
}

void host_signals_save(void) {
  for (size_t i = 0; i < SWALLOWED; i++) sigaction(swallowed[i], NULL, &host_actions[i]);
}

void host_signals_restore(JavaVM *vm) {
  java = vm;
  for (size_t i = 0; i < SWALLOWED; i++) {
    struct sigaction action = host_actions[i];
    if ((action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_IGN) {
      action.sa_sigaction = on_signal;
      action.sa_flags = (action.sa_flags | SA_SIGINFO) & ~(int)SA_RESETHAND;
    }
    sigaction(swallowed[i], &action, NULL);
  }
}
#endif
