/*
 * The VFS "litestream" as SQLite sees it. Main databases go to the engine; temporary files, journals and everything
 * else of the operating system go straight to the default VFS. State is kept for each SQLite library of the process,
 * since a host may link one and load another.
 */
#define _GNU_SOURCE
#include "vfs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if !defined(_WIN32)
extern char **environ;
#endif

typedef struct litestream_file {
  sqlite3_file base; /* first, so that a file pointer is one to this */
  library *sqlite;
  sqlite3 **db; /* where SQLite keeps who uses the file now: with a shared cache that changes; NULL until it was told */
  int64_t number;
  int wait;
} litestream_file;

/* How a wait inside the engine learns of Ctrl-C. */
enum {
  WAIT_ASKS_SQLITE = 0, /* sqlite3_is_interrupted */
  WAIT_ASKS_SIGNAL = 1, /* there is no connection yet, or no such function: the signal itself, from the first look on */
  WAIT_WATCHES = 2      /* likewise, and the signal is being watched */
};

static pthread_mutex_t libraries_lock = PTHREAD_MUTEX_INITIALIZER;
static library *libraries;

/* The reason of this thread's last failure, for xGetLastError. */
static _Thread_local char last_error[1024];

static library *library_of(sqlite3_vfs *vfs) { return (library *)vfs; }
static litestream_file *file_of(sqlite3_file *file) { return (litestream_file *)file; }

static void log_error(library *sqlite, int code, const char *text) {
  snprintf(last_error, sizeof last_error, "%s", text);
  CALL(sqlite->api, API_LOG, void (*)(int, const char *, ...))(code, "%s", text);
}

/* Fetches the reason of a failure that the engine has just reported. */
static void report(litestream_file *file, engine_call call, int code) {
  char text[sizeof last_error];
  text[0] = 0;
  call(OP_LAST_ERROR, file->number, (int64_t)(intptr_t)text, sizeof text, 0);
  if (text[0]) log_error(file->sqlite, code, text);
}

#define FORKED "litestream: the process was forked after the JVM had started; open the database in the child only"

static engine_call running(litestream_file *file) {
  engine_call call = engine_running();
  if (!call) log_error(file->sqlite, SQLITE_IOERR, FORKED);
  return call;
}

static int tells_interrupt(const library *sqlite) {
  /* The table of an older SQLite ends before the slot. */
  return CALL(sqlite->api, API_LIBVERSION_NUMBER, int (*)(void))() >= 3041000;
}

/* Calls what may wait for the store. */
static int call_and_wait(litestream_file *file, engine_call call, int op, int64_t b, int64_t c, int64_t d) {
  file->wait = tells_interrupt(file->sqlite) ? WAIT_ASKS_SQLITE : WAIT_ASKS_SIGNAL;
  int code = (int)call(op, file->number, b, c, d);
  if (file->wait == WAIT_WATCHES) interrupt_watch_end();
  file->wait = WAIT_ASKS_SQLITE;
  return code;
}

/* ---- files ---- */

static int file_close(sqlite3_file *base) {
  litestream_file *file = file_of(base);
  engine_call call = engine_running();
  return call ? (int)call(OP_CLOSE, file->number, 0, 0, 0) : SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *buffer, int amount, int64_t offset) {
  litestream_file *file = file_of(base);
  engine_call call = running(file);
  if (!call) return SQLITE_IOERR_READ;
  int code = call_and_wait(file, call, OP_READ, (int64_t)(intptr_t)buffer, amount, offset);
  /* 522 is a short read: the end of the file, not a failure. */
  if (code != SQLITE_OK && code != 522) report(file, call, code);
  return code;
}

static int refuse_write(sqlite3_file *base) {
  litestream_file *file = file_of(base);
  engine_call call = running(file);
  if (!call) return SQLITE_IOERR;
  int code = (int)call(OP_REFUSE_WRITE, file->number, 0, 0, 0);
  report(file, call, code);
  return code;
}

static int file_write(sqlite3_file *file, const void *buffer, int amount, int64_t offset) {
  (void)buffer, (void)amount, (void)offset;
  return refuse_write(file);
}

static int file_truncate(sqlite3_file *file, int64_t size) {
  (void)size;
  return refuse_write(file);
}

static int file_sync(sqlite3_file *file, int flags) {
  (void)file, (void)flags;
  return SQLITE_OK;
}

static int file_size(sqlite3_file *base, int64_t *size) {
  litestream_file *file = file_of(base);
  engine_call call = running(file);
  if (!call) return SQLITE_IOERR;
  int64_t answer = call(OP_SIZE, file->number, 0, 0, 0);
  if (answer < 0) {
    report(file, call, (int)-answer);
    return (int)-answer;
  }
  *size = answer;
  return SQLITE_OK;
}

static int change_lock(sqlite3_file *base, int op, int level) {
  litestream_file *file = file_of(base);
  engine_call call = running(file);
  if (!call) return SQLITE_IOERR;
  int code = call_and_wait(file, call, op, level, 0, 0);
  if (code != SQLITE_OK) report(file, call, code);
  return code;
}

static int file_lock(sqlite3_file *file, int level) { return change_lock(file, OP_LOCK, level); }
static int file_unlock(sqlite3_file *file, int level) { return change_lock(file, OP_UNLOCK, level); }

static int file_check_reserved(sqlite3_file *base, int *reserved) {
  litestream_file *file = file_of(base);
  engine_call call = running(file);
  if (!call) return SQLITE_IOERR;
  int64_t answer = call(OP_CHECK_RESERVED, file->number, 0, 0, 0);
  *reserved = answer > 0;
  return answer < 0 ? (int)-answer : SQLITE_OK;
}

/* arg[0] takes the answer, arg[1] is the name, arg[2] the value or NULL. */
static int file_pragma(litestream_file *file, char **arg) {
  static const char prefix[] = "litestream_";
  size_t i = 0;
  if (!arg[1]) return SQLITE_NOTFOUND;
  for (; prefix[i]; i++) {
    if ((arg[1][i] | 0x20) != prefix[i] && arg[1][i] != prefix[i]) return SQLITE_NOTFOUND;
  }
  engine_call call = running(file);
  if (!call) return SQLITE_IOERR;
  char *text = malloc(TEXT_CAPACITY);
  if (!text) return SQLITE_NOMEM;
  text[0] = 0;
  text_request request = {.name = arg[1], .value = arg[2], .text = text, .text_capacity = TEXT_CAPACITY};
  int code = call_and_wait(file, call, OP_PRAGMA, (int64_t)(intptr_t)&request, 0, 0);
  /* Without a text SQLite tells an error by its own. */
  if (code == SQLITE_OK ? request.kind == RESULT_TEXT : code != SQLITE_NOTFOUND && text[0]) {
    arg[0] = CALL(file->sqlite->api, API_MPRINTF, char *(*)(const char *, ...))("%s", text);
  }
  free(text);
  /*
   * A setter has done its work. With OK, SQLite would make a column that has no name, for which Python raises
   * MemoryError; a PRAGMA that nobody knows has neither columns nor rows.
   */
  return code == SQLITE_OK && request.kind != RESULT_TEXT ? SQLITE_NOTFOUND : code;
}

/* Answers what came by way of sqlite3_file_control, where the reason of a failure has one way back only. */
static int file_text(litestream_file *file, int op, text_request *request, int64_t c, int64_t d) {
  engine_call call = running(file);
  if (!call) return SQLITE_IOERR;
  int code = call_and_wait(file, call, op, (int64_t)(intptr_t)request, c, d);
  if (code != SQLITE_OK && !request->text[0]) {
    call(OP_LAST_ERROR, file->number, (int64_t)(intptr_t)request->text, request->text_capacity, 0);
  }
  return code;
}

static int file_control(sqlite3_file *base, int op, void *arg) {
  litestream_file *file = file_of(base);
  switch (op) {
    case SQLITE_FCNTL_PDB:
      file->db = arg;
      return SQLITE_OK;
    case SQLITE_FCNTL_PRAGMA:
      return file_pragma(file, (char **)arg);
    case SQLITE_FCNTL_VFSNAME:
      *(char **)arg = CALL(file->sqlite->api, API_MPRINTF, char *(*)(const char *, ...))("litestream");
      return SQLITE_OK;
    case FCNTL_FUNCTION:
      return file_text(file, OP_FUNCTION, arg, 0, 0);
    case FCNTL_HISTORY: {
      history_request *request = arg;
      return file_text(file, request->op, &request->text, request->history, request->cell);
    }
    default:
      return SQLITE_NOTFOUND;
  }
}

static int file_zero(sqlite3_file *file) {
  (void)file;
  return 0;
}

/* Version 1: no shared memory, so no WAL; no xFetch, which would cost two upcalls a page. */
static const sqlite3_io_methods methods = {
    1,         file_close, file_read,   file_write,          file_truncate, file_sync, file_size,
    file_lock, file_unlock, file_check_reserved, file_control,  file_zero, file_zero,
};

int64_t litestream4j_interrupted(int64_t address) {
  litestream_file *file = (litestream_file *)(intptr_t)address;
  if (file->wait == WAIT_ASKS_SIGNAL) {
    file->wait = WAIT_WATCHES;
    interrupt_watch_begin();
  }
  if (file->wait == WAIT_WATCHES) return interrupt_seen();
  /* The table of an older SQLite ends before this slot. */
  if (!file->db || !*file->db || !tells_interrupt(file->sqlite)) return 0;
  return CALL(file->sqlite->api, API_IS_INTERRUPTED, int (*)(sqlite3 *))(*file->db) != 0;
}

/* ---- the VFS ---- */

/* Collects pointers; the caller frees the array. */
static const char **uri_pairs(library *sqlite, const char *name) {
  const char *(*key_at)(const char *, int) = CALL(sqlite->api, API_URI_KEY, const char *(*)(const char *, int));
  const char *(*value_of)(const char *, const char *) =
      CALL(sqlite->api, API_URI_PARAMETER, const char *(*)(const char *, const char *));
  int count = 0;
  while (name && key_at(name, count)) count++;
  const char **pairs = calloc(2 * (size_t)count + 1, sizeof *pairs);
  for (int i = 0; pairs && i < count; i++) {
    const char *key = key_at(name, i);
    const char *value = value_of(name, key);
    pairs[2 * i] = key;
    pairs[2 * i + 1] = value ? value : "";
  }
  return pairs;
}

/* The JVM keeps the environment of its start; the host may have changed it since. */
static const char **litestream_environment(void) {
  static const char prefix[] = "LITESTREAM_";
  size_t count = 0;
  for (char **entry = environ; entry && *entry; entry++) count += !strncmp(*entry, prefix, sizeof prefix - 1);
  const char **found = calloc(count + 1, sizeof *found);
  size_t i = 0;
  for (char **entry = environ; found && entry && *entry && i < count; entry++) {
    if (!strncmp(*entry, prefix, sizeof prefix - 1)) found[i++] = *entry;
  }
  return found;
}

/* Whether the replica is a folder, as far as can be told before there is an engine. */
static int is_local(library *sqlite, const char *name) {
  const char *(*value_of)(const char *, const char *) =
      CALL(sqlite->api, API_URI_PARAMETER, const char *(*)(const char *, const char *));
  const char *url = name ? value_of(name, "replica_url") : NULL;
  if (!url && name) url = value_of(name, "litestream_replica_url");
  if (!url) url = getenv("LITESTREAM_REPLICA_URL");
  return url && !strncmp(url, "file:", 5);
}

static int open_main(library *sqlite, const char *name, litestream_file *file, int *out_flags) {
  char text[4096];
  text[0] = 0;
  engine_call call = engine_start(is_local(sqlite, name), text, sizeof text);
  if (!call) {
    fprintf(stderr, "litestream: %s\n", text);
    log_error(sqlite, SQLITE_CANTOPEN, text);
    return SQLITE_CANTOPEN;
  }
  const char **pairs = uri_pairs(sqlite, name);
  const char **env = litestream_environment();
  int code = SQLITE_NOMEM;
  if (pairs && env) {
    open_request request = {
        .name = name ? name : "", .pairs = pairs, .env = env, .file = file, .text = text, .text_capacity = sizeof text};
    file->sqlite = sqlite;
    file->db = NULL;
    /* From the start: Ctrl-C would be lost on the way to the first look. */
    interrupt_watch_begin();
    file->wait = WAIT_WATCHES;
    int64_t answer = call(OP_OPEN, (int64_t)(intptr_t)&request, 0, 0, 0);
    interrupt_watch_end();
    file->wait = WAIT_ASKS_SQLITE;
    code = (int)(answer & 0xFFFFFFFF);
    if (code == SQLITE_OK) file->number = answer >> 32;
  }
  free(pairs);
  free(env);
  if (code != SQLITE_OK) {
    log_error(sqlite, code, text);
    return code;
  }
  file->base.pMethods = &methods;
  if (out_flags) *out_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
  return SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags) {
  library *sqlite = library_of(vfs);
  file->pMethods = NULL;
  if (flags & SQLITE_OPEN_MAIN_DB) return open_main(sqlite, name, file_of(file), out_flags);
  if (flags & SQLITE_OPEN_MAIN_JOURNAL) {
    /* The journal of a database that nobody writes: never a file beside the label, which may be a real path. */
    int temporary = SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE |
                    SQLITE_OPEN_DELETEONCLOSE;
    return sqlite->base->xOpen(sqlite->base, NULL, file, temporary, out_flags);
  }
  if (flags & (SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL | SQLITE_OPEN_SUPER_JOURNAL |
               SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_DELETEONCLOSE)) {
    return sqlite->base->xOpen(sqlite->base, name, file, flags, out_flags);
  }
  return SQLITE_CANTOPEN;
}

/* Super-journals are named "<label>-mj" and 9 hex digits; they serve plain databases attached beside ours. */
static int is_super_journal(const char *name) {
  size_t length = strlen(name);
  return length > 12 && !strncmp(name + length - 12, "-mj", 3);
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync) {
  library *sqlite = library_of(vfs);
  return is_super_journal(name) ? sqlite->base->xDelete(sqlite->base, name, sync) : SQLITE_IOERR_DELETE;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  library *sqlite = library_of(vfs);
  *result = 0;
  return is_super_journal(name) ? sqlite->base->xAccess(sqlite->base, name, flags, result) : SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int capacity, char *out) {
  (void)vfs;
  int length = snprintf(out, (size_t)capacity, "%s", name);
  return length < 0 || length >= capacity ? SQLITE_CANTOPEN : SQLITE_OK;
}

static void *vfs_dl_open(sqlite3_vfs *vfs, const char *name) {
  sqlite3_vfs *base = library_of(vfs)->base;
  return base->xDlOpen ? base->xDlOpen(base, name) : NULL;
}

static void vfs_dl_error(sqlite3_vfs *vfs, int capacity, char *text) {
  sqlite3_vfs *base = library_of(vfs)->base;
  if (base->xDlError) base->xDlError(base, capacity, text);
}

static void (*vfs_dl_sym(sqlite3_vfs *vfs, void *handle, const char *symbol))(void) {
  sqlite3_vfs *base = library_of(vfs)->base;
  return base->xDlSym ? base->xDlSym(base, handle, symbol) : NULL;
}

static void vfs_dl_close(sqlite3_vfs *vfs, void *handle) {
  sqlite3_vfs *base = library_of(vfs)->base;
  if (base->xDlClose) base->xDlClose(base, handle);
}

static int vfs_randomness(sqlite3_vfs *vfs, int amount, char *out) {
  sqlite3_vfs *base = library_of(vfs)->base;
  return base->xRandomness(base, amount, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int micros) {
  sqlite3_vfs *base = library_of(vfs)->base;
  return base->xSleep(base, micros);
}

static int vfs_current_time(sqlite3_vfs *vfs, double *days) {
  sqlite3_vfs *base = library_of(vfs)->base;
  return base->xCurrentTime(base, days);
}

static int vfs_current_time_int64(sqlite3_vfs *vfs, int64_t *millis) {
  sqlite3_vfs *base = library_of(vfs)->base;
  if (base->iVersion >= 2 && base->xCurrentTimeInt64) return base->xCurrentTimeInt64(base, millis);
  double days;
  int code = base->xCurrentTime(base, &days);
  *millis = (int64_t)(days * 86400000.0);
  return code;
}

static int vfs_get_last_error(sqlite3_vfs *vfs, int capacity, char *text) {
  sqlite3_vfs *base = library_of(vfs)->base;
  if (!last_error[0]) return base->xGetLastError ? base->xGetLastError(base, capacity, text) : 0;
  if (capacity > 0 && text) snprintf(text, (size_t)capacity, "%s", last_error);
  return 0;
}

/* ---- SQL functions ---- */

/* A function is told its library only by being a C function of its own: one set for each, more than any host has. */
#define LIBRARIES_MAX 4

static void answer(const sqlite3_api_routines *api, sqlite3_context *context, const text_request *request, int code) {
  if (code == SQLITE_INTERRUPT) {
    CALL(api, API_RESULT_ERROR_CODE, void (*)(sqlite3_context *, int))(context, code);
  } else if (code != SQLITE_OK) {
    const char *text = request->text[0] ? request->text : "litestream: the database is not open";
    CALL(api, API_RESULT_ERROR, void (*)(sqlite3_context *, const char *, int))(context, text, -1);
  } else if (request->kind == RESULT_TEXT) {
    /* -1 as destructor: SQLite takes a copy. */
    CALL(api, API_RESULT_TEXT, void (*)(sqlite3_context *, const char *, int, void (*)(void *)))(
        context, request->text, -1, (void (*)(void *))(intptr_t)-1);
  } else if (request->kind == RESULT_INTEGER) {
    CALL(api, API_RESULT_INT64, void (*)(sqlite3_context *, int64_t))(context, request->integer);
  } else {
    CALL(api, API_RESULT_NULL, void (*)(sqlite3_context *))(context);
  }
}

static void function(const library *sqlite, sqlite3_context *context, int count, sqlite3_value **values) {
  const sqlite3_api_routines *api = sqlite->api;
  text_request request = {.name = CALL(api, API_USER_DATA, const char *(*)(sqlite3_context *))(context)};
  if (count > 0 && CALL(api, API_VALUE_TYPE, int (*)(sqlite3_value *))(values[0]) != SQLITE_NULL) {
    request.value = CALL(api, API_VALUE_TEXT, const char *(*)(sqlite3_value *))(values[0]);
  }
  char text[4096];
  text[0] = 0;
  request.text = text;
  request.text_capacity = sizeof text;
  sqlite3 *db = CALL(api, API_CONTEXT_DB_HANDLE, sqlite3 * (*)(sqlite3_context *))(context);
  int code = CALL(api, API_FILE_CONTROL, int (*)(sqlite3 *, const char *, int, void *))(db, "main", FCNTL_FUNCTION,
                                                                                        &request);
  answer(api, context, &request, code);
}

static library *numbered[LIBRARIES_MAX];

#define FUNCTION(n) \
  static void function_##n(sqlite3_context *context, int count, sqlite3_value **values) { \
    function(numbered[n], context, count, values); \
  }
FUNCTION(0) FUNCTION(1) FUNCTION(2) FUNCTION(3)

typedef void (*sql_function)(sqlite3_context *, int, sqlite3_value **);
static const sql_function functions[LIBRARIES_MAX] = {function_0, function_1, function_2, function_3};

static int create(library *sqlite, sqlite3 *db, const char *name, int arguments, int flags, sql_function body) {
  return CALL(sqlite->api, API_CREATE_FUNCTION_V2,
              int (*)(sqlite3 *, const char *, int, int, void *, sql_function, void *, void *, void *))(
      db, name, arguments, SQLITE_UTF8 | flags, (void *)(intptr_t)name, body, NULL, NULL, NULL);
}

static int create_functions(library *sqlite, sqlite3 *db) {
  sqlite3_file *file = NULL;
  CALL(sqlite->api, API_FILE_CONTROL, int (*)(sqlite3 *, const char *, int, void *))(db, "main",
                                                                                     SQLITE_FCNTL_FILE_POINTER, &file);
  if (!file || file->pMethods != &methods) return SQLITE_OK;
  int number = 0;
  while (number < LIBRARIES_MAX && numbered[number] != sqlite) number++;
  if (number == LIBRARIES_MAX) return SQLITE_OK;
  sql_function body = functions[number];
  int code = create(sqlite, db, "litestream_txid", 0, 0, body);
  if (code == SQLITE_OK) code = create(sqlite, db, "litestream_lag", 0, 0, body);
  if (code == SQLITE_OK) code = create(sqlite, db, "litestream_time", 0, 0, body);
  if (code == SQLITE_OK) code = create(sqlite, db, "litestream_set_time", 1, SQLITE_DIRECTONLY, body);
  if (code == SQLITE_OK) code = create(sqlite, db, "litestream_set_txid", 1, SQLITE_DIRECTONLY, body);
  return code;
}

/* ---- loading ---- */

static library *find_library(const sqlite3_api_routines *api) {
  library *sqlite = libraries;
  while (sqlite && sqlite->api != api) sqlite = sqlite->next;
  return sqlite;
}

/*
 * A name that was meant as a URI. SQLite takes it for that of a local file if it lacks "file:", or if the host does not
 * say that names may be URIs, creates that file, and shows an empty database.
 */
static int is_misread_uri(const sqlite3_api_routines *api, sqlite3 *db) {
  const char *name = CALL(api, API_DB_FILENAME, const char *(*)(sqlite3 *, const char *))(db, "main");
  return name && (strstr(name, "?vfs=litestream") || strstr(name, "&vfs=litestream"));
}

/* Called by SQLite for each new connection; ours or not. */
static int on_connection(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  if (is_misread_uri(api, db)) {
    *error = CALL(api, API_MPRINTF, char *(*)(const char *, ...))(
        "a name with vfs=litestream was taken for a local file: begin it with file: and open it as a URI "
        "(in Python with uri=True)");
    return SQLITE_CANTOPEN;
  }
  pthread_mutex_lock(&libraries_lock);
  library *sqlite = find_library(api);
  pthread_mutex_unlock(&libraries_lock);
  if (!sqlite) return SQLITE_OK;
  /* On every connection: a replica may be attached to any. */
  int code = create_history(sqlite, db);
  return code == SQLITE_OK ? create_functions(sqlite, db) : code;
}

static library *add_library(const sqlite3_api_routines *api) {
  library *sqlite = calloc(1, sizeof *sqlite);
  if (!sqlite) return NULL;
  sqlite->api = api;
  sqlite->base = CALL(api, API_VFS_FIND, sqlite3_vfs * (*)(const char *))(NULL);
  if (!sqlite->base) {
    free(sqlite);
    return NULL;
  }
  int size = (int)sizeof(litestream_file);
  sqlite->vfs = (sqlite3_vfs){
      .iVersion = 2,
      .szOsFile = size > sqlite->base->szOsFile ? size : sqlite->base->szOsFile,
      .mxPathname = 1024,
      .zName = "litestream",
      .xOpen = vfs_open,
      .xDelete = vfs_delete,
      .xAccess = vfs_access,
      .xFullPathname = vfs_full_pathname,
      .xDlOpen = vfs_dl_open,
      .xDlError = vfs_dl_error,
      .xDlSym = vfs_dl_sym,
      .xDlClose = vfs_dl_close,
      .xRandomness = vfs_randomness,
      .xSleep = vfs_sleep,
      .xCurrentTime = vfs_current_time,
      .xGetLastError = vfs_get_last_error,
      .xCurrentTimeInt64 = vfs_current_time_int64,
  };
  for (int i = 0; i < LIBRARIES_MAX; i++) {
    if (!numbered[i]) {
      numbered[i] = sqlite;
      break;
    }
  }
  sqlite->next = libraries;
  libraries = sqlite;
  return sqlite;
}

static void explain(const sqlite3_api_routines *api, char **error, const char *form, const char *detail) {
  if (error) *error = CALL(api, API_MPRINTF, char *(*)(const char *, ...))(form, detail);
}

/* The name of Litestream's own, and the one that hosts are told. */
EXPORT int sqlite3_litestreamvfs_init(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  if (CALL(api, API_LIBVERSION_NUMBER, int (*)(void))() < 3031000) {
    explain(api, error, "litestream VFS requires SQLite 3.31.0 or later (found %s)",
            CALL(api, API_LIBVERSION, const char *(*)(void))());
    return SQLITE_ERROR;
  }
  pthread_mutex_lock(&libraries_lock);
  library *sqlite = find_library(api);
  if (!sqlite) sqlite = add_library(api);
  pthread_mutex_unlock(&libraries_lock);
  if (!sqlite) {
    explain(api, error, "failed to register VFS: %s", "no default VFS, or out of memory");
    return SQLITE_ERROR;
  }
  /* At each load: sqlite3_shutdown forgets both. Registering what is there already changes nothing. */
  int code = CALL(api, API_VFS_REGISTER, int (*)(sqlite3_vfs *, int))(&sqlite->vfs, 0);
  if (code == SQLITE_OK) code = CALL(api, API_AUTO_EXTENSION, int (*)(void (*)(void)))((void (*)(void))on_connection);
  if (code == SQLITE_OK) code = create_history(sqlite, db);
  if (code == SQLITE_OK) code = create_functions(sqlite, db);
  if (code != SQLITE_OK) {
    explain(api, error, "failed to register VFS: %s", "SQLite refused it");
    return code;
  }
  return SQLITE_OK_LOAD_PERMANENTLY;
}

/* What SQLite looks for first if it is told no entry point: the file may then have any name, such as litestream.so. */
EXPORT int sqlite3_extension_init(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  return sqlite3_litestreamvfs_init(db, error, api);
}
