"""Runs a program under `callgate attach` against the scripted provider, decides its calls, and says what became of them."""
import atexit
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


class Attached:
    """One run: the program, its decisions by the call's ID, and what the provider saw.

    With `upstream` a real server answers, by way of recording_relay.py: its model names its calls as it likes, so those of its
    first answer are decided by their order, and what it asks for after the second answer waits until the run is ended."""

    def __init__(self, callgate, turns, command, decisions, environment=None, upstream_path="", hold=0, limit=120,
                 deny="auto", upstream=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="callgate-attached-"))
        if "CALLGATE_KEEP" not in os.environ:
            atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "home").mkdir()
        (self.folder / "turns.json").write_text(json.dumps(turns))
        seen = self.folder / "seen.jsonl"
        provider = subprocess.Popen(
            [sys.executable, *([HERE / "recording_relay.py", upstream] if upstream else
                               [HERE / "scripted_provider.py", self.folder / "turns.json"]), "--seen", seen],
            stdout=subprocess.PIPE, text=True)
        port = provider.stdout.readline().strip()
        variables = {"HOME": str(self.folder / "home"), "PATH": os.environ["PATH"], "OPENAI_API_KEY": "made-up",
                     "ANTHROPIC_API_KEY": "made-up", "GOOGLE_API_KEY": "made-up", "GEMINI_API_KEY": "made-up",
                     **(environment or {})}
        log = open(self.folder / "log", "w")
        self.is_cut, self.numbers = False, {}
        started = time.time()
        deadline = started + limit + hold
        proxy = subprocess.Popen(
            [callgate, "attach", "--headless", "--approve", "await", "--listen", "127.0.0.1:0", "--upstream",
             f"http://127.0.0.1:{port}{upstream_path}", "--record", self.folder / "sessions", "--deny", deny,
             "--", *command],
            cwd=self.folder, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            while proxy.poll() is None and time.time() < deadline:
                time.sleep(0.3)
                if upstream and seen.exists() and len(seen.read_text().splitlines()) > 1:
                    # A client that needs no more than that ends by itself.
                    for _ in range(30):
                        if proxy.poll() is None:
                            time.sleep(0.1)
                    self.is_cut = proxy.poll() is None
                    proxy.terminate()
                    proxy.wait(20)
                    break
                waiting = self.first(callgate) if upstream else self.waiting(callgate)
                if waiting and hold:
                    time.sleep(hold)
                    hold = 0
                for number, call_hash in waiting.items():
                    decision = decisions.get(number, ["approve"])
                    subprocess.run(
                        [callgate, "approve", self.folder / "sessions", f"--{decision[0]}", call_hash, *decision[1:]],
                        capture_output=True)
        finally:
            if proxy.poll() is None:
                proxy.kill()
            provider.kill()
            proxy.wait()
            provider.wait()
        self.seconds = time.time() - started
        self.code = proxy.returncode
        self.log = (self.folder / "log").read_text(errors="replace")
        self.seen = [json.loads(line) for line in seen.read_text().splitlines()] if seen.exists() else []

    def waiting(self, callgate):
        """The hashes of the calls that wait, by the number in their IDs or, without IDs, by their order."""
        listed = subprocess.run(
            [callgate, "approve", "--list", self.folder / "sessions"], capture_output=True, text=True).stdout
        found = re.findall(r"^([0-9a-f]{64})\n.*· (\S+) · \S+$", listed, re.MULTILINE)
        return {int(re.sub(r"\D", "", name) or 0): call_hash for call_hash, name in found}

    def first(self, callgate):
        """The hashes of the calls of the first answer that wait, by their order."""
        listed = subprocess.run(
            [callgate, "approve", "--list", self.folder / "sessions"], capture_output=True, text=True).stdout
        waiting = re.findall(r"^([0-9a-f]{64})\n.*· round 1 ·", listed, re.MULTILINE)
        for call_hash in waiting:
            self.numbers.setdefault(call_hash, len(self.numbers) + 1)
        return {self.numbers[call_hash]: call_hash for call_hash in waiting}

    def file(self, name):
        """What stands in a file of the program's folder; None where there is none."""
        path = self.folder / name
        return path.read_text() if path.exists() else None

    def requests(self):
        """The bodies of the requests that ask for an answer and offer tools."""
        return [entry["body"] for entry in self.seen if "tools" in json.dumps(entry["body"])]


def results(body):
    """What the model reads as results in a request, in order, whatever its format."""
    told = []
    for message in body.get("messages", []):
        if message["role"] == "tool":
            told.append(message["content"])
        for block in message["content"] if isinstance(message.get("content"), list) else []:
            if block.get("type") == "tool_result":
                told.append(block["content"])
    for item in body["input"] if isinstance(body.get("input"), list) else []:
        if item.get("type", "").endswith("_call_output"):
            told.append(item["output"])
    for content in body.get("contents", []):
        told += [part["functionResponse"]["response"] for part in content["parts"] if "functionResponse" in part]
    return [words(text) for text in told]


def words(content):
    """The text of a result, which may come in parts."""
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if "text" in part)
    return content if isinstance(content, str) else json.dumps(content)


def calls(body):
    """The names of the calls in the history of a request."""
    return [name for name, _ in asked(body)]


def given(body):
    """The arguments of the calls in the history of a request; the free text of those that take it."""
    return [arguments for _, arguments in asked(body)]


def asked(body):
    """The calls in the history of a request, with their arguments, whatever its format."""
    found = []
    for message in body.get("messages", []):
        for call in message.get("tool_calls") or []:
            found.append((call["function"]["name"], json.loads(call["function"]["arguments"])))
        for block in message["content"] if isinstance(message.get("content"), list) else []:
            if block.get("type") == "tool_use":
                found.append((block["name"], block["input"]))
    for item in body["input"] if isinstance(body.get("input"), list) else []:
        if item.get("type", "").endswith("_call"):
            found.append((item["name"], item["input"] if "input" in item else json.loads(item["arguments"])))
    for content in body.get("contents", []):
        found += [(part["functionCall"]["name"], part["functionCall"]["args"]) for part in content["parts"] if "functionCall" in part]
    return found
