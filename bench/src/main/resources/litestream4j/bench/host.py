"""A host for SQLite in Python. Reads commands from standard input, one a line, words between tabs; answers each with a
line: "ok" and key=value pairs between tabs, or "error" and the reason."""

import random
import sqlite3
import sys
import threading
import time

connections = []


def load(path, entry_point):
    loader = sqlite3.connect(":memory:")
    loader.enable_load_extension(True)
    loader.execute("SELECT load_extension(?, ?)", (path, entry_point))
    return {"sqlite": sqlite3.sqlite_version}


def open_(count, uri, sql):
    begin = time.perf_counter()
    for _ in range(int(count)):
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        connection.execute(sql).fetchone()
        connections.append(connection)
    return {"ms": 1000 * (time.perf_counter() - begin)}


def close():
    while connections:
        connections.pop().close()
    return {}


def query(at, sql):
    begin = time.perf_counter()
    rows = connections[int(at)].execute(sql).fetchall()
    return {"ms": 1000 * (time.perf_counter() - begin), "rows": len(rows), "value": rows[-1][0] if rows else ""}


def repeat(at, sql, seconds):
    """Runs a statement again and again, each time a transaction; its parameter, if any, is the number of the run."""
    execute = connections[int(at)].execute
    begin = time.perf_counter()
    end = begin + float(seconds)
    count = 0
    while time.perf_counter() < end:
        execute(sql, (count,) if "?" in sql else ()).fetchall()
        count += 1
    return {"count": count, "ms": 1000 * (time.perf_counter() - begin)}


def lookups(at, sql, low, high, seconds):
    """Looks rows up by random keys, each in a transaction of its own."""
    execute = connections[int(at)].execute
    keys = [random.randint(int(low), int(high)) for _ in range(1000)]
    begin = time.perf_counter()
    end = begin + float(seconds)
    count = 0
    while time.perf_counter() < end:
        for key in keys:
            execute(sql, (key,)).fetchone()
        count += len(keys)
    return {"count": count, "ms": 1000 * (time.perf_counter() - begin)}


def scan(at, sql, low, high, step, seconds):
    """Reads keys in (low, high], step by step, until the time is over."""
    execute = connections[int(at)].execute
    begin = time.perf_counter()
    end = begin + float(seconds)
    reached = int(low)
    while reached < int(high) and time.perf_counter() < end:
        upper = min(int(high), reached + int(step))
        execute(sql, (reached, upper)).fetchall()
        reached = upper
    return {"reached": reached, "ms": 1000 * (time.perf_counter() - begin)}


def together(count, sql, high):
    """Runs a statement on so many connections at once; if it has parameters, each with its part of (0, high]."""
    failures = []

    def run(i):
        part = (int(high) * i // int(count), int(high) * (i + 1) // int(count))
        try:
            connections[i].execute(sql, part if "?" in sql else ()).fetchall()
        except sqlite3.Error as e:
            failures.append(e)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(int(count))]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return {"ms": 1000 * (time.perf_counter() - begin)}


def watch(at, sql, value, seconds):
    """Asks until the answer is at least the value, and says when that was."""
    execute = connections[int(at)].execute
    end = time.perf_counter() + float(seconds)
    while time.perf_counter() < end:
        if execute(sql).fetchone()[0] >= int(value):
            return {"micros": time.time_ns() // 1000}
        time.sleep(0.001)
    raise TimeoutError(f"not {value} within {seconds} s")


COMMANDS = {
    "load": load,
    "open": open_,
    "close": close,
    "query": query,
    "repeat": repeat,
    "lookups": lookups,
    "scan": scan,
    "together": together,
    "watch": watch,
}

for line in sys.stdin:
    name, *words = line.rstrip("\n").split("\t")
    try:
        answer = COMMANDS[name](*words)
        print("\t".join(["ok"] + [f"{key}={value}" for key, value in answer.items()]), flush=True)
    except Exception as reason:
        print(f"error\t{type(reason).__name__}: {reason}", flush=True)
