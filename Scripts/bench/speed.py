"""Measures callgate-bench speed and a llama-server in turn.

    speed.py CALLGATE_BENCH LLAMA_SERVER TURNS FILE.gguf …
    CALLGATE_SPEED=processor speed.py …

By the clock with two threads each; or, on a machine that others keep busy, by the processor time of one thread each,
which no other process takes part in. The best of the turns counts.
"""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request

PROMPT, DECODE = 512, 64
BY_PROCESSOR = os.environ.get("CALLGATE_SPEED") == "processor"
THREADS = 1 if BY_PROCESSOR else 2


class Ours:
    def __init__(self, program, model):
        self.command = [program, "speed", model, "--threads", str(THREADS), "--json"]

    def run(self, prompt, decode):
        """The report, and the processor seconds that it took."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [*self.command, "--prompt", str(prompt), "--decode", str(decode)]
        report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return report, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def measure(self):
        if not BY_PROCESSOR:
            report, _ = self.run(PROMPT, DECODE)
            return report["prompt"], report["decode"]
        start = self.run(1, 1)[1]
        prompt, decode = self.run(PROMPT + 1, 1)[1] - start, self.run(1, DECODE + 1)[1] - start
        return PROMPT / max(prompt, 1e-3), DECODE / max(decode, 1e-3)


class Server:
    def __init__(self, program, model):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [program, "-m", model, "--host", "127.0.0.1", "--port", port, "-c", PROMPT + DECODE + 64]
        command += ["-t", THREADS, "-tb", THREADS, "-np", 1, "-b", PROMPT + 1, "-ub", PROMPT + 1]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"{program} ended with {self.process.returncode} on {model}")
            try:
                urllib.request.urlopen(self.url + "/health")
                return
            except OSError:
                time.sleep(0.2)
        sys.exit(f"{program} does not answer")

    def processor_seconds(self):
        seconds = 0.0
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{thread}/schedstat") as file:
                seconds += int(file.read().split()[0]) * 1e-9
        return seconds

    def run(self, prompt, decode):
        # The same tokens as ours; the bytes' tokens come first in these vocabularies.
        body = {
            "prompt": [32 + number % 64 for number in range(prompt)], "n_predict": decode, "temperature": 0,
            "ignore_eos": True, "cache_prompt": False,
        }
        request = urllib.request.Request(
            self.url + "/completion", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        before = self.processor_seconds()
        with urllib.request.urlopen(request) as reply:
            timings = json.load(reply)["timings"]
        return timings, self.processor_seconds() - before

    def measure(self):
        if not BY_PROCESSOR:
            timings, _ = self.run(PROMPT, DECODE)
            return timings["prompt_per_second"], timings["predicted_per_second"]
        start = self.run(1, 1)[1]
        prompt, decode = self.run(PROMPT + 1, 1)[1] - start, self.run(1, DECODE + 1)[1] - start
        return PROMPT / max(prompt, 1e-3), DECODE / max(decode, 1e-3)

    def pause(self, stopped):
        # A server that waits spins for a while; it must not while the other is measured.
        os.kill(self.process.pid, signal.SIGSTOP if stopped else signal.SIGCONT)

    def end(self):
        self.pause(False)
        self.process.terminate()
        self.process.wait()


def main():
    program, llama, turns, files = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
    per = "processor second of 1 thread" if BY_PROCESSOR else "second, 2 threads"
    print(f"prompt of {PROMPT} tokens, {DECODE} decoded, tokens a {per}, best of {turns}")
    print(f"{'':20}{'prompt':>10}{'llama.cpp':>11}{'ratio':>7}{'decode':>12}{'llama.cpp':>11}{'ratio':>7}")
    is_below = False
    for file in files:
        server, own = Server(llama, file), Ours(program, file)
        best = [0.0] * 4
        for _ in range(turns):
            theirs = server.measure()
            server.pause(True)
            found = (*own.measure(), *theirs)
            server.pause(False)
            best = [max(pair) for pair in zip(best, found)]
        server.end()
        prompt, decode = best[0] / best[2], best[1] / best[3]
        is_below = is_below or min(prompt, decode) < 0.5
        name = os.path.basename(file)
        print(
            f"{name:20}{best[0]:10.0f}{best[2]:11.0f}{prompt:7.2f}{best[1]:12.1f}{best[3]:11.1f}{decode:7.2f}",
            flush=True,
        )
    sys.exit("below half of llama.cpp's speed" if is_below else 0)


main()
