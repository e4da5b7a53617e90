/*
 * Starts a JVM in a host that did not ask for one and must survive it. When a JVM fails to start it may end its
 * process: heap that does not fit, a damaged runtime. It calls a hook before. So the start happens on a thread of its
 * own, and the hook stops that thread for good, with what the JVM had to say handed on as the reason. What it said is
 * kept from standard output in any case.
 */
#define _GNU_SOURCE
#include "jvm.h"
#include "platform.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if !defined(O_CLOEXEC)
#define O_CLOEXEC 0
#endif

#define OPTIONS_MAX 96

typedef jint(JNICALL *create_vm)(JavaVM **, void **, void *);

/* Of the one start that there can be at a time; start_vm's caller holds a lock. */
static struct {
  const char *folder;
  int is_local;
  engine_call call;
  char text[2048]; /* the reason of a failure */
  enum { IDLE, STARTING, ENDED } state;
  pthread_mutex_t lock;
  pthread_cond_t ended;
} start = {.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

/* A JVM that gave up holds locks and threads; a second one cannot be made beside it. */
static int gave_up;

/* What the JVM said while it started. */
static char said[1024];

static void fail(const char *form, ...) {
  va_list arguments;
  va_start(arguments, form);
  vsnprintf(start.text, sizeof start.text, form, arguments);
  va_end(arguments);
}

static void end_start(void) {
  pthread_mutex_lock(&start.lock);
  start.state = ENDED;
  pthread_cond_signal(&start.ended);
  pthread_mutex_unlock(&start.lock);
}

/* ---- what the JVM calls ---- */

static jint JNICALL on_print(FILE *stream, const char *form, va_list arguments) {
  /* Log files that the user asked for come this way, too. */
  if (stream != stdout && stream != stderr) return vfprintf(stream, form, arguments);
  /* "An irrecoverable stack overflow": of the host's, which its own handler, called next, may well recover from. */
  if (start.state != STARTING && in_host_code()) return 0;
  if (start.state != STARTING) return vfprintf(stderr, form, arguments);
  size_t used = strlen(said);
  return vsnprintf(said + used, sizeof said - used, form, arguments);
}

/* One line of what was said, without what comes with each failure. */
static void add_what_was_said(char *text, size_t capacity) {
  static const char *const headings[] = {"Error occurred during initialization of VM", "Error:"};
  for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
    char *heading = strstr(said, headings[i]);
    if (heading) memset(heading, ' ', strlen(headings[i]));
  }
  size_t length = strlen(text);
  int blank = 1;
  if (length + 3 < capacity) length += (size_t)snprintf(text + length, capacity - length, ": ");
  size_t begin = length;
  for (const char *c = said; *c && length + 1 < capacity; c++) {
    int is_blank = isspace((unsigned char)*c);
    if (!is_blank || !blank) text[length++] = is_blank ? ' ' : *c;
    blank = is_blank;
  }
  while (length > begin && text[length - 1] == ' ') length--;
  if (length == begin) length -= 2;
  text[length] = 0;
}

/* Does not return. */
static void give_up(void) {
  gave_up = 1;
  host_locale_restore();
  fail("the JVM did not start");
  add_what_was_said(start.text, sizeof start.text);
  end_start();
  for (;;) sleep(1000);
}

static void JNICALL on_abort(void) {
  if (start.state == STARTING) give_up();
  static const char text[] =
      "litestream: the process crashed; with LITESTREAM_JVM_OPTIONS='-XX:-SuppressFatalErrorMessage "
      "-XX:ErrorFile=/tmp/crash.log' it would say where\n";
  ssize_t ignored = write(2, text, sizeof text - 1);
  (void)ignored;
}

static void JNICALL on_exit_call(jint code) {
  (void)code;
  if (start.state == STARTING) give_up();
}

/* ---- options ---- */

/*
 * The JVM fences off what lies beyond its idea of a stack, on the host's first thread as well. Its idea has to be the
 * host's: with the default of 1 MB, a host that is deeper in its stack than that dies.
 */
static void stack_option(char *out, size_t capacity) {
  unsigned long long bytes = platform_main_stack();
  if (bytes == 0) bytes = 64u << 20;
  if (bytes < 1u << 20) bytes = 1u << 20;
  if (bytes > 1u << 30) bytes = 1u << 30;
  snprintf(out, capacity, "-Xss%lluk", bytes >> 10);
}

/*
 * Pages that are fetched ahead live until they are read: in a young generation of 2 MB, as the JVM makes it by itself,
 * that is too long, and they become garbage in the old one, which the serial collector leaves there until it is full.
 * Whoever sets the heap's size sets its shape.
 */
static int heap_options(const char *wanted, JavaVMOption *options, int count) {
  static const char *const shape[] = {"-Xms24m", "-XX:NewSize=16m", "-XX:SurvivorRatio=2"};
  if (wanted && (strstr(wanted, "-Xm") || strstr(wanted, "HeapSize") || strstr(wanted, "NewSize"))) {
    options[count++].optionString = (char *)"-Xms8m";
    return count;
  }
  for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) options[count++].optionString = (char *)shape[i];
  return count;
}

/* Splits LITESTREAM_JVM_OPTIONS at blanks. */
static int user_options(char *copy, JavaVMOption *options, int count) {
  char *rest = NULL;
  for (char *option = strtok_r(copy, " \t\n", &rest); option && count < OPTIONS_MAX;
       option = strtok_r(NULL, " \t\n", &rest)) {
    options[count++].optionString = option;
  }
  return count;
}

/* A log that was asked for and cannot be written fails the open; in Java nobody would be left to be told. */
static int log_file_opens(char *text, size_t capacity) {
  const char *path = getenv("LITESTREAM_LOG_FILE");
  if (!path || !*path) return 1;
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) {
    snprintf(text, capacity, "failed to open log file: %s: %s", path, strerror(errno));
    return 0;
  }
  close(file);
  return 1;
}

/*
 * Where address space is limited (ulimit -v) and does not suffice, the JVM may start and fall over later. With the
 * options below it was seen to take 1,290 MB: heap, code, classes, and the stacks and allocation arenas of some 12
 * threads.
 */
#define ADDRESS_SPACE_MB 1400

static int address_space_suffices(char *text, size_t capacity) {
  long long left = platform_address_space_left();
  if (left < 0 || left >= ADDRESS_SPACE_MB) return 1;
  snprintf(text, capacity, "the JVM needs %d MB of address space; the limit of this process (ulimit -v) leaves %lld",
           ADDRESS_SPACE_MB, left);
  return 0;
}

/*
 * A JVM that starts from its cache keeps all jars open. Beside them are the JDK's own file, the replica's, a folder
 * that is listed, a log, and connections. Classes that were not found for want of one stay missing.
 */
#define DESCRIPTORS_BESIDE_JARS 8

static int descriptors_suffice(const char *class_path, char *text, size_t capacity) {
  int needed = 1 + DESCRIPTORS_BESIDE_JARS;
  for (const char *c = class_path; (c = strstr(c, PATH_SEPARATOR)); c += strlen(PATH_SEPARATOR)) needed++;
  long long left = platform_descriptors_left();
  if (left < 0 || left >= needed) return 1;
  snprintf(text, capacity, "the JVM needs %d file descriptors; the hard limit of this process (ulimit -Hn) leaves %lld",
           needed, left);
  return 0;
}

/* ---- the start ---- */

static JavaVM *java;

static void destroy_at_exit(void) { (*java)->DestroyJavaVM(java); }

/* Whether an option is in one of the places in which the JVM looks for them. */
static int is_asked_for(const char *option) {
  static const char *const places[] = {"LITESTREAM_JVM_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    const char *options = getenv(places[i]);
    if (options && strstr(options, option)) return 1;
  }
  return 0;
}

/* This class takes SIGCHLD when it is initialized, which System.getenv leads to: before the signals are given back. */
static void take_signals_now(JNIEnv *env) {
  jclass taker = (*env)->FindClass(env, "java/lang/ProcessImpl");
  (*env)->ExceptionClear(env);
  if (taker) (*env)->DeleteLocalRef(env, taker);
}

static void create(create_vm create_java_vm, const char *home, char *class_path) {
  char stack[32];
  char cache[PATH_MAX + 64];
  const char *wanted = getenv("LITESTREAM_JVM_OPTIONS");
  char *copy = wanted ? strdup(wanted) : NULL;
  stack_option(stack, sizeof stack);
  JavaVMOption options[OPTIONS_MAX] = {
      {.optionString = "abort", .extraInfo = (void *)(intptr_t)on_abort},
      {.optionString = "exit", .extraInfo = (void *)(intptr_t)on_exit_call},
      {.optionString = "vfprintf", .extraInfo = (void *)(intptr_t)on_print},
      {.optionString = class_path},
      {.optionString = stack},
      /* Ctrl-C and SIGTERM stay the host's. It makes the JVM listen for debuggers in /tmp from the start on: not
         here. */
      {.optionString = "-Xrs"},
      {.optionString = "-XX:+DisableAttachMechanism"},
      {.optionString = "-XX:-UsePerfData"},
      /* Always with a bound: in a container of 512 MB the host wants memory, too. */
      {.optionString = "-Xmx128m"},
      {.optionString = "-XX:+UseSerialGC"},
      /* LeanHeap, and what it collects is given back. */
      {.optionString = "-Dlitestream4j.lean-heap=true"},
      {.optionString = "-XX:-ShrinkHeapInSteps"},
      {.optionString = "-XX:MinHeapFreeRatio=10"},
      {.optionString = "-XX:MaxHeapFreeRatio=30"},
      {.optionString = "-XX:TieredStopAtLevel=1"},
      {.optionString = "-XX:ReservedCodeCacheSize=32m"},
      {.optionString = "-XX:CompressedClassSpaceSize=64m"},
      /* Warnings would go to the host's standard output, and so would the report of a crash, whosever fault it was. */
      {.optionString = "-Xlog:disable"},
      {.optionString = "-Xlog:all=error:stderr"},
      {.optionString = "-XX:+DisplayVMOutputToStderr"},
      {.optionString = "-XX:+SuppressFatalErrorMessage"},
      {.optionString = "--enable-native-access=ALL-UNNAMED"},
      {.optionString = "-XX:+UnlockDiagnosticVMOptions"},
      {.optionString = "-XX:ArchiveRelocationMode=0"},
      /* What a core file of the process holds is the host's to say. */
      {.optionString = "-XX:-DumpPrivateMappingsInCore"},
      {.optionString = "-XX:-DumpSharedMappingsInCore"},
  };
  int count = 0;
  while (options[count].optionString) count++;
  count = heap_options(wanted, options, count);
  /*
   * Made by the build, one for folders and one with all that S3 takes. If it does not fit this Java, the JVM passes
   * over it without a word; that it fits these jars was seen not to be checked, so its name says it.
   */
  if (!wanted || !strstr(wanted, "-XX:AOT")) {
    snprintf(cache, sizeof cache, "-XX:AOTCache=%s/lib/litestream-vfs-%s-%016llx.aot", start.folder,
             start.is_local ? "local" : "remote", (unsigned long long)jars_fingerprint(start.folder));
    if (access(cache + strlen("-XX:AOTCache="), R_OK) == 0) options[count++].optionString = cache;
  }
  if (copy) count = user_options(copy, options, count);
  JavaVMInitArgs arguments = {.version = JNI_VERSION_10, .nOptions = count, .options = options};
  JNIEnv *env = NULL;
  host_signals_save();
  host_locale_save();
  jint code = create_java_vm(&java, (void **)&env, &arguments);
  host_locale_restore();
  if (code == JNI_OK) {
    take_signals_now(env);
    host_signals_restore(java, is_asked_for("FlightRec"));
    start.call = start_engine(env, start.folder, start.text, sizeof start.text);
    close_jvm_files_on_exec(home, start.folder);
    (*java)->DetachCurrentThread(java);
    /* These are written when a JVM ends in good order; the host just ends the process. */
    if (wanted && (strstr(wanted, "-XX:AOTCacheOutput") || strstr(wanted, "-XX:StartFlightRecording"))) {
      atexit(destroy_at_exit);
    }
  } else {
    fail("the JVM of %s did not start (code %d)", home, (int)code);
    add_what_was_said(start.text, sizeof start.text);
  }
  free(copy);
}

static void *run(void *unused) {
  char home[PATH_MAX];
  char path[PATH_MAX + 64];
  (void)unused;
  char *class_path = class_path_option(start.folder);
  const char *wanted = getenv("LITESTREAM_JVM_OPTIONS");
  if (wanted && strstr(wanted, "-Xlog:help")) {
    fail("LITESTREAM_JVM_OPTIONS asks the JVM for help, after which it ends its process: ask the java command");
  } else if (!class_path) {
    fail("no jars in %s/lib: keep litestream-vfs.so beside the folder lib that it came with", start.folder);
  } else if (strstr(start.folder, PATH_SEPARATOR)) {
    fail("no Java can load jars from %s: the name must not contain \"%s\"", start.folder, PATH_SEPARATOR);
  } else if (descriptors_suffice(class_path, start.text, sizeof start.text) &&
             find_java(home, start.folder, start.text, sizeof start.text)) {
    snprintf(path, sizeof path, "%s/" LIBJVM, home);
    void *library = platform_load(path);
    create_vm create_java_vm = library ? (create_vm)(intptr_t)platform_symbol(library, "JNI_CreateJavaVM") : NULL;
    if (create_java_vm) {
      create(create_java_vm, home, class_path);
    } else {
      fail("cannot load %s: %s", path, platform_load_error());
    }
  }
  free(class_path);
  end_start();
  return NULL;
}

engine_call start_vm(const char *folder, int is_local, char *text, size_t capacity) {
  pthread_attr_t attributes;
  pthread_t thread;
  if (gave_up) {
    snprintf(text, capacity, "%s; it can only be tried again in a new process", start.text);
    return NULL;
  }
  if (!log_file_opens(text, capacity) || !address_space_suffices(text, capacity)) return NULL;
  start.folder = folder;
  start.is_local = is_local;
  start.call = NULL;
  start.text[0] = said[0] = 0;
  start.state = STARTING;
  if (pthread_attr_init(&attributes)) return NULL;
  pthread_attr_setstacksize(&attributes, 2u << 20);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  /* The JVM's threads are born of that one: signals go to the host's. */
  birth_signals_block();
  int failure = pthread_create(&thread, &attributes, run, NULL);
  birth_signals_restore();
  pthread_attr_destroy(&attributes);
  if (failure) {
    snprintf(text, capacity, "cannot make a thread to start the JVM on: %s", strerror(failure));
    return NULL;
  }
  pthread_mutex_lock(&start.lock);
  while (start.state == STARTING) pthread_cond_wait(&start.ended, &start.lock);
  pthread_mutex_unlock(&start.lock);
  snprintf(text, capacity, "%s", start.text);
  return start.call;
}
