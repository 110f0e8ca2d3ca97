#!/usr/bin/env python3
"""Real coding agents behind `callgate attach`: what runs, and what their models read afterwards.

    coding_agents.py CALLGATE [--hold SECONDS] [--only SCENARIO] [--deny WAY] [claude|codex|codex-patch|codex-default ...]

The agents come from PyPI (claude-agent-sdk and openai-codex-cli-bin carry the programs) into CALLGATE_PEERS, by default
~/.cache/callgate-peers; where they cannot be had, the agent is skipped with the reason. They need no key: the provider is
scripted_provider.py. With --hold each first call waits so long before it is decided; WAY is that of `callgate attach --deny`. codex names a model that Codex does not
know; codex-patch one whose patches are free text by a grammar; codex-default leaves it the model of its own choice, whose calls
are programs.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import zipfile

from attached import Attached, calls, given, results

PEERS = pathlib.Path(os.environ.get("CALLGATE_PEERS", pathlib.Path.home() / ".cache" / "callgate-peers"))
AGENTS = {
    "claude": ("claude-agent-sdk", "claude_agent_sdk/_bundled/claude"),
    "codex": ("openai-codex-cli-bin", "codex_cli_bin/bin/codex"),
    "codex-patch": ("openai-codex-cli-bin", "codex_cli_bin/bin/codex"),
    "codex-default": ("openai-codex-cli-bin", "codex_cli_bin/bin/codex"),
}
# What keeps Claude Code from talking to anybody else, and lets it run as root.
CLAUDE = {"IS_SANDBOX": "1", "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


def program(agent):
    """The agent's program, downloaded where it is not there yet."""
    package, inside = AGENTS[agent]
    path = PEERS / "agents" / inside
    if not path.exists():
        wheels = PEERS / "wheels"
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", wheels, package], check=True)
        wheel = sorted(wheels.glob(package.replace("-", "_") + "-*.whl"))[-1]
        with zipfile.ZipFile(wheel) as files:
            for name in files.namelist():
                if name.startswith(inside.split("/")[0] + "/") and ("/bin/" in name or "/_bundled/" in name):
                    files.extract(name, PEERS / "agents")
                    (PEERS / "agents" / name).chmod(0o755)
    return path


def shell(agent, command):
    """A call of the agent's shell tool; the model of Codex's own choice writes programs that call it."""
    if agent == "codex-default":
        return ["exec", f"const done = await tools.exec_command({{cmd: {json.dumps(command)}}}); text(done.output);"]
    if agent == "codex-patch":
        words = command.split()
        return ["apply_patch", "*** Begin Patch\n*** Add File: " + "\n+".join([words[-1], words[1]]) + "\n*** End Patch"] \
            if command else ["apply_patch", ""]
    return ["Bash", {"command": command}] if agent == "claude" else ["exec_command", {"cmd": command}]


def edited(agent, command):
    """The arguments of such a call, as `callgate approve --args` takes them."""
    given = shell(agent, command)[1]
    return json.dumps({"input": given} if isinstance(given, str) else given)


def run(callgate, agent, asked, decisions, hold=0, words="I look.", deny="auto"):
    turns = [{"say": words, "ask": [shell(agent, command) for command in asked]}, {"say": "All done."}]
    if agent == "claude":
        command = [program(agent), "-p", "look around", "--allowedTools", "Bash"]
        more = CLAUDE
    else:
        model = {"codex": ["-m", "gpt-5"], "codex-patch": ["-m", "gpt-5.5"], "codex-default": []}[agent]
        command = [program(agent), "exec", *model, "--skip-git-repo-check",
                   "--dangerously-bypass-approvals-and-sandbox", "look around"]
        more = {}
    return Attached(callgate, turns, command, decisions, more, hold=hold, deny=deny)


def scenarios(agent, deny):
    """Name, words of the model, commands, decisions, files that must be there with their text, files that must not, words of
    each result."""
    denied = "Error: a reviewer rejected this call. It did not run. Reason: no"
    say = "I look."
    # What the model is asked again about reaches its client in no part.
    beside = "Error: it did not run: a call beside it was not allowed to run" if deny == "ask-again" else None
    deny = {1: ["deny", "--reason", "no"]}
    return [
        ("approve", say, ["echo one > a"], {}, {"a": "one\n"}, [], [None]),
        ("edit", say, ["echo one > a"], {1: ["edit", "--args", edited(agent, "echo two > a")]}, {"a": "two\n"}, [],
         ["Note: a reviewer replaced this call"]),
        ("deny", say, ["echo one > a"], deny, {}, ["a"], [denied]),
        ("respond", say, ["echo one > a"], {1: ["respond", "--content", "it is done already"]}, {}, ["a"],
         ["it is done already"]),
        ("two, one denied", say, ["echo one > a", "echo two > b"], deny, {} if beside else {"b": "two\n"},
         ["a", "b"] if beside else ["a"], [denied, beside]),
        ("wordless approve", "", ["echo one > a"], {}, {"a": "one\n"}, [], [None]),
        ("wordless deny", "", ["echo one > a"], deny, {}, ["a"], [denied]),
    ]


def subagent(callgate):
    """Claude Code's agent for a task of its own: its session must name the call that started it."""
    brief = "Please count the files of the folder."
    turns = {brief: [{"say": "I count.", "ask": [["Bash", {"command": "echo one > a"}]]}, {"say": "There is one."}],
             "": [{"say": "I ask another.", "ask": [["Task", {"description": "count", "prompt": brief,
                                                              "subagent_type": "general-purpose"}]]}, {"say": "All done."}]}
    attached = Attached(callgate, turns, [program("claude"), "-p", "look around", "--allowedTools", "Bash,Task,Agent"], {}, CLAUDE)
    journals = sorted((attached.folder / "sessions").glob("*.jsonl"), key=lambda path: path.stem)
    headers = [json.loads(journal.read_text().splitlines()[0]) for journal in journals]
    found = [] if attached.file("a") == "one\n" else [f"a holds {attached.file('a')!r}"]
    origins = [header.get("parent", {}).get("call") for header in headers]
    if origins != [None, "call_00001"]:
        found.append(f"the sessions name {origins} as the calls that started them")
    return attached, found


def faults(attached, agent, asked, there, absent, told):
    """What is other than decided."""
    requests = attached.requests()
    found = [f"{file} holds {attached.file(file)!r}" for file, text in there.items() if attached.file(file) != text]
    found += [f"{file} is there" for file in absent if attached.file(file) is not None]
    if len(requests) != 2:
        found.append(f"the provider was asked {len(requests)} times")
    else:
        own = results(requests[1])
        found += [f"the model reads {text!r}" for text, want in zip(own, told) if want and not text.startswith(want)]
        tool = shell(agent, "")[0]
        written = [shell(agent, command)[1] for command in asked]
        if given(requests[1]) != written:
            found.append(f"the history has the arguments {given(requests[1])}")
        if calls(requests[1]) != [tool] * len(asked) or len(own) != len(asked):
            found.append(f"the history has {calls(requests[1])} and {len(own)} results")
    if attached.code != 0:
        found.append(f"exit code {attached.code}")
    return found


def told(agent, name, attached, found):
    """Prints what came of a run; whether something was other than decided."""
    print(f"{agent:14} {name:20} {attached.seconds:6.1f} s  " + ("; ".join(found) or "as decided"), flush=True)
    if found:
        print(attached.log[-2000:], flush=True)
    return bool(found)


def main():
    words = argparse.ArgumentParser()
    words.add_argument("callgate", type=os.path.abspath)
    words.add_argument("agents", nargs="*")
    words.add_argument("--hold", type=int, default=0)
    words.add_argument("--only")
    words.add_argument("--deny", default="auto")
    words = words.parse_intermixed_args()
    failed = False
    for agent in words.agents or list(AGENTS):
        try:
            program(agent)
        except Exception as error:
            print(f"{agent}: skipped: {error}")
            continue
        for name, say, asked, decisions, *wanted in scenarios(agent, words.deny):
            if words.only and words.only != name:
                continue
            attached = run(words.callgate, agent, asked, decisions, words.hold, say, words.deny)
            failed |= told(agent, name, attached, faults(attached, agent, asked, *wanted))
        if agent == "claude" and words.only in (None, "subagent"):
            failed |= told(agent, "subagent", *subagent(words.callgate))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
