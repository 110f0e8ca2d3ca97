"""What the attacks have in common: a folder, the program without a terminal, and the program on one of its own."""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time


class Held(Exception):
    """The attack got through, and how."""


def need(condition, words):
    if not condition:
        raise Held(words)


class Bench:
    """A folder with a workflow, a script, and the program."""

    def __init__(self, program):
        self.program = program
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="callgate-attack-"))
        (self.path / "s").mkdir()
        self.count = 0

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def write(self, name, text):
        (self.path / name).write_text(text, encoding="utf-8")

    def read(self, name):
        return (self.path / name).read_text(encoding="utf-8", errors="replace")

    def there(self, name):
        return (self.path / name).exists()

    def script(self, *responses):
        self.write("script.json", json.dumps(list(responses), ensure_ascii=False))

    def workflow(self, tools, policy, more=""):
        self.write("w.yaml", f"name: attack\nmodel: {{scripted: script.json}}\nprompt: go\n{more}tools:\n{tools}"
                             f"policy: {policy}\n")

    def call(self, name="shell", ident="c1", **arguments):
        return {"id": ident, "name": name, "arguments": arguments}

    def journal(self):
        self.count += 1
        return f"s/{self.count}.jsonl"

    def run(self, *arguments, text=None, environment=None, timeout=120):
        return subprocess.run(
            [self.program, *arguments], cwd=self.path, input=text or "", capture_output=True, text=True,
            encoding="utf-8", errors="replace", timeout=timeout, env={**os.environ, **(environment or {})})

    def sh(self, line, timeout=120):
        return subprocess.run(
            ["/bin/sh", "-c", line], cwd=self.path, capture_output=True, text=True, errors="replace", timeout=timeout,
            env={**os.environ, "CALLGATE": self.program})

    def headless(self, approve="policy", *more, environment=None):
        journal = self.journal()
        run = self.run("run", "w.yaml", "--headless", "--approve", approve, "--record", journal, *more,
                       environment=environment)
        return run, journal


def usage(pid, field):
    """Kilobytes of a process, by the field of its status."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0


class Terminal:
    """The program on a terminal of its own."""

    escapes = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Za-z0-9]|\x1b[=>78]|[\x0e\x0f]")

    def __init__(self, program, arguments, folder, size=(120, 40)):
        self.began = time.monotonic()
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", LC_ALL="C.UTF-8")
            os.execv(program, [program, *arguments])
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.output = b""

    def pump(self, seconds):
        """Takes what comes within so many seconds; whether anything came."""
        ready, _, _ = select.select([self.file], [], [], max(0, seconds))
        if not ready:
            return False
        try:
            piece = os.read(self.file, 1 << 16)
        except OSError:
            return False
        self.output += piece
        return bool(piece)

    def wait(self, word, seconds=60):
        """Waits until a word has been drawn; the seconds since the program began."""
        end = time.monotonic() + seconds
        start = len(self.output)
        self.output = self.output[-1 << 16:] if start > 1 << 22 else self.output
        while time.monotonic() < end:
            if word.encode() in self.escapes.sub(b"", self.output):
                return time.monotonic() - self.began
            if not self.pump(min(0.05, end - time.monotonic())) and not self.lives():
                break
        raise Held(f"'{word}' was not drawn within {seconds} s: {self.drawn()[-600:]}")

    def lives(self):
        try:
            return os.waitpid(self.pid, os.WNOHANG)[0] == 0
        except ChildProcessError:
            return False

    def drawn(self):
        return self.escapes.sub(b"", self.output).decode(errors="replace")

    def forget(self):
        self.output = b""

    def settle(self, quiet=0.25, most=30):
        """Waits until nothing has been drawn for a while."""
        end = time.monotonic() + most
        while time.monotonic() < end and self.pump(quiet):
            pass

    def send(self, keys):
        os.write(self.file, keys)

    def answer(self, keys, most=30):
        """The seconds from a key to the first thing that is drawn."""
        self.settle()
        start = time.monotonic()
        self.send(keys)
        return time.monotonic() - start if self.pump(most) else most

    def peak(self):
        return usage(self.pid, "VmHWM") / 1024

    def close(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.file)
