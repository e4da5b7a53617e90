"""Runs a command with a script as its input and says how long that took, and the most memory it had.

Usage: run-once.py SCRIPT COMMAND [ARGUMENT]..."""

import os
import subprocess
import sys
import time

with open(sys.argv[1]) as script:
    begin = time.perf_counter()
    child = subprocess.Popen(sys.argv[2:], stdin=script, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    print(f"ok\tstatus={os.waitstatus_to_exitcode(status)}"
          f"\tms={1000 * (time.perf_counter() - begin)}\tmegabytes={usage.ru_maxrss / 1024}")
