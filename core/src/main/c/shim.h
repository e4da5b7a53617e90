/*
 * What passes between the shim and the engine in Java. All calls into Java have one shape, five 64-bit integers in
 * and one out: where a Java program links them, each further shape would cost a millisecond or more, and narrow types
 * are where calling conventions differ.
 */
#ifndef LITESTREAM4J_SHIM_H
#define LITESTREAM4J_SHIM_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Operations of the engine. Numbers are part of the contract with litestream4j.sqlite.VfsDispatcher. */
enum {
  OP_OPEN = 0,           /* (open_request*) -> file number << 32 | code */
  OP_CLOSE = 1,          /* (file) -> code */
  OP_READ = 2,           /* (file, buffer, amount, offset) -> code */
  OP_SIZE = 3,           /* (file) -> size, or -code */
  OP_LOCK = 4,           /* (file, level) -> code */
  OP_UNLOCK = 5,         /* (file, level) -> code */
  OP_CHECK_RESERVED = 6, /* (file) -> 0 or 1, or -code */
  OP_PRAGMA = 7,         /* (file, text_request*) -> code; 12 for a pragma that is not ours */
  OP_FUNCTION = 8,       /* (file, text_request*) -> code */
  OP_REFUSE_WRITE = 9,   /* (file) -> code */
  OP_LAST_ERROR = 10,    /* (file, text, capacity) -> 0 */
  OP_HISTORY_OPEN = 11,  /* (file, text_request*) -> code; integer: number of the history << 32 | rows */
  OP_HISTORY_CELL = 12,  /* (file, text_request*, history, row << 8 | column) -> code */
  OP_HISTORY_CLOSE = 13  /* (file, text_request*, history) -> code */
};

typedef int64_t (*engine_call)(int64_t op, int64_t a, int64_t b, int64_t c, int64_t d);


/* Strings are UTF-8 and end with a zero byte. Layout known to litestream4j.sqlite.OpenRequest. */
typedef struct open_request {
  const char *name;         /* 0: the label that the file was opened by */
  const char *const *pairs; /* 8: URI parameters, key and value in turns, ending with NULL */
  const char *const *env;   /* 16: variables of the process that begin with LITESTREAM_, "NAME=value", ends with NULL */
  void *file;               /* 24: to be handed to litestream4j_interrupted */
  char *text;               /* 32: takes the reason of a failure */
  int64_t text_capacity;    /* 40 */
} open_request;

/* Layout known to litestream4j.sqlite.TextRequest. */
typedef struct text_request {
  const char *name;      /* 0 */
  const char *value;     /* 8: or NULL */
  char *text;            /* 16: takes the result or the reason of a failure */
  int64_t text_capacity; /* 24 */
  int64_t kind;          /* 32: of the result, see RESULT_ */
  int64_t integer;       /* 40: takes an integer result */
} text_request;

enum { RESULT_NONE = 0, RESULT_TEXT = 1, RESULT_INTEGER = 2 };

#define TEXT_CAPACITY 65536

/*
 * jvm.c: returns the engine, starting or joining a JVM at the first call; NULL with the reason in text. A JVM that is
 * started to read a folder is made ready for no more than that, which takes half the time.
 */
engine_call engine_start(int is_local, char *text, size_t capacity);

/* jvm.c: returns the engine if it is there; fails in a child that was forked after the JVM had started. */
engine_call engine_running(void);

/* interrupt.c: Ctrl-C during a wait that SQLite itself cannot interrupt. */
void interrupt_watch_begin(void);
void interrupt_watch_end(void);
int interrupt_seen(void);

/* vfs.c, for the engine: tells whether the one who waits for a file has given up. */
EXPORT int64_t litestream4j_interrupted(int64_t file);

/* jvm.c, for a program in Java that brings its own engine; returns the address of litestream4j_interrupted. */
EXPORT int64_t litestream4j_attach(int64_t call);

#endif
