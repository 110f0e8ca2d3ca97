#!/usr/bin/env python3
"""aider behind `callgate attach`: it has no tools, so its words pass and nothing waits; the file must be as it wrote it.

    aider_words.py CALLGATE

aider-chat is installed into CALLGATE_PEERS/aider (~/.cache/callgate-peers by default) unless it is there; where it cannot be
had, it is skipped with the reason. The provider is scripted_provider.py.
"""
import os
import pathlib
import subprocess
import sys

from attached import Attached

PEERS = pathlib.Path(os.environ.get("CALLGATE_PEERS", pathlib.Path.home() / ".cache" / "callgate-peers"))
SAYS = "I write it.\n\nnotes\n```\none\ntwo\n```\n"


def program():
    path = PEERS / "aider" / "bin" / "aider"
    if not path.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS / "aider"], check=True)
        subprocess.run([PEERS / "aider" / "bin" / "pip", "install", "--quiet", "aider-chat"], check=True)
    return path


def main():
    try:
        aider = program()
    except Exception as error:
        print(f"skipped: {error}")
        return
    failed = False
    for stream in ("--stream", "--no-stream"):
        attached = Attached(
            os.path.abspath(sys.argv[1]), [{"say": SAYS}],
            [aider, "--model", "openai/m", "--edit-format", "whole", "--no-git", "--yes-always", "--no-check-update",
             "--no-show-model-warnings", "--no-analytics", "--no-pretty", stream, "--message", "Note one, then two.", "notes"],
            {})
        found = []
        if attached.file("notes") != "one\ntwo\n":
            found.append(f"the file holds {attached.file('notes')!r}")
        if len(attached.seen) != 1:
            found.append(f"the provider was asked {len(attached.seen)} times")
        if attached.code != 0:
            found.append(f"exit code {attached.code}")
        print(f"aider {stream:12} {attached.seconds:5.1f} s  " + ("; ".join(found) or "its words passed"), flush=True)
        if found:
            print(attached.log[-1500:])
        failed |= bool(found)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
