"""Measures callgate-bench speed and a llama-server in turn: speed.py CALLGATE_BENCH LLAMA_SERVER TURNS FILE.gguf …"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

PROMPT, DECODE, THREADS = 512, 64, 2


def ours(program, model):
    command = [program, "speed", model, "--prompt", PROMPT, "--decode", DECODE, "--threads", THREADS, "--json"]
    report = json.loads(subprocess.run([str(part) for part in command], check=True, capture_output=True).stdout)
    return report["prompt"], report["decode"]


class Server:
    def __init__(self, program, model):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [program, "-m", model, "--host", "127.0.0.1", "--port", port, "-c", PROMPT + DECODE + 64]
        command += ["-t", THREADS, "-tb", THREADS, "-np", 1, "-b", PROMPT, "-ub", PROMPT]
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

    def measure(self):
        # The same tokens as ours; the bytes' tokens come first in these vocabularies.
        body = {
            "prompt": [32 + number % 64 for number in range(PROMPT)], "n_predict": DECODE, "temperature": 0,
            "ignore_eos": True, "cache_prompt": False,
        }
        request = urllib.request.Request(
            self.url + "/completion", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as reply:
            timings = json.load(reply)["timings"]
        return timings["prompt_per_second"], timings["predicted_per_second"]

    def pause(self, stopped):
        # A server that waits spins for a while; it must not while the other is measured.
        os.kill(self.process.pid, signal.SIGSTOP if stopped else signal.SIGCONT)

    def end(self):
        self.pause(False)
        self.process.terminate()
        self.process.wait()


def main():
    program, llama, turns, files = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
    print(f"prompt of {PROMPT} tokens, {DECODE} decoded, {THREADS} threads, best of {turns}; tokens a second")
    print(f"{'':20}{'prompt':>10}{'llama.cpp':>11}{'ratio':>7}{'decode':>12}{'llama.cpp':>11}{'ratio':>7}")
    is_below = False
    for file in files:
        server = Server(llama, file)
        best = [0.0] * 4
        for _ in range(turns):
            theirs = server.measure()
            server.pause(True)
            found = (*ours(program, file), *theirs)
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
