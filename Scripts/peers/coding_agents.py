#!/usr/bin/env python3
"""Real coding agents behind `callgate attach`: what runs, and what their models read afterwards.

    coding_agents.py CALLGATE [--hold SECONDS] [claude|codex ...]

The agents come from PyPI (claude-agent-sdk and openai-codex-cli-bin carry the programs) into CALLGATE_PEERS, by default
~/.cache/callgate-peers; where they cannot be had, the agent is skipped with the reason. They need no key: the provider is
scripted_provider.py. With --hold each first call waits so long before it is decided.
"""
import os
import pathlib
import subprocess
import sys
import zipfile

from attached import Attached, calls, results

PEERS = pathlib.Path(os.environ.get("CALLGATE_PEERS", pathlib.Path.home() / ".cache" / "callgate-peers"))
AGENTS = {
    "claude": ("claude-agent-sdk", "claude_agent_sdk/_bundled/claude"),
    "codex": ("openai-codex-cli-bin", "codex_cli_bin/bin/codex"),
}


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
    """A call of the agent's shell tool."""
    return ["Bash", {"command": command}] if agent == "claude" else ["exec_command", {"cmd": command}]


def edited(agent, command):
    return '{"command": "%s"}' % command if agent == "claude" else '{"cmd": "%s"}' % command


def run(callgate, agent, asked, decisions, hold=0):
    turns = [{"say": "I look.", "ask": [shell(agent, command) for command in asked]}, {"say": "All done."}]
    if agent == "claude":
        command = [program(agent), "-p", "look around", "--allowedTools", "Bash"]
        more = {"IS_SANDBOX": "1", "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1",
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    else:
        command = [program(agent), "exec", "-m", "gpt-5", "--skip-git-repo-check",
                   "--dangerously-bypass-approvals-and-sandbox", "look around"]
        more = {}
    return Attached(callgate, turns, command, decisions, more, hold=hold)


def scenarios(agent):
    """Name, commands, decisions, files that must be there with their text, files that must not, words of each result."""
    denied = "Error: a reviewer rejected this call. It did not run. Reason: no"
    return [
        ("approve", ["echo one > a"], {}, {"a": "one\n"}, [], [None]),
        ("edit", ["echo one > a"], {1: ["edit", "--args", edited(agent, "echo two > a")]}, {"a": "two\n"}, [],
         ["Note: a reviewer replaced this call"]),
        ("deny", ["echo one > a"], {1: ["deny", "--reason", "no"]}, {}, ["a"], [denied]),
        ("respond", ["echo one > a"], {1: ["respond", "--content", "it is done already"]}, {}, ["a"], ["it is done already"]),
        ("two, one denied", ["echo one > a", "echo two > b"], {1: ["deny", "--reason", "no"]}, {"b": "two\n"}, ["a"],
         [denied, None]),
    ]


def main():
    words = sys.argv[1:]
    hold = int(words.pop(words.index("--hold") + 1)) if "--hold" in words else 0
    words = [word for word in words if word != "--hold"]
    callgate, chosen = os.path.abspath(words[0]), words[1:] or list(AGENTS)
    failed = False
    for agent in chosen:
        try:
            program(agent)
        except Exception as error:
            print(f"{agent}: skipped: {error}")
            continue
        for name, asked, decisions, there, absent, told in scenarios(agent):
            attached = run(callgate, agent, asked, decisions, hold)
            requests = attached.requests()
            faults = [f"{file} holds {attached.file(file)!r}" for file, text in there.items() if attached.file(file) != text]
            faults += [f"{file} is there" for file in absent if attached.file(file) is not None]
            if len(requests) != 2:
                faults.append(f"the provider was asked {len(requests)} times")
            else:
                own = results(requests[1])
                faults += [f"the model reads {text!r}" for text, want in zip(own, told) if want and not text.startswith(want)]
                tool = shell(agent, "")[0]
                if calls(requests[1]) != [tool] * len(asked) or len(own) != len(asked):
                    faults.append(f"the history has {calls(requests[1])} and {len(own)} results")
            if attached.code != 0:
                faults.append(f"exit code {attached.code}")
            print(f"{agent:8} {name:16} {attached.seconds:6.1f} s  " + ("; ".join(faults) or "as decided"))
            failed |= bool(faults)
            if faults:
                print(attached.log[-2000:])
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
