/*
 * The part of SQLite's public binary interface that the shim uses, written down here so that building it needs no
 * SQLite headers. The layouts are frozen by SQLite's compatibility promise; a test compares them with sqlite3ext.h
 * where that is installed.
 */
#ifndef LITESTREAM4J_SQLITE_ABI_H
#define LITESTREAM4J_SQLITE_ABI_H

#include <stdint.h>

#define SQLITE_OK 0
#define SQLITE_ERROR 1
#define SQLITE_NOMEM 7
#define SQLITE_READONLY 8
#define SQLITE_INTERRUPT 9
#define SQLITE_IOERR 10
#define SQLITE_NOTFOUND 12
#define SQLITE_CANTOPEN 14
#define SQLITE_CONSTRAINT 19
#define SQLITE_NOTICE 27
#define SQLITE_OK_LOAD_PERMANENTLY 256
#define SQLITE_IOERR_READ 266
#define SQLITE_IOERR_DELETE 2570

#define SQLITE_OPEN_READONLY 0x00000001
#define SQLITE_OPEN_READWRITE 0x00000002
#define SQLITE_OPEN_CREATE 0x00000004
#define SQLITE_OPEN_DELETEONCLOSE 0x00000008
#define SQLITE_OPEN_EXCLUSIVE 0x00000010
#define SQLITE_OPEN_MAIN_DB 0x00000100
#define SQLITE_OPEN_TEMP_DB 0x00000200
#define SQLITE_OPEN_TRANSIENT_DB 0x00000400
#define SQLITE_OPEN_MAIN_JOURNAL 0x00000800
#define SQLITE_OPEN_TEMP_JOURNAL 0x00001000
#define SQLITE_OPEN_SUBJOURNAL 0x00002000
#define SQLITE_OPEN_SUPER_JOURNAL 0x00004000

#define SQLITE_FCNTL_FILE_POINTER 7
#define SQLITE_FCNTL_VFSNAME 12
#define SQLITE_FCNTL_PRAGMA 14
#define SQLITE_FCNTL_PDB 30

#define SQLITE_UTF8 1
#define SQLITE_DIRECTONLY 0x000080000
#define SQLITE_NULL 5

#define SQLITE_INDEX_CONSTRAINT_EQ 2

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_context sqlite3_context;
typedef struct sqlite3_value sqlite3_value;
typedef struct sqlite3_file sqlite3_file;
typedef struct sqlite3_vfs sqlite3_vfs;

typedef struct sqlite3_io_methods {
  int iVersion;
  int (*xClose)(sqlite3_file *);
  int (*xRead)(sqlite3_file *, void *, int, int64_t);
  int (*xWrite)(sqlite3_file *, const void *, int, int64_t);
  int (*xTruncate)(sqlite3_file *, int64_t);
  int (*xSync)(sqlite3_file *, int);
  int (*xFileSize)(sqlite3_file *, int64_t *);
  int (*xLock)(sqlite3_file *, int);
  int (*xUnlock)(sqlite3_file *, int);
  int (*xCheckReservedLock)(sqlite3_file *, int *);
  int (*xFileControl)(sqlite3_file *, int, void *);
  int (*xSectorSize)(sqlite3_file *);
  int (*xDeviceCharacteristics)(sqlite3_file *);
} sqlite3_io_methods;

struct sqlite3_file {
  const sqlite3_io_methods *pMethods;
};

struct sqlite3_vfs {
  int iVersion;
  int szOsFile;
  int mxPathname;
  sqlite3_vfs *pNext;
  const char *zName;
  void *pAppData;
  int (*xOpen)(sqlite3_vfs *, const char *, sqlite3_file *, int, int *);
  int (*xDelete)(sqlite3_vfs *, const char *, int);
  int (*xAccess)(sqlite3_vfs *, const char *, int, int *);
  int (*xFullPathname)(sqlite3_vfs *, const char *, int, char *);
  void *(*xDlOpen)(sqlite3_vfs *, const char *);
  void (*xDlError)(sqlite3_vfs *, int, char *);
  void (*(*xDlSym)(sqlite3_vfs *, void *, const char *))(void);
  void (*xDlClose)(sqlite3_vfs *, void *);
  int (*xRandomness)(sqlite3_vfs *, int, char *);
  int (*xSleep)(sqlite3_vfs *, int);
  int (*xCurrentTime)(sqlite3_vfs *, double *);
  int (*xGetLastError)(sqlite3_vfs *, int, char *);
  int (*xCurrentTimeInt64)(sqlite3_vfs *, int64_t *);
};

typedef struct sqlite3_vtab sqlite3_vtab;
typedef struct sqlite3_vtab_cursor sqlite3_vtab_cursor;

struct sqlite3_index_constraint {
  int iColumn;
  unsigned char op;
  unsigned char usable;
  int iTermOffset;
};

struct sqlite3_index_constraint_usage {
  int argvIndex;
  unsigned char omit;
};

/* What the query planner asks a virtual table; the fields after these came later. */
typedef struct sqlite3_index_info {
  int nConstraint;
  struct sqlite3_index_constraint *aConstraint;
  int nOrderBy;
  void *aOrderBy;
  struct sqlite3_index_constraint_usage *aConstraintUsage;
  int idxNum;
  char *idxStr;
  int needToFreeIdxStr;
  int orderByConsumed;
  double estimatedCost;
} sqlite3_index_info;

/* Version 0 ends with xRename. */
typedef struct sqlite3_module {
  int iVersion;
  int (*xCreate)(sqlite3 *, void *, int, const char *const *, sqlite3_vtab **, char **);
  int (*xConnect)(sqlite3 *, void *, int, const char *const *, sqlite3_vtab **, char **);
  int (*xBestIndex)(sqlite3_vtab *, sqlite3_index_info *);
  int (*xDisconnect)(sqlite3_vtab *);
  int (*xDestroy)(sqlite3_vtab *);
  int (*xOpen)(sqlite3_vtab *, sqlite3_vtab_cursor **);
  int (*xClose)(sqlite3_vtab_cursor *);
  int (*xFilter)(sqlite3_vtab_cursor *, int, const char *, int, sqlite3_value **);
  int (*xNext)(sqlite3_vtab_cursor *);
  int (*xEof)(sqlite3_vtab_cursor *);
  int (*xColumn)(sqlite3_vtab_cursor *, sqlite3_context *, int);
  int (*xRowid)(sqlite3_vtab_cursor *, int64_t *);
  int (*xUpdate)(sqlite3_vtab *, int, sqlite3_value **, int64_t *);
  int (*xBegin)(sqlite3_vtab *);
  int (*xSync)(sqlite3_vtab *);
  int (*xCommit)(sqlite3_vtab *);
  int (*xRollback)(sqlite3_vtab *);
  int (*xFindFunction)(sqlite3_vtab *, int, const char *, void (**)(sqlite3_context *, int, sqlite3_value **), void **);
  int (*xRename)(sqlite3_vtab *, const char *);
} sqlite3_module;

struct sqlite3_vtab {
  const sqlite3_module *pModule;
  int nRef;
  char *zErrMsg;
};

struct sqlite3_vtab_cursor {
  sqlite3_vtab *pVtab;
};

/* Positions in struct sqlite3_api_routines, which is a table of function pointers. */
enum {
  API_DECLARE_VTAB = 50,
  API_FREE = 58,
  API_LIBVERSION = 66,
  API_LIBVERSION_NUMBER = 67,
  API_MALLOC = 68,
  API_MPRINTF = 69,
  API_RESULT_ERROR = 80,
  API_RESULT_INT64 = 83,
  API_RESULT_NULL = 84,
  API_RESULT_TEXT = 85,
  API_USER_DATA = 101,
  API_VALUE_TEXT = 109,
  API_VALUE_TYPE = 113,
  API_CREATE_MODULE_V2 = 119,
  API_FILE_CONTROL = 127,
  API_VFS_FIND = 141,
  API_VFS_REGISTER = 142,
  API_RESULT_ERROR_CODE = 146,
  API_CONTEXT_DB_HANDLE = 149,
  API_CREATE_FUNCTION_V2 = 162,
  API_LOG = 167,
  API_DB_FILENAME = 180,
  API_URI_PARAMETER = 189,
  API_AUTO_EXTENSION = 192,
  API_URI_KEY = 245,     /* 3.31.0 */
  API_IS_INTERRUPTED = 266 /* 3.41.0 */
};

typedef struct sqlite3_api_routines {
  void (*slots[API_IS_INTERRUPTED + 1])(void);
} sqlite3_api_routines;

#endif
