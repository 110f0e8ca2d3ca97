#!/usr/bin/env python3
"""The clients of frameworks.py behind `callgate attach` before a real llama-server with a real model.

    real_frameworks.py CALLGATE [--model FILE.gguf] [--server PATH] [--marks own|block|none] [NAME[:DECISION] ...]

The server is that of llama-server.sh and the model Qwen2.5-Coder 0.5B of real-models.sh, where no other is named. What the model
writes is its own, and a row says so where it makes no call: of the clients only smolagents asks for one by `tool_choice`. It does
not write its calls between the marks of its own template, but in a block of JSON, or by themselves where smolagents' long
instructions show them so. The server reads the template with the marks that fit; --marks says others, `own` leaves them.

A row is one run: the calls of the first answer are decided, and the run ends with the second answer. What the server was asked
and what it answered are taken from a relay between it and the proxy: what ran must be what the answer asked for and the decision
let through, and the server must take the next request, which holds its own calls and what it is to read. The words of a streamed
answer must have reached the client before its calls were decided. Commands of the model are written down and not run.
"""
import argparse
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from attached import Attached, asked, results
from frameworks import ASKED_AGAIN, BESIDE, CLIENTS, DENIED, HERE, PEERS, python

PROMPT = 'Write two calls of note: {"text": "one"} and {"text": "two"}.'
# Words before calls, for clients that stream; mini-swe-agent has another tool.
EXPLAINED = "Explain briefly, then call note twice, with one and with two."
PROMPTS = {"openai-chat-stream": EXPLAINED, "openai-responses-stream": EXPLAINED, "anthropic-stream": EXPLAINED,
           "mini-swe-agent": 'Write two calls of bash: {"command": "echo one"} and {"command": "echo two"}.'}
# How a call is marked off from words, instead of by the model's own template.
FITTING = {"smolagents": "none"}
MARKS = {"block": ("in a block of its own", "```json", "```"), "none": ("after your words", "", "")}
# How the first call of an answer is decided; others are approved, but beside one that is responded to denied.
DECISIONS = {"approve": ["approve"], "edit": ["edit", "--args"], "deny": ["deny", "--reason", "no"],
             "respond": ["respond", "--content", "noted already"]}


class Server:
    """llama-server with a model, on a free port of loopback."""

    def __init__(self, program, model, folder, template=None):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        more = ["--chat-template-file", template] if template else []
        with open(folder / "server.log", "w") as log:
            self.process = subprocess.Popen(
                [program, "-m", model, "--jinja", "--host", "127.0.0.1", "--port", str(port), "-c", "16384", "-np", "1",
                 "-n", "300", "--temp", "0", *more], stdout=log, stderr=log)
        for _ in range(600):
            try:
                self.get("/health")
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError((folder / "server.log").read_text()[-2000:]) from None
                time.sleep(0.2)
        raise RuntimeError("llama-server does not answer")

    def get(self, path):
        with urllib.request.urlopen(self.url + path) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def events(text):
    """The JSON of an answer: of all events of a stream, or of the whole."""
    if not text.lstrip().startswith(("data:", "event:")):
        return [json.loads(text)]
    lines = [line[5:].strip() for line in text.splitlines() if line.startswith("data:")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def said(text):
    """The words of a server's answer, and its calls as names and arguments, by its format."""
    words, calls = [], {}

    def call(key, name=None, arguments=""):
        entry = calls.setdefault(key, ["", ""])
        entry[0], entry[1] = name or entry[0], entry[1] + arguments

    for event in events(text):
        for choice in event.get("choices") or []:
            part = choice.get("delta") or choice.get("message") or {}
            words.append(part.get("content") or "")
            for at, one in enumerate(part.get("tool_calls") or []):
                function = one["function"]
                call(one.get("index", at), function.get("name"), function.get("arguments") or "")
        kind = event.get("type", "")
        # A response that streams is whole in its last event.
        response = event.get("response") if kind in ("response.completed", "response.incomplete") else event
        for at, item in enumerate((response or {}).get("output") or []):
            if item["type"] == "function_call":
                call(at, item["name"], item["arguments"])
            words += [part["text"] for part in item.get("content") or []]
        for at, block in enumerate(event["content"] if kind == "message" else []):
            words.append(block.get("text", ""))
            if block["type"] == "tool_use":
                call(at, block["name"], json.dumps(block["input"]))
        if kind == "content_block_start" and event["content_block"]["type"] == "tool_use":
            call(event["index"], event["content_block"]["name"])
        if kind == "content_block_delta":
            words.append(event["delta"].get("text", ""))
            if "partial_json" in event["delta"]:
                call(event["index"], None, event["delta"]["partial_json"])
    return "".join(words), [(name, json.loads(arguments)) for _, (name, arguments) in sorted(calls.items())]


def in_words(words):
    """The call that smolagents finds in the words of an answer without calls."""
    try:
        found = json.loads(words[words.index("{"):words.rindex("}") + 1], strict=False)
        return [(found["name"], found.get("arguments") or {})]
    except (ValueError, KeyError, TypeError):
        return []


def argument(client):
    """The tool's argument."""
    return "command" if client == "mini-swe-agent" else "text"


def decisions(client, name):
    """How the first answer's calls are decided, by their number."""
    first = [*DECISIONS[name], *([json.dumps({argument(client): "three"})] if name == "edit" else [])]
    others = ["deny", "--reason", "no"] if name == "respond" else ["approve"]
    return {1: first, **{number: others for number in range(2, 20)}}


def wanted(client, name, calls):
    """The texts that are noted, and how each result begins that the model reads."""
    texts = [arguments.get(argument(client), "") for _, arguments in calls]
    if name == "respond":
        return [], ["noted already", *[DENIED] * (len(calls) - 1)]
    if name == "deny":
        again = client in ASKED_AGAIN
        return [] if again else texts[1:], [DENIED, *[BESIDE if again else None] * (len(calls) - 1)]
    if name == "edit":
        return ["three", *texts[1:]], ["Note: a reviewer replaced this call", *[None] * (len(calls) - 1)]
    return texts, [None] * len(calls)


def faults(client, attached, name):
    """What is other than decided, and what there was to decide."""
    if not attached.seen:
        return [f"the server was asked nothing: {attached.log.strip().splitlines()[-1:]}"], ""
    first = attached.seen[0]
    if first["status"] != 200:
        return [f"the server answers {first['status']} at {first['path'].split('?')[0]}"], ""
    try:
        words, calls = said(first["answer"])
    except ValueError as error:
        return [f"the server's answer is cut: {error}"], ""
    if client == "smolagents" and not calls:
        calls = in_words(words)
    what = f"{len(words)} letters, {len(calls)} call{'' if len(calls) == 1 else 's'}"
    if not calls:
        ran = f"; WITHOUT A DECISION it ran {attached.file('notes')!r}" if attached.file("notes") else ""
        return [f"the model made no call: {words[:80]!r}{ran}"], what
    texts, told = wanted(client, name, calls)
    found = []
    lines = sorted((attached.file("notes") or "").splitlines())
    # Clients that run calls at the same time may note them in any order.
    if lines != sorted("".join(text + "\n" for text in texts).splitlines()):
        found.append(f"the file holds {lines}")
    if not attached.is_cut and attached.code != 0:
        found.append(f"exit code {attached.code}: {attached.log.strip().splitlines()[-1:]}")
    found += streamed(client, attached, words)
    if len(attached.seen) < 2:
        return [*found, "the server was not asked again"], what
    second = attached.seen[1]
    if second["status"] != 200:
        return [*found, f"the next request was refused: {second['answer'][:300]}"], what
    own = results(second["body"])
    if not own and client == "smolagents":
        # It tells its model of calls and results that ran in words.
        read = str(second["body"]["messages"][2:])
        return found + [f"the model does not read {text!r}" for text in texts if text not in read], what
    if asked(second["body"]) != calls:
        found.append(f"the history has the calls {asked(second['body'])}")
    found += [f"the model reads {text!r} instead of {want!r}" for text, want in zip(own, told) if want and want not in text]
    if len(own) != len(calls):
        found.append(f"the history has {len(own)} results")
    return found, what


def streamed(client, attached, words):
    """What is wrong with how the first answer's words came to a client that streams."""
    if not client.endswith("-stream") or not words:
        return []
    pieces = [json.loads(line) for line in (attached.file("words") or "").splitlines()]
    pieces = [(at, piece) for at, answer, piece in pieces if answer == pieces[0][1]]
    found = [] if "".join(piece for _, piece in pieces) == words else [f"the client read {''.join(p for _, p in pieces)!r}"]
    decided = [json.loads(line)["t"] / 1000 for journal in (attached.folder / "sessions").glob("*.jsonl")
               for line in journal.read_text().splitlines() if json.loads(line)["kind"] == "decision"]
    if not pieces or not decided or pieces[-1][0] > min(decided):
        found.append("its words came after the decision")
    return found


def model_and_server(words):
    """The paths of the model and of the server."""
    def printed(script):
        return subprocess.run([HERE / script], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return words.model or printed("real-models.sh")[-1], words.server or printed("llama-server.sh")[-1]


def start(program, model, folder, chosen):
    """A server whose template marks calls off as chosen."""
    server = Server(program, model, folder)
    if chosen == "own":
        return server
    template = server.get("/props")["chat_template"]
    server.stop()
    how, *marks = MARKS[chosen]
    for old, new in zip(("within <tool_call></tool_call> XML tags", "</tool_call>", "<tool_call>"), (how, *marks[::-1])):
        template = template.replace(old, new)
    (folder / "template").write_text(template)
    return Server(program, model, folder, folder / "template")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("callgate", type=os.path.abspath)
    words.add_argument("clients", nargs="*")
    words.add_argument("--model", type=os.path.abspath)
    words.add_argument("--server", type=os.path.abspath)
    words.add_argument("--marks", choices=["own", *MARKS])
    words = words.parse_intermixed_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="callgate-real-"))
    try:
        interpreter = python()
        model, program = model_and_server(words)
    except Exception as error:
        print(f"skipped: {error}")
        return
    failed, server, marks = False, None, None
    try:
        for client, _, only in (choice.partition(":") for choice in words.clients or CLIENTS):
            wanted_marks = words.marks or FITTING.get(client, "block")
            if wanted_marks != marks:
                if server:
                    server.stop()
                marks, server = wanted_marks, start(program, model, folder, wanted_marks)
                print(f"{os.path.basename(model)}, llama-server {server.get('/props')['build_info']}, marks: {marks}", flush=True)
            for name in DECISIONS:
                if only and only != name:
                    continue
                attached = Attached(
                    words.callgate, None, [interpreter, HERE / "framework_clients.py", client], decisions(client, name),
                    {"MSWEA_SILENT_STARTUP": "1", "REAL_MODEL": "1", "PROMPT": PROMPTS.get(client, PROMPT)},
                    upstream=server.url, limit=150)
                if attached.seen and attached.seen[0]["status"] == 404:
                    print(f"{client:28} not run: the server has no {attached.seen[0]['path'].split('?')[0]}", flush=True)
                    break
                found, what = faults(client, attached, name)
                print(f"{client:28} {name:8} {attached.seconds:5.1f} s  {what:24}  " + ("; ".join(found) or "as decided"), flush=True)
                failed |= bool(found)
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
