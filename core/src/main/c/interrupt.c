/*
 * Opening an empty replica waits for its first snapshot. SQLite has no connection to interrupt then, so Ctrl-C would
 * do nothing: a host such as the sqlite3 shell only notes it. Reads wait as well, and before 3.41 SQLite does not tell
 * that they were interrupted. While such a wait lasts, SIGINT is noted here too, and passed on to the host's own
 * handler. Hosts that leave SIGINT at its default are ended by it, as without us.
 */
#define _GNU_SOURCE
#include "shim.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#if defined(_WIN32)
/* Hosts there take Ctrl-C by SetConsoleCtrlHandler, which is theirs alone. */
void interrupt_watch_begin(void) {}
void interrupt_watch_end(void) {}
int interrupt_seen(void) { return 0; }
#else

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int watchers;
static int installed;
static struct sigaction host;
static volatile sig_atomic_t seen;

static int has_handler(const struct sigaction *action) {
  return (action->sa_flags & SA_SIGINFO) || (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
}

static void note(int number, siginfo_t *info, void *context) {
  seen = 1;
  if (host.sa_flags & SA_SIGINFO) {
    host.sa_sigaction(number, info, context);
  } else {
    host.sa_handler(number);
  }
}

void interrupt_watch_begin(void) {
  pthread_mutex_lock(&lock);
  if (watchers++ == 0) {
    seen = 0;
    installed = sigaction(SIGINT, NULL, &host) == 0 && has_handler(&host);
    if (installed) {
      struct sigaction ours = host;
      ours.sa_sigaction = note;
      ours.sa_flags |= SA_SIGINFO;
      installed = sigaction(SIGINT, &ours, NULL) == 0;
    }
  }
  pthread_mutex_unlock(&lock);
}

void interrupt_watch_end(void) {
  pthread_mutex_lock(&lock);
  if (--watchers == 0 && installed) {
    struct sigaction now;
    /* Only what is still ours is put back: the host may have set a handler of its own meanwhile. */
    if (sigaction(SIGINT, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) && now.sa_sigaction == note) {
      sigaction(SIGINT, &host, NULL);
    }
    installed = 0;
  }
  pthread_mutex_unlock(&lock);
}

int interrupt_seen(void) { return seen; }
#endif
