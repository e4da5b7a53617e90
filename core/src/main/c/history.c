/*
 * The table litestream_history: the files of a replica, one a row, so that the moment to look back to can be found
 * with SQL. An eponymous virtual table: it is there without being created. Its hidden column is the schema, so that
 * litestream_history('old') is the history of an attached replica.
 *
 * A row is fetched column by column, since what a listing does not say costs reads: who asks for little pays little.
 * The file of a schema is looked up for each, so that nothing dangles when the schema is detached meanwhile.
 */
#define _GNU_SOURCE
#include "vfs.h"

#include <stdlib.h>
#include <string.h>

/* Columns, as litestream4j.sqlite.HistoryTable answers them; the last one is ours. */
#define DECLARATION \
  "CREATE TABLE litestream_history(level INTEGER, min_txid TEXT, max_txid TEXT, time TEXT, pages INTEGER, " \
  "bytes INTEGER, page_count INTEGER, reachable INTEGER, schema TEXT HIDDEN)"
#define COLUMN_SCHEMA 8

#define REASON_CAPACITY 4096

typedef struct history_table {
  sqlite3_vtab base; /* first, so that a table pointer is one to this */
  library *sqlite;
  sqlite3 *db;
} history_table;

typedef struct history_cursor {
  sqlite3_vtab_cursor base; /* first, so that a cursor pointer is one to this */
  char *schema;             /* whose history is open; NULL if none is */
  int64_t history;
  int64_t rows;
  int64_t row;
} history_cursor;

static history_table *table_of(const history_cursor *cursor) { return (history_table *)cursor->base.pVtab; }

/* Asks the engine through the file of a schema. An error code comes with its reason in text, but for an interrupt. */
static int ask(history_table *table, const char *schema, history_request *request, char *text) {
  text[0] = 0;
  request->text.text = text;
  request->text.text_capacity = REASON_CAPACITY;
  return CALL(table->sqlite->api, API_FILE_CONTROL, int (*)(sqlite3 *, const char *, int, void *))(
      table->db, schema, FCNTL_HISTORY, request);
}

static void explain(history_table *table, const char *form, const char *detail) {
  CALL(table->sqlite->api, API_FREE, void (*)(void *))(table->base.zErrMsg);
  table->base.zErrMsg = CALL(table->sqlite->api, API_MPRINTF, char *(*)(const char *, ...))(form, detail);
}

static int table_connect(sqlite3 *db, void *data, int count, const char *const *arguments, sqlite3_vtab **made,
                         char **error) {
  (void)count, (void)arguments, (void)error;
  library *sqlite = data;
  int code = CALL(sqlite->api, API_DECLARE_VTAB, int (*)(sqlite3 *, const char *))(db, DECLARATION);
  if (code != SQLITE_OK) return code;
  history_table *table = calloc(1, sizeof *table);
  if (!table) return SQLITE_NOMEM;
  table->sqlite = sqlite;
  table->db = db;
  *made = &table->base;
  return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *table) {
  free(table);
  return SQLITE_OK;
}

/* The schema is the only thing that can be looked up; without it, it is main. */
static int table_best_index(sqlite3_vtab *table, sqlite3_index_info *index) {
  (void)table;
  index->estimatedCost = 1e6;
  for (int i = 0; i < index->nConstraint; i++) {
    if (index->aConstraint[i].iColumn != COLUMN_SCHEMA || index->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ) {
      continue;
    }
    /* Known only once another table was read: no other order of the join gives an answer. */
    if (!index->aConstraint[i].usable) return SQLITE_CONSTRAINT;
    index->aConstraintUsage[i].argvIndex = 1;
    index->aConstraintUsage[i].omit = 1;
    index->idxNum = 1;
    break;
  }
  return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *table, sqlite3_vtab_cursor **made) {
  history_cursor *cursor = calloc(1, sizeof *cursor);
  if (!cursor) return SQLITE_NOMEM;
  cursor->base.pVtab = table;
  *made = &cursor->base;
  return SQLITE_OK;
}

static void end_history(history_cursor *cursor) {
  if (!cursor->schema) return;
  char text[REASON_CAPACITY];
  history_request request = {.op = OP_HISTORY_CLOSE, .history = cursor->history};
  /* Fails if the schema was detached, with which its histories ended. */
  (void)ask(table_of(cursor), cursor->schema, &request, text);
  free(cursor->schema);
  cursor->schema = NULL;
  cursor->rows = 0;
}

static int cursor_close(sqlite3_vtab_cursor *base) {
  end_history((history_cursor *)base);
  free(base);
  return SQLITE_OK;
}

static int begin_history(history_cursor *cursor, const char *schema) {
  history_table *table = table_of(cursor);
  char text[REASON_CAPACITY];
  char *copy = strdup(schema);
  if (!copy) return SQLITE_NOMEM;
  history_request request = {.op = OP_HISTORY_OPEN};
  int code = ask(table, schema, &request, text);
  if (code == SQLITE_OK) {
    cursor->schema = copy;
    cursor->history = request.text.integer >> 32;
    cursor->rows = request.text.integer & 0xFFFFFFFF;
    return SQLITE_OK;
  }
  free(copy);
  if (code == SQLITE_INTERRUPT) return code;
  if (text[0]) {
    explain(table, "litestream_history: %s", text);
    return code;
  }
  explain(table, "litestream_history: no litestream database is open as \"%s\"; name the schema of one: "
                 "litestream_history('main')", schema);
  return SQLITE_ERROR;
}

/* Called again for the same cursor in the inner loop of a join: one listing serves all of them. */
static int cursor_filter(sqlite3_vtab_cursor *base, int plan, const char *detail, int count, sqlite3_value **values) {
  (void)detail;
  history_cursor *cursor = (history_cursor *)base;
  const char *schema = "main";
  if (plan == 1 && count == 1) {
    const sqlite3_api_routines *api = table_of(cursor)->sqlite->api;
    schema = CALL(api, API_VALUE_TEXT, const char *(*)(sqlite3_value *))(values[0]);
  }
  cursor->row = 0;
  if (cursor->schema && schema && !strcmp(cursor->schema, schema)) return SQLITE_OK;
  end_history(cursor);
  return schema ? begin_history(cursor, schema) : SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *base) {
  ((history_cursor *)base)->row++;
  return SQLITE_OK;
}

static int cursor_eof(sqlite3_vtab_cursor *base) {
  const history_cursor *cursor = (history_cursor *)base;
  return cursor->row >= cursor->rows;
}

static int cursor_rowid(sqlite3_vtab_cursor *base, int64_t *rowid) {
  *rowid = ((history_cursor *)base)->row + 1;
  return SQLITE_OK;
}

static void result_text(const sqlite3_api_routines *api, sqlite3_context *context, const char *text) {
  /* -1 as destructor: SQLite takes a copy. */
  CALL(api, API_RESULT_TEXT, void (*)(sqlite3_context *, const char *, int, void (*)(void *)))(
      context, text, -1, (void (*)(void *))(intptr_t)-1);
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  history_cursor *cursor = (history_cursor *)base;
  const sqlite3_api_routines *api = table_of(cursor)->sqlite->api;
  if (column == COLUMN_SCHEMA) {
    result_text(api, context, cursor->schema);
    return SQLITE_OK;
  }
  char text[REASON_CAPACITY];
  history_request request = {
      .op = OP_HISTORY_CELL, .history = cursor->history, .cell = cursor->row << 8 | column};
  int code = ask(table_of(cursor), cursor->schema, &request, text);
  if (code != SQLITE_OK) {
    if (code != SQLITE_INTERRUPT) {
      explain(table_of(cursor), "litestream_history: %s", text[0] ? text : "the database was detached");
    }
    return code;
  }
  if (request.text.kind == RESULT_TEXT) {
    result_text(api, context, text);
  } else if (request.text.kind == RESULT_INTEGER) {
    CALL(api, API_RESULT_INT64, void (*)(sqlite3_context *, int64_t))(context, request.text.integer);
  }
  return SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xConnect = table_connect,
    .xBestIndex = table_best_index,
    .xDisconnect = table_disconnect,
    .xOpen = cursor_open,
    .xClose = cursor_close,
    .xFilter = cursor_filter,
    .xNext = cursor_next,
    .xEof = cursor_eof,
    .xColumn = cursor_column,
    .xRowid = cursor_rowid,
};

int create_history(library *sqlite, sqlite3 *db) {
  return CALL(sqlite->api, API_CREATE_MODULE_V2,
              int (*)(sqlite3 *, const char *, const sqlite3_module *, void *, void (*)(void *)))(
      db, "litestream_history", &module, sqlite, NULL);
}
