#!/usr/bin/env python3
"""SDKs and frameworks from PyPI behind `callgate attach`: the same decisions for each, and what became of them.

    frameworks.py CALLGATE [--deny WAY] [NAME ...]

A NAME may be said with the decision: `smolagents:edit`. WAY is that of `callgate attach --deny`.

The packages are installed into CALLGATE_PEERS/frameworks (~/.cache/callgate-peers by default); one that cannot be had is
skipped with the reason. Every client has one tool, which appends a line to a file, and goes on until the model answers in
words; the provider is scripted_provider.py.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

from attached import Attached, calls, given, results

PEERS = pathlib.Path(os.environ.get("CALLGATE_PEERS", pathlib.Path.home() / ".cache" / "callgate-peers"))
HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = ["openai", "anthropic", "google-genai", "openai-agents", "langgraph", "langchain-openai",
            "pydantic-ai-slim[openai]", "smolagents[openai]", "mini-swe-agent"]
CLIENTS = ["openai-chat", "openai-chat-stream", "openai-responses", "openai-responses-stream", "anthropic", "anthropic-stream",
           "anthropic-tool-runner", "anthropic-tool-runner-stream", "google-genai", "google-genai-stream",
           "google-genai-calling", "google-genai-calling-stream", "openai-agents", "langgraph", "pydantic-ai", "smolagents",
           "mini-swe-agent"]
# Clients that cannot be told by a call in the place of a denied one: the proxy asks their provider again.
ASKED_AGAIN = ["smolagents", "mini-swe-agent", "google-genai-calling", "google-genai-calling-stream"]
DENIED = "Error: a reviewer rejected this call. It did not run. Reason: no"
BESIDE = "Error: it did not run: a call beside it was not allowed to run"
SCENARIOS = [
    ("approve", {}, "one\ntwo\n", [None, None]),
    ("edit", {1: ["edit", "--args", "three"]}, "three\ntwo\n", ["Note: a reviewer replaced this call", None]),
    ("deny one of two", {1: ["deny", "--reason", "no"]}, "two\n", [DENIED, None]),
    ("respond", {1: ["respond", "--content", "noted already"], 2: ["deny", "--reason", "no"]}, None, ["noted already", DENIED]),
]


def note(client, text):
    """A call that notes a text."""
    return ["bash", {"command": f"echo {text} >> notes"}] if client == "mini-swe-agent" else ["note", {"text": text}]


def end(client):
    """The model's last turns."""
    if client == "smolagents":
        return [{"ask": [["final_answer", {"answer": "Done."}]]}, {"say": "Done."}]
    if client == "mini-swe-agent":
        return [{"ask": [["bash", {"command": "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"}]]}]
    return [{"say": "Done."}]


def faults(client, attached, name, wanted, told):
    """What is other than decided."""
    requests = attached.requests()
    found = []
    # Clients that run calls at the same time may note them in any order.
    lines = sorted((attached.file("notes") or "").splitlines())
    if lines != sorted((wanted or "").splitlines()):
        found.append(f"the file holds {lines}")
    if attached.code != 0:
        return [*found, f"exit code {attached.code}: {attached.log.strip().splitlines()[-1:]}"]
    if len(requests) < 2:
        return [*found, f"the provider was asked {len(requests)} times"]
    own = results(requests[1])
    # smolagents tells its model of calls and results that ran in words.
    is_in_words = client == "smolagents" and not own
    joined = "\n".join(own) or str(requests[1]["messages"][2:])
    found += [f"the model does not read {text!r}: {own}" for text in told
              if text and text not in joined and not (is_in_words and name == "edit")]
    tool = note(client, "")[0]
    if not is_in_words and calls(requests[1]) != [tool, tool]:
        found.append(f"the history has the calls {calls(requests[1])}")
    written = [note(client, text)[1] for text in ("one", "two")]
    if not is_in_words and given(requests[1]) != written:
        found.append(f"the history has the arguments {given(requests[1])}")
    return found


def python():
    """The interpreter that has the packages."""
    folder = PEERS / "frameworks"
    if not (folder / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
    return folder / "bin" / "python"


def main():
    words = argparse.ArgumentParser()
    words.add_argument("callgate", type=os.path.abspath)
    words.add_argument("clients", nargs="*")
    words.add_argument("--deny", default="auto")
    words = words.parse_intermixed_args()
    callgate, chosen = words.callgate, words.clients or CLIENTS
    again = {"auto": ASKED_AGAIN, "swap": [], "ask-again": CLIENTS}[words.deny]
    try:
        interpreter = python()
    except Exception as error:
        print(f"skipped: {error}")
        return
    failed = False
    for client, _, only in (choice.partition(":") for choice in chosen):
        for name, decisions, wanted, told in SCENARIOS:
            if only and only != name:
                continue
            decisions = {number: [*words[:-1], json.dumps(note(client, words[-1])[1])] if words[0] == "edit" else words
                         for number, words in decisions.items()}
            if client in again and name == "deny one of two":
                wanted, told = None, [DENIED, BESIDE]
            turns = [{"say": "I note it.", "ask": [note(client, "one"), note(client, "two")]}, *end(client)]
            attached = Attached(callgate, turns, [interpreter, HERE / "framework_clients.py", client], decisions,
                                {"MSWEA_SILENT_STARTUP": "1"}, deny=words.deny)
            found = faults(client, attached, name, wanted, told)
            print(f"{client:24} {name:16} {attached.seconds:5.1f} s  " + ("; ".join(found) or "as decided"), flush=True)
            failed |= bool(found)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
