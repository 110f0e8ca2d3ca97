"""Drives a pager or debugger in a pseudo-terminal and measures what a person waits for.

A key counts as painted when the last bytes of the answer have come, and nothing more for a while. Beside that time
stands the CPU time of the main thread, which a busy machine does not stretch. Run by sessions.sh:

    python3 Scripts/bench/sessions.py CALLGATE SESSION...
"""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time

QUIET = 0.04
WIDTH, HEIGHT = 120, 40


class Key(float):
    """Milliseconds to the painted screen, and those of them that the program computed."""

    def __new__(cls, painted, computed):
        key = super().__new__(cls, painted)
        key.computed = computed
        return key


class Program:
    def __init__(self, command, shown):
        self.began = time.monotonic()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LESS="", LESSHISTFILE="-")
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
            os.execvp(command[0], command)
        self.output = b""
        self.last = self.began
        while shown not in self.output:
            if not self.read(60):
                raise SystemExit(f"{command[0]} has shown nothing: {self.output[-300:]!r}")
        # The rest of the first screen comes at once.
        while self.read(0.003):
            pass
        self.first_screen = self.last - self.began
        self.first_memory = self.memory("VmRSS")
        self.first_computed = self.computed()

    def read(self, timeout):
        ready, _, _ = select.select([self.terminal], [], [], timeout)
        if not ready:
            return False
        try:
            chunk = os.read(self.terminal, 1 << 16)
        except OSError:
            return False
        self.last = time.monotonic()
        self.output += chunk
        return bool(chunk)

    def settle(self, quiet=QUIET, most=600):
        began = time.monotonic()
        while self.read(quiet):
            if time.monotonic() - began > most:
                raise SystemExit("the screen does not come to rest")

    def computed(self):
        """Milliseconds that the program's main thread has run: what a key costs on a machine with nothing else to do."""
        with open(f"/proc/{self.pid}/task/{self.pid}/schedstat") as stat:
            return int(stat.read().split()[0]) / 1e6

    def press(self, keys, quiet=QUIET):
        """Milliseconds from the key to the last byte of its answer; None where nothing was painted."""
        self.output = b""
        before = self.computed()
        began = time.monotonic()
        os.write(self.terminal, keys)
        if not self.read(20):
            return None
        self.settle(quiet)
        return Key((self.last - began) * 1000, self.computed() - before)

    def memory(self, name):
        with open(f"/proc/{self.pid}/status") as status:
            found = re.search(rf"{name}:\s+(\d+)", status.read())
        return int(found.group(1)) / 1024 if found else 0

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def quantile(values, share):
    values = sorted(value for value in values if value is not None)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def row(name, values):
    computed = [value.computed for value in values if value is not None]
    print(f"  {name:<44} p50 {quantile(values, 0.5):7.1f} ms   p99 {quantile(values, 0.99):7.1f} ms   "
          f"of CPU p50 {quantile(computed, 0.5):6.1f} ms   p99 {quantile(computed, 0.99):6.1f} ms   ({len(values)} keys)")
    return quantile(values, 0.5)


def callgate(command, path):
    events = int(subprocess.run(["sh", "-c", f"wc -l < '{path}'"], capture_output=True, text=True).stdout)
    program = Program([command, "replay", path], b"step 1/")
    print(f"  first screen {program.first_screen * 1000:.0f} ms, of CPU {program.first_computed:.0f} ms, memory then {program.first_memory:.0f} MB")
    reading = [program.press(b"s", 0.0) for _ in range(20)]
    row("step forward while the file is read", reading)
    program.settle(quiet=1.5)
    print(f"  read to the end after {program.last - program.began:.1f} s, memory then {program.memory('VmRSS'):.0f} MB")
    end = program.press(b"G")
    print(f"  jump to the end: {end:.1f} ms, of CPU {end.computed:.1f} ms")
    figures = {"first": program.first_screen * 1000, "end": end}
    program.press(b"1")
    figures["page"] = row("page up in the conversation", [program.press(b"\x02") for _ in range(100)])
    row("page down in the conversation", [program.press(b"\x06") for _ in range(100)])
    row("back by call", [program.press(b"N") for _ in range(100)])
    row("back by round", [program.press(b"T") for _ in range(60)])
    row("back by token", [program.press(b"S") for _ in range(100)])
    row("forward by call", [program.press(b"n") for _ in range(60)])
    row("back to a mark or a waiting call", [program.press(b"C") for _ in range(20)])
    jumps = []
    for index in range(40):
        step = 1 + (index * 7919 * 13) % events
        os.write(program.terminal, b":goto %d" % step)
        program.settle()
        jumps.append(program.press(b"\r"))
    row("jump to any step", jumps)
    os.write(program.terminal, b":find ~err")
    program.settle()
    found = program.press(b"\r")
    print(f"  first match of an expression: {found:.1f} ms, of CPU {found.computed:.1f} ms")
    program.press(b"g")
    print(f"  memory at most {program.memory('VmHWM'):.0f} MB")
    program.end()
    return figures


def pager(name, command, path):
    program = Program(command + [path], b'"n":1,')
    print(f" {name}: first screen {program.first_screen * 1000:.0f} ms, memory then {program.first_memory:.0f} MB")
    figures = {"first": program.first_screen * 1000}
    figures["page"] = row("page down", [program.press(b" ") for _ in range(100)])
    figures["end"] = program.press(b"G", 0.5)
    print(f"  jump to the end: {figures['end']:.1f} ms")
    row("page up", [program.press(b"b") for _ in range(60)])
    print(f"  memory at most {program.memory('VmHWM'):.0f} MB")
    program.end()
    return figures


def main():
    command = sys.argv[1]
    for path in sys.argv[2:]:
        subprocess.run(["sh", "-c", f"cat '{path}' > /dev/null"])
        print(f"{os.path.basename(path)}: {os.path.getsize(path) / 1e6:.0f} MB")
        print(" callgate replay")
        own = callgate(command, path)
        for name, other in (("less", ["less"]), ("lnav", ["lnav", "-q"])):
            if not shutil.which(other[0]):
                print(f" {name} is not installed here")
                continue
            theirs = pager(name, other, path)
            print(f" callgate : {name}   first screen {own['first'] / theirs['first']:.2f}, "
                  f"page {own['page'] / theirs['page']:.2f}, end {own['end'] / theirs['end']:.2f}")


main()
