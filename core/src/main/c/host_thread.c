/*
 * The host's threads on their way into Java, and the signals that stay the host's although a JVM is in the process.
 */
#define _GNU_SOURCE
#include "jvm.h"
#include "platform.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#if !defined(_WIN32)
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#endif
#if defined(__linux__)
#include <sys/prctl.h>
#endif

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

int in_host_code(void) { return this_thread.is_host && !this_thread.inside; }

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
  given->answer = call_here(given->engine, given->arguments);
  return NULL;
}

static int64_t call_elsewhere(engine_call engine, const int64_t arguments[5]) {
  errand given = {.engine = engine, .arguments = arguments, .answer = not_made(arguments[0])};
  pthread_attr_t attributes;
  pthread_t thread;
  if (pthread_attr_init(&attributes)) return given.answer;
  pthread_attr_setstacksize(&attributes, STACK_MADE);
  birth_signals_block();
  int failure = pthread_create(&thread, &attributes, run, &given);
  birth_signals_restore();
  if (!failure) pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  return given.answer;
}

/* ---- the stack for signals ---- */

#if defined(_WIN32)
static void make_room_for_signals(void) {}
#else

/*
 * What a JVM's handler takes of it: 9.5 KiB were seen when Java's own stack was full, 3.4 of them the kernel's. Rust's
 * threads have 8 KiB; Go's, Python's and Mono's have enough.
 */
#define SIGNAL_STACK_MIN (16u << 10)
#define SIGNAL_STACK_MADE (64u << 10)
#define GUARD (64u << 10) /* a multiple of any page's size */

/* Frees the one that was made for a thread, at its end. */
static pthread_key_t made_stacks;
static int has_made_stacks;

static void free_signal_stack(void *made) {
  stack_t now;
  const stack_t none = {.ss_flags = SS_DISABLE};
  if (!sigaltstack(NULL, &now) && now.ss_sp == (char *)made + GUARD) sigaltstack(&none, NULL);
  munmap(made, GUARD + SIGNAL_STACK_MADE);
}

static void make_key(void) { has_made_stacks = !pthread_key_create(&made_stacks, free_signal_stack); }

/* Once for each thread. The host frees its own stack as before, whether or not it is in use. */
static void make_room_for_signals(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  stack_t host;
  if (sigaltstack(NULL, &host) || (host.ss_flags & SS_DISABLE) || host.ss_size >= SIGNAL_STACK_MIN) return;
  if (pthread_once(&once, make_key) || !has_made_stacks) return;
  char *made = mmap(NULL, GUARD + SIGNAL_STACK_MADE, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (made == MAP_FAILED) return;
  const stack_t larger = {.ss_sp = made + GUARD, .ss_size = SIGNAL_STACK_MADE, .ss_flags = host.ss_flags};
  if (mprotect(made + GUARD, SIGNAL_STACK_MADE, PROT_READ | PROT_WRITE) || pthread_setspecific(made_stacks, made)) {
    munmap(made, GUARD + SIGNAL_STACK_MADE);
    return;
  }
  sigaltstack(&larger, NULL); /* Refused to a handler that runs on it now: the host's serves on. */
}
#endif

int64_t call_on_fit_stack(engine_call engine, const int64_t arguments[5]) {
  thread_state *thread = &this_thread;
  uintptr_t here = (uintptr_t)&thread;
  /* Asked once for each thread: for the first one of a process the C library reads /proc/self/maps. */
  if (!thread->highest) {
    if (!platform_stack(&thread->lowest, &thread->highest)) thread->highest = UINTPTR_MAX;
    make_room_for_signals();
  }
  int fits = here < thread->highest && here >= thread->lowest + STACK_MIN;
  return fits ? call_here(engine, arguments) : call_elsewhere(engine, arguments);
}

/* ---- signals ---- */

#if defined(_WIN32)
void birth_signals_block(void) {}
void birth_signals_restore(void) {}
void host_signals_save(void) {}
void host_signals_restore(JavaVM *vm, int has_recorder) { (void)vm, (void)has_recorder; }
#else

/* Of this thread, while it makes another one. */
static _Thread_local sigset_t of_maker;
static _Thread_local int is_maker;

void birth_signals_block(void) {
  is_maker = !pthread_sigmask(SIG_SETMASK, NULL, &of_maker);
  if (is_maker) platform_block_signals();
}

void birth_signals_restore(void) {
  if (is_maker) pthread_sigmask(SIG_SETMASK, &of_maker, NULL);
  is_maker = 0;
}

static const int swallowed[] = {SIGPIPE, SIGXFSZ};
#define SWALLOWED (sizeof swallowed / sizeof *swallowed)

static struct sigaction host_actions[SWALLOWED];
static JavaVM *java;

static void on_signal(int number, siginfo_t *info, void *context);
static void on_unneeded(int number, siginfo_t *info, void *context);

/* A socket that the other side closed is the engine's business alone; a pipe of the host's is the host's. */
static int is_engines_own(void) {
  void *env = NULL;
  const thread_state *thread = &this_thread;
  return thread->inside || (!thread->is_host && (*java)->GetEnv(java, &env, JNI_VERSION_10) == JNI_OK);
}

/* The host has set a handler since, which calls what was there before, as those of Rust's tokio and signal-hook do. */
static int is_called_by_host(int number) {
  struct sigaction now;
  return !sigaction(number, NULL, &now) && now.sa_sigaction != on_signal && now.sa_sigaction != on_unneeded;
}

static void as_the_host(const struct sigaction *host, int number, siginfo_t *info, void *context) {
  if (host->sa_flags & SA_SIGINFO) {
    host->sa_sigaction(number, info, context);
  } else if (host->sa_handler != SIG_DFL) {
    host->sa_handler(number);
  } else if (!is_called_by_host(number)) {
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigaction(number, host, NULL);
    raise(number);
    pthread_sigmask(SIG_UNBLOCK, &only, NULL);
  }
}

static void on_signal(int number, siginfo_t *info, void *context) {
  size_t i = 0;
  while (i + 1 < SWALLOWED && swallowed[i] != number) i++;
  if (!is_engines_own()) as_the_host(&host_actions[i], number, info, context);
}

/*
 * What a JVM takes and does without: SIGUSR2 serves its flight recorder alone, and SIGCHLD it sets to the default as if
 * it were its own process, though it waits for its children by their numbers. Servers restart their workers by the
 * one, and hear of the end of their children by the other.
 */
static const int unneeded[] = {SIGUSR2, SIGCHLD};
#define UNNEEDED (sizeof unneeded / sizeof *unneeded)

static struct sigaction host_unneeded[UNNEEDED];

/* What a JVM handles for its own code, and hands on to the host's handler if it was none of its doing. */
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
#define FAULTS (sizeof faults / sizeof *faults)

/* Threads of the JVM that run no Java are told by their names. */
static int is_of_jvm(void) {
  void *env = NULL;
  if (this_thread.is_host) return 0;
  if ((*java)->GetEnv(java, &env, JNI_VERSION_10) == JNI_OK) return 1;
#ifdef __linux__
  char name[16] = "";
  if (prctl(PR_GET_NAME, name)) return 0;
  return !strncmp(name, "VM ", 3) || !strncmp(name, "GC ", 3) || !strncmp(name, "G1 ", 3);
#else
  return 0;
#endif
}

/*
 * A JVM unblocks SIGUSR2 on its threads, so that it comes to them although all threads of the host block it, as when
 * one of these waits for it. They block it then, once and for all, and send it back to the process.
 */
static void on_unneeded(int number, siginfo_t *info, void *context) {
  if (!is_of_jvm() || is_called_by_host(number)) {
    as_the_host(&host_unneeded[0], number, info, context);
    return;
  }
  sigaddset(&((ucontext_t *)context)->uc_sigmask, number);
  int saved = errno;
  kill(getpid(), number);
  errno = saved;
}

static struct sigaction host_faults[FAULTS];

/* Below its fence in the first stack a JVM leaves nothing at all, so that the kernel cannot let that grow any more. */
static int fill_stack(uintptr_t lowest, uintptr_t address) {
#if defined(MAP_FIXED_NOREPLACE)
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  void *wanted = (void *)(lowest & ~(page - 1));
  size_t size = (address & ~(page - 1)) + page - (uintptr_t)wanted;
  int flags = MAP_PRIVATE | MAP_ANON | MAP_FIXED_NOREPLACE;
  int saved = errno;
  void *made = mmap(wanted, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (made != wanted && made != MAP_FAILED) munmap(made, size);
  errno = saved;
  return made == wanted;
#else
  (void)lowest, (void)address;
  return 0;
#endif
}

/*
 * A JVM fences off the last pages of each stack that it meets. Where a host runs into them, the JVM takes the fences
 * away and calls the host's handler, which finds a fault where its stack is sound: Rust's knows only the guard beyond,
 * and would end the process without a word. So it goes on until it comes to that guard.
 */
static void on_fault(int number, siginfo_t *info, void *context) {
  static _Thread_local uintptr_t passed;
  const thread_state *thread = &this_thread;
  uintptr_t address = (uintptr_t)info->si_addr;
  int is_in_stack = info->si_code > 0 && address >= thread->lowest && address < thread->highest;
  if (is_in_stack && in_host_code() && (address != passed || fill_stack(thread->lowest, address))) {
    passed = address;
    return;
  }
  size_t i = 0;
  while (i + 1 < FAULTS && faults[i] != number) i++;
  as_the_host(&host_faults[i], number, info, context);
}

/* What the JVM finds and calls is ours then. A default, or what is ignored, it has to find as it is. */
static void stand_before_faults(void) {
  for (size_t i = 0; i < FAULTS; i++) {
    struct sigaction action;
    if (sigaction(faults[i], NULL, &action)) continue;
    host_faults[i] = action;
    if (!(action.sa_flags & SA_SIGINFO) && (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN)) continue;
    action.sa_sigaction = on_fault;
    action.sa_flags |= SA_SIGINFO;
    sigaction(faults[i], &action, NULL);
  }
}

void host_signals_save(void) {
  stand_before_faults();
  for (size_t i = 0; i < SWALLOWED; i++) sigaction(swallowed[i], NULL, &host_actions[i]);
  for (size_t i = 0; i < UNNEEDED; i++) sigaction(unneeded[i], NULL, &host_unneeded[i]);
}

/*
 * A host that has a stack for signals needs it when they come: Go's runtime gives up where its handler finds itself on
 * another, and a stack that is full has no room for any handler. Threads of the JVM have none, and nothing changes.
 */
static void handle_on_signal_stack(int number) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) || action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) return;
  action.sa_flags |= SA_ONSTACK;
  sigaction(number, &action, NULL);
}

void host_signals_restore(JavaVM *vm, int has_recorder) {
  java = vm;
  for (size_t i = 0; i < SWALLOWED; i++) {
    struct sigaction action = host_actions[i];
    if ((action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_IGN) {
      action.sa_sigaction = on_signal;
      action.sa_flags = (action.sa_flags | SA_SIGINFO) & ~(int)SA_RESETHAND;
    }
    sigaction(swallowed[i], &action, NULL);
  }
  for (size_t i = 0; i < UNNEEDED; i++) {
    struct sigaction action = host_unneeded[i];
    if (unneeded[i] == SIGUSR2 && has_recorder) continue;
    if (unneeded[i] == SIGUSR2 && ((action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_IGN)) {
      action.sa_sigaction = on_unneeded;
      action.sa_flags = (action.sa_flags | SA_SIGINFO) & ~(int)SA_RESETHAND;
    }
    sigaction(unneeded[i], &action, NULL);
  }
  for (size_t i = 0; i < FAULTS; i++) handle_on_signal_stack(faults[i]);
}
#endif
