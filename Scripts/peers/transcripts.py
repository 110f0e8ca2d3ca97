"""The work of transcripts.sh: real sessions of Claude Code and Codex, imported and held against what their provider was asked.

A message of a request is a role and its parts (words, calls with arguments, results). Neighbours of one role are one message,
as they are for the model. What is known to differ is in KNOWN, counted and printed: it is in no transcript.
"""
import collections
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from coding_agents import program

HERE = pathlib.Path(__file__).resolve().parent
TALLY = collections.Counter()

CLAUDE = {"stories": [
    {"last": "create a detailed summary", "turns": [{"say": "<summary>WORDS-OF-THE-SUMMARY</summary>"}]},
    {"first": "WORDS-OF-THE-SUMMARY", "turns": [
        {"say": "After it I look.", "ask": [["Bash", {"command": "echo five"}]]},
        {"say": "I look once more.", "ask": [["Bash", {"command": "echo six"}]]}, {"say": "All is done."}]},
    {"first": "look into FOLDER-ONE", "turns": [
        {"think": "A folder, then.", "say": "I look into it.", "ask": [["Bash", {"command": "echo inside"}]]},
        {"say": "It is empty."}]},
    {"turns": [
        {"think": "First I look.", "say": "I look.",
         "ask": [["Bash", {"command": "echo one"}], ["Bash", {"command": "echo bad >&2; exit 3"}]]},
        {"say": "Somebody else looks, too.", "ask": [
            ["Agent", {"description": "a look", "prompt": "look into FOLDER-ONE", "subagent_type": "general-purpose"}]]},
        {"say": "The first part is done."}, {"say": "I look again.", "ask": [["Bash", {"command": "echo two"}]]},
        {"say": "The second part is done."}, {"say": "The third part is done."}, {"say": "The fourth part is done."}]}]}
CODEX = {"stories": [
    {"last": "CONTEXT CHECKPOINT", "turns": [{"say": "WORDS-OF-THE-SUMMARY"}]},
    {"first": "look into FOLDER-ONE", "turns": [
        {"think": "A folder, then.", "say": "I look into it.", "ask": [["exec_command", {"cmd": "echo inside"}]]},
        {"say": "It is empty."}]},
    {"turns": [
        {"think": "First I look.", "say": "I look.",
         "ask": [["exec_command", {"cmd": "echo one"}], ["exec_command", {"cmd": "echo bad >&2; exit 3"}]]},
        {"say": "Somebody else looks, too.", "ask": [["multi_agent_v1.spawn_agent", {"message": "look into FOLDER-ONE"}]]},
        {"think": "Once more.", "ask": [["exec_command", {"cmd": "sleep 3"}]]},
        {"say": "The first part is done."}, {"say": "I look again.", "ask": [["exec_command", {"cmd": "echo two"}]]},
        {"say": "The second part is done.", "tokens": 900000}, {"say": "The third part is done."}]}]}


class Provider:
    """The scripted provider on a port of its own, and what it was asked."""

    def __init__(self, folder, stories):
        self.seen = folder / "seen.jsonl"
        (folder / "turns.json").write_text(json.dumps(stories))
        self.process = subprocess.Popen(
            [sys.executable, HERE / "scripted_provider.py", folder / "turns.json", "--seen", self.seen],
            stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    def requests(self):
        return [json.loads(line) for line in self.seen.read_text().splitlines()]

    def stop(self):
        self.process.kill()
        self.process.wait()


def start(command, folder, variables):
    environment = {"HOME": str(folder / "home"), "PATH": "/usr/bin:/bin", **variables}
    ran = subprocess.run(command, cwd=folder / "work", env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                         text=True, timeout=300)
    if ran.returncode:
        raise RuntimeError(f"{command[1:4]} ended with {ran.returncode}: {(ran.stdout + ran.stderr)[-400:]}")


def claude(folder, provider):
    """The transcript of a session with a subagent, a turn that is taken back, and a compaction."""
    variables = {"IS_SANDBOX": "1", "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{provider.port}", "ANTHROPIC_API_KEY": "made-up",
                 "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    agent = str(program("claude"))

    def ask(words, *more):
        start([agent, "-p", words, *more, "--allowedTools", "Bash", "Agent"], folder, variables)

    ask("look around")
    transcript = next((folder / "home" / ".claude" / "projects").glob("*/*.jsonl"))
    session = transcript.stem
    ask("a second question", "--resume", session)
    lines = [json.loads(line) for line in transcript.read_text().splitlines()]
    back = next(line["uuid"] for line in lines if line["type"] == "assistant" and "The first part is done" in json.dumps(line))
    ask("another question instead", "--resume", session, "--resume-session-at", back)
    ask("/compact", "--resume", session)
    ask("and now", "--resume", session)
    return [transcript]


def codex(folder, provider):
    """The rollouts of a session with thinking, a subagent and a compaction, and of a fork that leaves it after the first turn."""
    (folder / "home" / ".codex").mkdir()
    (folder / "home" / ".codex" / "config.toml").write_text(
        'model_provider = "scripted"\nmodel_auto_compact_token_limit = 200000\n[model_providers.scripted]\nname = "scripted"\n'
        f'base_url = "http://127.0.0.1:{provider.port}/v1"\nenv_key = "OPENAI_API_KEY"\nwire_api = "responses"\n')
    agent = str(program("codex"))
    words = [agent, "exec", "-m", "gpt-5", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"]
    variables = {"OPENAI_API_KEY": "made-up"}
    start(words + ["look around"], folder, variables)
    files = (folder / "home" / ".codex" / "sessions").glob("*/*/*/*.jsonl")
    rollout = next(path for path in files if '"parent_thread_id"' not in path.read_text().splitlines()[0])
    thread = rollout.stem[-36:]
    lines = [json.loads(line) for line in rollout.read_text().splitlines()]
    turn = next(line["payload"]["turn_attribution"]["turn_id"] for line in lines if line["payload"].get("type") == "task_started")
    start(words + ["resume", thread, "a second question"], folder, variables)
    fork = forked(agent, folder, variables, thread, turn)
    start(words + ["resume", fork, "another question instead"], folder, variables)
    start(words + ["resume", thread, "a third question"], folder, variables)
    return [rollout, next(rollout.parent.glob(f"*{fork}.jsonl"))]


def forked(agent, folder, variables, thread, turn):
    """The ID of a fork that has a thread's turns up to one of them, as an editor asks Codex for it."""
    server = subprocess.Popen(
        [agent, "app-server"], cwd=folder / "work", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, env={"HOME": str(folder / "home"), "PATH": "/usr/bin:/bin", **variables})
    requests = [("initialize", {"clientInfo": {"name": "t", "title": "t", "version": "1"}}), ("thread/resume", {"threadId": thread}),
                ("thread/fork", {"threadId": thread, "lastTurnId": turn})]
    try:
        for number, (method, parameters) in enumerate(requests):
            server.stdin.write(json.dumps({"id": number, "method": method, "params": parameters}) + "\n")
            server.stdin.flush()
            answer = next(value for value in map(json.loads, server.stdout) if value.get("id") == number and "method" not in value)
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message'][:300]}")
        return answer["result"]["thread"]["id"]
    finally:
        server.kill()
        server.wait()


def arguments_of(value):
    return json.dumps(json.loads(value) if isinstance(value, str) else value, sort_keys=True)


def joined(messages):
    """Neighbours of one role as one message; words of neighbouring parts as one text."""
    told = []
    for role, parts in messages:
        if not told or told[-1][0] != role:
            told.append((role, []))
        for kind, value in parts:
            own = told[-1][1]
            if kind == "words" and own and own[-1][0] == "words":
                own[-1] = ("words", own[-1][1] + "\n" + value)
            elif value != "":
                own.append((kind, value))
    return [(role, parts) for role, parts in told if parts]


def text_of(content):
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content)


def of_anthropic(body):
    told = []
    system = body.get("system", "")
    if system:
        blocks = [system] if isinstance(system, str) else [block["text"] for block in system]
        told.append(("system", [("words", block) for block in blocks]))
    for message in body["messages"]:
        blocks = message["content"]
        blocks = [{"type": "text", "text": blocks}] if isinstance(blocks, str) else blocks
        parts = []
        for block in blocks:
            if block["type"] == "text":
                parts.append(("words", block["text"]))
            elif block["type"] == "tool_use":
                parts.append(("call", f"{block['id']} {block['name']} {arguments_of(block['input'])}"))
            elif block["type"] == "tool_result":
                parts.append(("result", f"{block['tool_use_id']} {bool(block.get('is_error'))} {text_of(block['content'])}"))
            elif block["type"] != "thinking":
                parts.append((block["type"], json.dumps(block)))
        told.append((message["role"], parts))
    return joined(told)


def instructions_of(body):
    """What Codex tells the model of its work: a field of the request, or the first of its messages."""
    return body["instructions"] if "instructions" in body else text_of(body["input"][0]["content"])


def of_responses(body):
    """The messages of a request after the instructions."""
    told = []
    for item in body["input"][0 if "instructions" in body else 1:]:
        if item["type"] == "message":
            role = {"developer": "system"}.get(item["role"], item["role"])
            told.append((role, [("words", text_of(item["content"]))]))
        elif item["type"] == "function_call":
            name = ".".join(filter(None, (item.get("namespace"), item["name"])))
            told.append(("assistant", [("call", f"{item['call_id']} {name} {arguments_of(item['arguments'])}")]))
        elif item["type"] == "function_call_output":
            told.append(("user", [("result", f"{item['call_id']} - {text_of(item['output'])}")]))
        elif item["type"] != "reasoning":
            told.append((item["type"], [("other", json.dumps(item))]))
    return joined(told)


def of_journal(path, says_errors):
    """The messages of an imported session as its model would read them, and what was thought."""
    told, thought = [], []
    for line in path.read_text().splitlines():
        event = json.loads(line)
        if event["kind"] == "message":
            told.append((event["role"], [("words", event["content"])]))
        elif event["kind"] == "response":
            parts = [("words", event.get("content", ""))]
            parts += [("call", f"{c['id']} {c['name']} {arguments_of(c['arguments'])}") for c in event.get("calls", [])]
            told.append(("assistant", parts))
            thought.append((event.get("thinking") or {}).get("text", ""))
        elif event["kind"] == "tool-message":
            error = event["error"] if says_errors else "-"
            told.append(("user", [("result", f"{event['id']} {error} {event['content']}")]))
    return told, thought


# What a transcript does not hold, and how both sides are made alike.
KNOWN = [
    ("the billing line of the system prompt", re.compile(r"^x-anthropic-billing-header:[^\n]*\n"), ""),
    ("the wrapper of a task's notification", re.compile(
        r"<system-reminder>\n\[SYSTEM NOTIFICATION[^\n]*\n.*?(?=<task-notification>)", re.DOTALL), ""),
    ("the end of that wrapper", re.compile(r"</task-notification>\n</system-reminder>"), "</task-notification>"),
    ("line ends between reminders and words", re.compile(r"\n+"), "\n"),
]


def alike(messages, count):
    told = []
    for role, parts in messages:
        own = []
        for kind, value in parts:
            for name, expression, instead in KNOWN if kind == "words" else []:
                changed = expression.sub(instead, value)
                if count and changed != value and "line ends" not in name:
                    TALLY[name] += 1
                value = changed
            own.append((kind, value.strip("\n")))
        told.append((role, own))
    return told


def apart(one, other):
    """Two values from where they begin to differ."""
    one, other = str(one), str(other)
    at = next((at for at, (left, right) in enumerate(zip(one, other)) if left != right), min(len(one), len(other)))
    start = max(0, at - 40)
    return f"the request has …{one[start:at + 160]!r}, the session …{other[start:at + 160]!r}"


def difference(asked, session):
    """Nothing where the request is the beginning of the session; else how many messages agree, and the first that does not."""
    for at, (left, right) in enumerate(itertools.zip_longest(asked, session[:len(asked)])):
        if left == right:
            continue
        if left and right and left[0] == right[0]:
            parts = itertools.zip_longest(left[1], right[1])
            return at, next(apart(one, other) for one, other in parts if one != other)
        return at, apart(left, right)
    return None


def try_agent(callgate, agent, run, stories, read):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="callgate-transcripts-"))
    for name in ("home", "work"):
        (folder / name).mkdir()
    provider = Provider(folder, stories)
    try:
        transcripts = run(folder, provider)
    finally:
        provider.stop()
    printed = []
    for transcript in transcripts:
        imported = subprocess.run([callgate, "import", transcript], cwd=folder, capture_output=True, text=True)
        if imported.returncode:
            print(imported.stderr)
            return False
        printed += imported.stdout.splitlines()[1:]
    sessions, instructions = {}, []
    for path in sorted((folder / "sessions").glob("*.jsonl")):
        messages, thought = of_journal(path, agent == "claude")
        if agent == "codex":
            # Codex leaves sections of its instructions out of a request, and no line of the rollout says which.
            instructions += messages.pop(0)[1][0][1].splitlines()
        sessions[path.stem] = (alike(joined(messages), False), thought)
    for line in printed:
        print("    " + re.sub(r"\S*/?([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f-]{27,}", r"\1…", line))
    faults = used = compared = 0
    for number, entry in enumerate(provider.requests()):
        is_summary = any(words in json.dumps((entry["body"].get("messages") or entry["body"]["input"])[-1])
                         for words in ("create a detailed summary", "CONTEXT CHECKPOINT"))
        if is_summary:
            continue
        asked = alike(read(entry["body"]), True)
        outcomes = [difference(asked, session) for session, _ in sessions.values()]
        if agent == "codex":
            own = instructions_of(entry["body"]).splitlines()
            TALLY["sections of Codex's instructions that a request leaves out"] += 1
            if not set(own) <= set(instructions):
                faults += 1
                print(f"    request {number}: instructions that no session has")
        used += 1
        compared += len(asked)
        if None not in outcomes:
            faults += 1
            at, words = max(outcomes)
            print(f"    request {number} of {len(asked)} messages: after {at} that agree {words}")
    told = {entry["told"]["think"] for entry in provider.requests() if entry["told"]["think"]}
    kept = {thought for _, thoughts in sessions.values() for thought in thoughts}
    if told - kept:
        faults += 1
        print(f"    what was thought and is in no session: {told - kept}")
    print(f"{agent}: {len(sessions)} sessions; {used - min(faults, used)} of {used} requests with {compared} messages in all are the "
          f"beginning of one; {len(told & kept)} of {len(told)} thoughts are kept")
    if faults:
        print(f"    everything is in {folder}")
    else:
        shutil.rmtree(folder)
    return not faults


def main():
    callgate, chosen = os.path.abspath(sys.argv[1]), sys.argv[2:] or ["claude", "codex"]
    fine = True
    for agent, run, stories, read in (("claude", claude, CLAUDE, of_anthropic), ("codex", codex, CODEX, of_responses)):
        if agent not in chosen:
            continue
        try:
            program(agent)
        except Exception as error:
            print(f"{agent}: skipped: {error}")
            continue
        fine &= try_agent(callgate, agent, run, stories, read)
    for name, count in TALLY.items():
        print(f"    known to differ, in {count} messages: {name}")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
