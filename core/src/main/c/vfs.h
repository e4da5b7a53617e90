/* What the parts of the shim that speak with SQLite share. */
#ifndef LITESTREAM4J_VFS_H
#define LITESTREAM4J_VFS_H

#include "shim.h"
#include "sqlite_abi.h"

/* What the shim knows of one SQLite library. Never freed: the extension stays loaded for good. */
typedef struct library {
  sqlite3_vfs vfs; /* first, so that a VFS pointer is one to this */
  sqlite3_vfs *base;
  const sqlite3_api_routines *api;
  struct library *next;
} library;

#define CALL(api, slot, type) ((type)(api)->slots[slot])

/* Sent through sqlite3_file_control, to reach the file of a schema: opcodes far from SQLite's own. */
#define FCNTL_FUNCTION 0x4C533401 /* text_request* */
#define FCNTL_HISTORY 0x4C533402  /* history_request* */

typedef struct history_request {
  int op; /* one of OP_HISTORY_ */
  int64_t history;
  int64_t cell;
  text_request text;
} history_request;

/* history.c: makes the table litestream_history known to a connection. */
int create_history(library *sqlite, sqlite3 *db);

#endif
