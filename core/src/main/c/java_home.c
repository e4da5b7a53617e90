/*
 * Where things lie: this library, its jars, a Java. Only absolute paths count, so that a working directory which
 * others can write to never decides what is loaded.
 */
#define _GNU_SOURCE
#include "jvm.h"
#include "platform.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JARS_MAX 512

int own_folder(char *out, size_t capacity) {
  char path[PATH_MAX];
  if (!platform_own_path(path, sizeof path)) return 0;
  char *slash = strrchr(path, '/');
  if (!slash) return 0;
  *slash = 0;
  return snprintf(out, capacity, "%s", path) < (int)capacity;
}

static int has_file(const char *home, const char *name) {
  char path[PATH_MAX];
  return snprintf(path, sizeof path, "%s/%s", home, name) < (int)sizeof path && access(path, R_OK) == 0;
}

/* The Java version of a home, from its "release" file; 0 if there is no JVM in it, or one that would end the
   process. */
static int java_version(const char *home) {
  char path[PATH_MAX];
  char line[256];
  int version = 0;
  if (!has_file(home, LIBJVM) || !(has_file(home, "lib/modules") || has_file(home, "modules/java.base"))) return 0;
  if (snprintf(path, sizeof path, "%s/release", home) >= (int)sizeof path) return 0;
  FILE *release = fopen(path, "r");
  if (!release) return 0;
  while (fgets(line, sizeof line, release)) {
    if (sscanf(line, "JAVA_VERSION=\"%d", &version) == 1) break;
  }
  fclose(release);
  return version;
}

typedef struct search {
  char home[PATH_MAX];
  int version; /* of home: the lowest that is new enough */
  char old[PATH_MAX];
  int old_version; /* the newest that is too old */
} search;

static void consider(search *found, const char *home) {
  if (!is_absolute(home)) return;
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
    size_t length = strcspn(rest, PATH_SEPARATOR);
    char java[PATH_MAX];
    char real[PATH_MAX];
    if (length && snprintf(java, sizeof java, "%.*s/" JAVA_COMMAND, (int)length, rest) < (int)sizeof java &&
        is_absolute(java) && platform_real_path(java, real)) {
      char *bin = strstr(real, "/bin/" JAVA_COMMAND);
      if (bin) {
        *bin = 0;
        consider(found, real);
        return;
      }
    }
    rest += length + (rest[length] != 0);
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
  } else if (!is_absolute(home)) {
    snprintf(text, capacity, "LITESTREAM_JAVA_HOME=%s is no absolute path: set it to one, or unset it", home);
  } else {
    snprintf(text, capacity,
             "LITESTREAM_JAVA_HOME=%s holds no Java (no " LIBJVM ", lib/modules or release file in it): "
             "set it to Java %d or later, "
             "or unset it",
             home, JAVA_MIN);
  }
  return 0;
}

int find_java(char home[PATH_MAX], const char *folder, char *text, size_t capacity) {
  search found;
  memset(&found, 0, sizeof found);
  if (!explicit_home(&found, text, capacity)) return 0;
  char bundled[PATH_MAX];
  if (!found.version && snprintf(bundled, sizeof bundled, "%s/runtime", folder) < (int)sizeof bundled) {
    consider(&found, bundled);
  }
  const char *usual = getenv("JAVA_HOME");
  if (!found.version && usual && *usual) consider(&found, usual);
  if (!found.version) consider_path(&found);
  if (!found.version) consider_all(&found, JAVA_HOMES);
  if (found.version) {
    snprintf(home, PATH_MAX, "%s", found.home);
    return 1;
  }
  if (found.old_version) {
    snprintf(text, capacity,
             "Java %d or later is needed, found only Java %d in %s; install one and set LITESTREAM_JAVA_HOME to it",
             JAVA_MIN, found.old_version, found.old);
  } else {
    snprintf(text, capacity,
             "no Java found (looked at LITESTREAM_JAVA_HOME, %s/runtime, JAVA_HOME, PATH and " JAVA_HOMES
             "); install Java %d or later, or set LITESTREAM_JAVA_HOME to one",
             folder, JAVA_MIN);
  }
  return 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Always in the same order, since an AOT cache needs the list that it was made with. */
static size_t jars(const char *folder, char *names[JARS_MAX]) {
  char lib[PATH_MAX];
  size_t count = 0;
  snprintf(lib, sizeof lib, "%s/lib", folder);
  DIR *dir = opendir(lib);
  for (struct dirent *entry; dir && count < JARS_MAX && (entry = readdir(dir));) {
    size_t length = strlen(entry->d_name);
    if (length > 4 && !strcmp(entry->d_name + length - 4, ".jar") && (names[count] = strdup(entry->d_name))) count++;
  }
  if (dir) closedir(dir);
  qsort(names, count, sizeof *names, by_name);
  return count;
}

/* Writes a path as it stands in a file: URL; at most three characters for one. */
static char *append_encoded(char *end, const char *path) {
  static const char plain[] = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (; *path; path++) {
    end += strchr(plain, *path) ? sprintf(end, "%c", *path) : sprintf(end, "%%%02X", (unsigned char)*path);
  }
  return end;
}

static char *join(const char *folder, const char *prefix, const char *separator, int urls) {
  char *names[JARS_MAX];
  size_t count = jars(folder, names);
  size_t size = strlen(prefix) + 1;
  for (size_t i = 0; i < count; i++) size += 3 * (strlen(folder) + strlen(names[i])) + 32;
  char *joined = count ? malloc(size) : NULL;
  char *end = joined ? joined + sprintf(joined, "%s", prefix) : NULL;
  for (size_t i = 0; i < count; i++) {
    char jar[2 * PATH_MAX];
    snprintf(jar, sizeof jar, "%s/lib/%s", folder, names[i]);
    free(names[i]);
    if (!joined) continue;
    end += sprintf(end, "%s%s", i ? separator : "", urls ? "file://" : "");
    end = urls ? append_encoded(end, jar) : end + sprintf(end, "%s", jar);
  }
  return joined;
}

uint64_t jars_fingerprint(const char *folder) {
  char *names[JARS_MAX];
  size_t count = jars(folder, names);
  uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a */
  for (size_t i = 0; i < count; i++) {
    char path[2 * PATH_MAX];
    char line[PATH_MAX + 32];
    struct stat jar;
    snprintf(path, sizeof path, "%s/lib/%s", folder, names[i]);
    int length = snprintf(line, sizeof line, "%s %lld\n", names[i], stat(path, &jar) ? -1LL : (long long)jar.st_size);
    for (int k = 0; k < length && k < (int)sizeof line; k++) hash = (hash ^ (unsigned char)line[k]) * 0x100000001B3u;
    free(names[i]);
  }
  return hash;
}

char *class_path_option(const char *folder) { return join(folder, "-Djava.class.path=", PATH_SEPARATOR, 0); }
char *class_path_urls(const char *folder) { return join(folder, "", " ", 1); }
