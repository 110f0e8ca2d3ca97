#!/usr/bin/env python3
"""SDKs and frameworks from PyPI behind `callgate attach`: the same decisions for each, and what became of them.

    frameworks.py CALLGATE [NAME ...]

The packages are installed into CALLGATE_PEERS/frameworks (~/.cache/callgate-peers by default); one that cannot be had is
skipped with the reason. Every client has one tool, which appends a line to a file, and goes on until the model answers in
words; the provider is scripted_provider.py.
"""
import os
import pathlib
import subprocess
import sys

from attached import Attached, calls, results

PEERS = pathlib.Path(os.environ.get("CALLGATE_PEERS", pathlib.Path.home() / ".cache" / "callgate-peers"))
HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = ["openai", "anthropic", "google-genai", "openai-agents", "langgraph", "langchain-openai",
            "pydantic-ai-slim[openai]", "smolagents[openai]"]
CLIENTS = ["openai-chat", "openai-chat-stream", "openai-responses", "openai-responses-stream", "anthropic", "anthropic-stream",
           "google-genai", "google-genai-stream", "openai-agents", "langgraph", "pydantic-ai", "smolagents"]
ASKED = [["note", {"text": "one"}], ["note", {"text": "two"}]]
DENIED = "Error: a reviewer rejected this call. It did not run. Reason: no"
SCENARIOS = [
    ("approve", {}, "one\ntwo\n", [None, None]),
    ("edit", {1: ["edit", "--args", '{"text": "three"}']}, "three\ntwo\n", ["Note: a reviewer replaced this call", None]),
    ("deny one of two", {1: ["deny", "--reason", "no"]}, "two\n", [DENIED, None]),
    ("respond", {1: ["respond", "--content", "noted already"], 2: ["deny", "--reason", "no"]}, None, ["noted already", DENIED]),
]


def python():
    """The interpreter that has the packages."""
    folder = PEERS / "frameworks"
    if not (folder / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
    return folder / "bin" / "python"


def main():
    callgate, chosen = os.path.abspath(sys.argv[1]), sys.argv[2:] or CLIENTS
    try:
        interpreter = python()
    except Exception as error:
        print(f"skipped: {error}")
        return
    failed = False
    for client in chosen:
        for name, decisions, wanted, told in SCENARIOS:
            turns = [{"say": "I note it.", "ask": ASKED}, {"say": "Done."}]
            if client == "smolagents":
                turns[1] = {"ask": [["final_answer", {"answer": "Done."}]]}
                turns = [*turns, {"say": "Done."}]
            attached = Attached(callgate, turns, [interpreter, HERE / "framework_clients.py", client], decisions)
            requests = attached.requests()
            faults = []
            # Clients that run calls at the same time may note them in any order.
            lines = sorted((attached.file("notes") or "").splitlines())
            if lines != sorted((wanted or "").splitlines()):
                faults.append(f"the file holds {lines}")
            if attached.code != 0:
                faults.append(f"exit code {attached.code}: {attached.log.strip().splitlines()[-1:]}")
            elif len(requests) < 2:
                faults.append(f"the provider was asked {len(requests)} times")
            else:
                own = results(requests[1])
                # smolagents tells its model of calls and results in words.
                joined = "\n".join(own) or str(requests[1]["messages"][2:])
                faults += [f"the model does not read {text!r}: {own}" for text in told
                           if text and text not in joined and (client, name) != ("smolagents", "edit")]
                if client != "smolagents" and calls(requests[1]) != ["note", "note"]:
                    faults.append(f"the history has the calls {calls(requests[1])}")
            print(f"{client:24} {name:16} {attached.seconds:5.1f} s  " + ("; ".join(faults) or "as decided"), flush=True)
            failed |= bool(faults)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
