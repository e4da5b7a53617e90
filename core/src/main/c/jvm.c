/*
 * Finds the engine: the one that a Java program brought, or one in a JVM that is started here. The JVM starts when
 * the first litestream database is opened, not when the extension is loaded, so that processes which never open one
 * pay nothing, and those which fork after loading keep working.
 */
#define _GNU_SOURCE
#include "shim.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <jni.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define JAVA_MIN 25
#define OPTIONS_MAX 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static engine_call engine;

/* Set in a child that was forked with the engine running: none of its threads are there. getpid would cost 70 ns. */
static volatile int forked;

static void note_fork(void) { forked = 1; }

static void set_engine(engine_call started) {
  engine = started;
  pthread_atfork(NULL, NULL, note_fork);
}

int64_t litestream4j_attach(int64_t call) {
  pthread_mutex_lock(&lock);
  if (!engine) set_engine((engine_call)(intptr_t)call);
  pthread_mutex_unlock(&lock);
  return (int64_t)(intptr_t)litestream4j_interrupted;
}

engine_call engine_running(void) { return forked ? NULL : engine; }

/* ---- where things lie ---- */

/* The folder of this library, without a trailing slash. */
static int own_folder(char *out, size_t capacity) {
  Dl_info found;
  char path[PATH_MAX];
  if (!dladdr((void *)(intptr_t)litestream4j_attach, &found) || !realpath(found.dli_fname, path)) return 0;
  char *slash = strrchr(path, '/');
  if (!slash) return 0;
  *slash = 0;
  return snprintf(out, capacity, "%s", path) < (int)capacity;
}

/* The Java version of a home, from its "release" file; 0 if there is no JVM in it. */
static int java_version(const char *home) {
  char path[PATH_MAX];
  char line[256];
  int version = 0;
  if (snprintf(path, sizeof path, "%s/lib/server/libjvm.so", home) >= (int)sizeof path || access(path, R_OK)) return 0;
  if (snprintf(path, sizeof path, "%s/release", home) >= (int)sizeof path) return 0;
  FILE *release = fopen(path, "re");
  if (!release) return 0;
  while (fgets(line, sizeof line, release)) {
    if (sscanf(line, "JAVA_VERSION=\"%d", &version) == 1) break;
  }
  fclose(release);
  return version;
}

typedef struct search {
  char home[PATH_MAX];
  int version;      /* of home: the lowest that is new enough */
  char old[PATH_MAX];
  int old_version;  /* the newest that is too old */
} search;

static void consider(search *found, const char *home) {
  int version = java_version(home);
  if (version >= JAVA_MIN && (!found->version || version < found->version)) {
    found->version = version;
    snprintf(found->home, sizeof found->home, "%s", home);
  } else if (version && version < JAVA_MIN && version > found->old_version) {
    found->old_version = version;
    snprintf(found->old, sizeof found->old, "%s", home);
  }
}

/* Homes below a folder, such as /usr/lib/jvm. */
static void consider_all(search *found, const char *folder) {
  DIR *dir = opendir(folder);
  if (!dir) return;
  for (struct dirent *entry; (entry = readdir(dir));) {
    char home[PATH_MAX];
    if (entry->d_name[0] != '.' && snprintf(home, sizeof home, "%s/%s", folder, entry->d_name) < (int)sizeof home) {
      consider(found, home);
    }
  }
  closedir(dir);
}

static void consider_path(search *found) {
  const char *rest = getenv("PATH");
  while (rest && *rest) {
    size_t length = strcspn(rest, ":");
    char java[PATH_MAX];
    char real[PATH_MAX];
    if (length && snprintf(java, sizeof java, "%.*s/java", (int)length, rest) < (int)sizeof java && realpath(java, real)) {
      char *bin = strstr(real, "/bin/java");
      if (bin) {
        *bin = 0;
        consider(found, real);
        return;
      }
    }
    rest += length + (rest[length] == ':');
  }
}

/* An explicit choice is taken or refused, never passed over in silence. */
static int explicit_home(search *found, char *text, size_t capacity) {
  const char *home = getenv("LITESTREAM_JAVA_HOME");
  if (!home || !*home) return 1;
  consider(found, home);
  if (found->version) return 1;
  if (found->old_version) {
    snprintf(text, capacity, "LITESTREAM_JAVA_HOME=%s holds Java %d: set it to Java %d or later, or unset it", home,
             found->old_version, JAVA_MIN);
  } else {
    snprintf(text, capacity,
             "LITESTREAM_JAVA_HOME=%s holds no Java (no lib/server/libjvm.so or release file in it): set it to Java %d "
             "or later, or unset it",
             home, JAVA_MIN);
  }
  return 0;
}

static int find_java(search *found, const char *folder, char *text, size_t capacity) {
  memset(found, 0, sizeof *found);
  if (!explicit_home(found, text, capacity)) return 0;
  if (found->version) return 1;
  char bundled[PATH_MAX];
  if (snprintf(bundled, sizeof bundled, "%s/runtime", folder) < (int)sizeof bundled) consider(found, bundled);
  if (found->version) return 1;
  const char *home = getenv("JAVA_HOME");
  if (home && *home) consider(found, home);
  if (found->version) return 1;
  consider_path(found);
  if (!found->version) consider_all(found, "/usr/lib/jvm");
  if (found->version) return 1;
  if (found->old_version) {
    snprintf(text, capacity,
             "Java %d or later is needed, found only Java %d in %s; install one and set LITESTREAM_JAVA_HOME to it",
             JAVA_MIN, found->old_version, found->old);
  } else {
    snprintf(text, capacity,
             "no Java found (looked at LITESTREAM_JAVA_HOME, JAVA_HOME, PATH and /usr/lib/jvm); install Java %d or "
             "later, or set LITESTREAM_JAVA_HOME to one",
             JAVA_MIN);
  }
  return 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The jars in <folder>/lib, each by name: an AOT cache needs the same list each time. The caller frees the result. */
static char *class_path(const char *folder, const char *prefix, const char *separator, const char *scheme) {
  char lib[PATH_MAX];
  char *names[512];
  size_t count = 0, size = strlen(prefix) + 1;
  snprintf(lib, sizeof lib, "%s/lib", folder);
  DIR *dir = opendir(lib);
  for (struct dirent *entry; dir && count < 512 && (entry = readdir(dir));) {
    size_t length = strlen(entry->d_name);
    if (length > 4 && !strcmp(entry->d_name + length - 4, ".jar") && (names[count] = strdup(entry->d_name))) {
      size += strlen(scheme) + strlen(lib) + strlen(names[count++]) + 3;
    }
  }
  if (dir) closedir(dir);
  qsort(names, count, sizeof *names, by_name);
  char *path = count ? malloc(size) : NULL;
  if (path) strcpy(path, prefix);
  for (size_t i = 0; i < count; i++) {
    if (path) {
      char *end = path + strlen(path);
      sprintf(end, "%s%s%s/%s", i ? separator : "", scheme, lib, names[i]);
    }
    free(names[i]);
  }
  return path;
}

/* ---- the JVM ---- */

/*
 * The JVM fences off what lies beyond its idea of a stack, on the host's main thread as well. Its idea has to be the
 * host's: with the default of 1 MB, a host that is deeper in its stack than that dies.
 */
static void stack_option(char *out, size_t capacity) {
  struct rlimit limit;
  rlim_t bytes = 8u << 20;
  if (!getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur != RLIM_INFINITY) bytes = limit.rlim_cur;
  if (bytes < 1u << 20) bytes = 1u << 20;
  if (bytes > 1u << 30) bytes = 1u << 30;
  snprintf(out, capacity, "-Xss%lluk", (unsigned long long)bytes >> 10);
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
 * Where address space is limited (ulimit -v) and does not suffice, the JVM ends the process instead of returning an
 * error. With the options below it was seen to take 1,290 MB: heap, code, classes, and the stacks and allocation arenas
 * of some 12 threads.
 */
#define ADDRESS_SPACE_MB 1400

static int address_space_suffices(char *text, size_t capacity) {
  struct rlimit limit;
  unsigned long long pages = 0;
  if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY) return 1;
  FILE *statm = fopen("/proc/self/statm", "re");
  if (statm) {
    if (fscanf(statm, "%llu", &pages) != 1) pages = 0;
    fclose(statm);
  }
  unsigned long long used = pages * (unsigned long long)sysconf(_SC_PAGESIZE);
  unsigned long long left = limit.rlim_cur > used ? (limit.rlim_cur - used) >> 20 : 0;
  if (left >= ADDRESS_SPACE_MB) return 1;
  snprintf(text, capacity, "the JVM needs %d MB of address space; the limit of this process (ulimit -v) leaves %llu",
           ADDRESS_SPACE_MB, left);
  return 0;
}

typedef jint (*create_vm)(JavaVM **, void **, void *);
typedef jint (*created_vms)(JavaVM **, jsize, jsize *);

static JNIEnv *start_vm(const char *folder, char *text, size_t capacity) {
  search java;
  char path[PATH_MAX + 32];
  char stack[32];
  if (!log_file_opens(text, capacity) || !address_space_suffices(text, capacity)) return NULL;
  if (!find_java(&java, folder, text, capacity)) return NULL;
  char *jars = class_path(folder, "-Djava.class.path=", ":", "");
  if (!jars) {
    snprintf(text, capacity, "no jars in %s/lib: keep litestream-vfs.so beside the folder lib that it came with", folder);
    return NULL;
  }
  snprintf(path, sizeof path, "%s/lib/server/libjvm.so", java.home);
  void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  create_vm create = library ? (create_vm)(intptr_t)dlsym(library, "JNI_CreateJavaVM") : NULL;
  if (!create) {
    snprintf(text, capacity, "cannot load %s: %s", path, dlerror());
    free(jars);
    return NULL;
  }
  stack_option(stack, sizeof stack);
  /*
   * -Xrs: Ctrl-C and SIGTERM stay the host's. -Xlog:disable: the JVM would warn on the host's standard output.
   * A small heap to begin with, and always a bound: without one the JVM may ask for more address space than the
   * host is allowed, and then ends the process.
   */
  JavaVMOption options[OPTIONS_MAX] = {
      {.optionString = jars},
      {.optionString = stack},
      {.optionString = "-Xrs"},
      {.optionString = "-Xms8m"},
      {.optionString = "-Xmx128m"},
      {.optionString = "-XX:+UseSerialGC"},
      {.optionString = "-XX:TieredStopAtLevel=1"},
      {.optionString = "-XX:-UsePerfData"},
      {.optionString = "-XX:ReservedCodeCacheSize=32m"},
      {.optionString = "-XX:CompressedClassSpaceSize=64m"},
      {.optionString = "-Xlog:disable"},
      {.optionString = "-Xlog:all=error:stderr"},
      {.optionString = "--enable-native-access=ALL-UNNAMED"},
  };
  int count = 13;
  const char *wanted = getenv("LITESTREAM_JVM_OPTIONS");
  char *copy = wanted ? strdup(wanted) : NULL;
  if (copy) count = user_options(copy, options, count);
  JavaVMInitArgs arguments = {.version = JNI_VERSION_10, .nOptions = count, .options = options};
  JavaVM *vm = NULL;
  JNIEnv *env = NULL;
  jint code = create(&vm, (void **)&env, &arguments);
  free(jars);
  free(copy);
  if (code == JNI_OK) return env;
  snprintf(text, capacity, "the JVM of %s did not start (code %d); check LITESTREAM_JVM_OPTIONS and the memory limits",
           java.home, (int)code);
  return NULL;
}

/* The JVM that runs in this process, if there is one. */
static JavaVM *running_vm(void) {
  created_vms list = (created_vms)(intptr_t)dlsym(RTLD_DEFAULT, "JNI_GetCreatedJavaVMs");
  if (!list) {
    void *library = dlopen("libjvm.so", RTLD_NOW | RTLD_NOLOAD);
    if (library) list = (created_vms)(intptr_t)dlsym(library, "JNI_GetCreatedJavaVMs");
  }
  JavaVM *vm = NULL;
  jsize count = 0;
  return list && list(&vm, 1, &count) == JNI_OK && count > 0 ? vm : NULL;
}

#define ENTRY "litestream4j/sqlite/NativeEntry"
#define ENTRY_DOTS "litestream4j.sqlite.NativeEntry"

/* A class loader over our own jars, for a JVM whose class path does not have them. */
static jclass load_entry(JNIEnv *env, const char *folder) {
  char *urls = class_path(folder, "", "|", "file:");
  if (!urls) return NULL;
  jclass helper = (*env)->FindClass(env, "java/net/URLClassLoader");
  jclass url = (*env)->FindClass(env, "java/net/URL");
  jclass loader_class = (*env)->FindClass(env, "java/lang/ClassLoader");
  jobjectArray array = NULL;
  jsize count = 1, i = 0;
  for (char *c = urls; *c; c++) count += *c == '|';
  if (helper && url && loader_class) array = (*env)->NewObjectArray(env, count, url, NULL);
  jmethodID make_url = array ? (*env)->GetMethodID(env, url, "<init>", "(Ljava/lang/String;)V") : NULL;
  char *rest = NULL;
  for (char *item = strtok_r(urls, "|", &rest); make_url && item; item = strtok_r(NULL, "|", &rest)) {
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

static void describe_exception(JNIEnv *env, char *text, size_t capacity) {
  jthrowable thrown = (*env)->ExceptionOccurred(env);
  (*env)->ExceptionClear(env);
  jclass object = (*env)->FindClass(env, "java/lang/Object");
  jmethodID to_string = object ? (*env)->GetMethodID(env, object, "toString", "()Ljava/lang/String;") : NULL;
  jstring string = thrown && to_string ? (*env)->CallObjectMethod(env, thrown, to_string) : NULL;
  const char *chars = string && !(*env)->ExceptionCheck(env) ? (*env)->GetStringUTFChars(env, string, NULL) : NULL;
  snprintf(text, capacity, "the engine did not start: %s", chars ? chars : "unknown failure");
  if (chars) (*env)->ReleaseStringUTFChars(env, string, chars);
  (*env)->ExceptionClear(env);
}

static engine_call start_engine(JNIEnv *env, const char *folder, char *text, size_t capacity) {
  jclass entry = (*env)->FindClass(env, ENTRY);
  if (!entry) {
    (*env)->ExceptionClear(env);
    entry = load_entry(env, folder);
  }
  jmethodID start = entry ? (*env)->GetStaticMethodID(env, entry, "start", "(J)J") : NULL;
  jlong call = start ? (*env)->CallStaticLongMethod(env, entry, start, (jlong)(intptr_t)litestream4j_interrupted) : 0;
  if ((*env)->ExceptionCheck(env) || !call) {
    describe_exception(env, text, capacity);
    return NULL;
  }
  return (engine_call)(intptr_t)call;
}

static engine_call start_or_join(char *text, size_t capacity) {
  char folder[PATH_MAX];
  if (!own_folder(folder, sizeof folder)) {
    snprintf(text, capacity, "cannot find the folder of litestream-vfs.so");
    return NULL;
  }
  JavaVM *vm = running_vm();
  if (!vm) {
    JNIEnv *env = start_vm(folder, text, capacity);
    return env ? start_engine(env, folder, text, capacity) : NULL;
  }
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

engine_call engine_start(char *text, size_t capacity) {
  pthread_mutex_lock(&lock);
  if (!engine) {
    engine_call started = start_or_join(text, capacity);
    if (started) set_engine(started);
  } else if (forked) {
    snprintf(text, capacity,
             "the process was forked after the JVM had started; open litestream databases in the child only, or start "
             "it by spawn instead of fork");
  }
  engine_call call = engine_running();
  pthread_mutex_unlock(&lock);
  return call;
}
