"""The work of strangers.sh: cases, each run against the program itself, with what must be in its output and what must not."""
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import threading
import time

CALLGATE = ""
TOOL = {"name": "look_up", "description": "Looks something up.", "by-hand": True,
        "parameters": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}}


class Server(http.server.BaseHTTPRequestHandler):
    """Answers every request with the next of the answers, the last one for ever: (status, content type, body)."""
    answers, requests = [], []

    def log_message(self, *_):
        pass

    def do_POST(self):
        Server.requests.append(self.rfile.read(int(self.headers.get("content-length") or 0)))
        status, kind, body = Server.answers[min(len(Server.requests), len(Server.answers)) - 1]
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())


def sse(*chunks):
    return 200, "text/event-stream", "".join(f"data: {json.dumps(c)}\n\n" for c in chunks) + "data: [DONE]\n\n"


def whole(value, status=200):
    return status, "application/json", json.dumps(value)


def delta(finish=None, **parts):
    return {"choices": [{"index": 0, "delta": parts, "finish_reason": finish}]}


def run(arguments, folder, limit=60, given=None):
    started = time.time()
    ran = subprocess.run([CALLGATE, *arguments], cwd=folder, capture_output=True, text=True, timeout=limit,
                         input=given, stdin=None if given is not None else subprocess.DEVNULL,
                         env={**os.environ, "STRANGE_KEY": "a-key-of-the-test", "CALLGATE_CONFIG": "/nowhere"})
    return ran.stdout + ran.stderr, ran.returncode, time.time() - started


def asked(folder, port, *answers, model="openai"):
    """A run against answers: what is printed, with the journal, and how many requests were made."""
    Server.answers, Server.requests = list(answers), []
    base = f"http://127.0.0.1:{port}" + ("/v1" if model == "openai" else "")
    workflow = {"model": {model: {"url": base, "model": "m", "key": "STRANGE_KEY"}}, "tools": [
        {k: v for k, v in TOOL.items() if k != "by-hand"}], "prompt": "x", "limits": {"response-tokens": 1024}}
    (folder / "w.json").write_text(json.dumps(workflow))
    printed, code, seconds = run(["run", "w.json", "--headless", "--approve", "all", "--record", "x.jsonl"], folder)
    journal = (folder / "x.jsonl").read_text() if (folder / "x.jsonl").exists() else ""
    return printed, journal, len(Server.requests), code, seconds


def w1(folder, port):
    _, journal, count, *_ = asked(folder, port, sse(delta(content=[{"type": "text", "text": "hello"}]), delta("stop")))
    return '"content":"hello"' in journal and count == 1


def w2(folder, port):
    printed, _, count, *_ = asked(folder, port, whole({"error": {"message": "model is loading"}}))
    return "model is loading" in printed and count == 1


def w3(folder, port):
    message = {"role": "assistant", "content": "hello"}
    _, journal, count, *_ = asked(folder, port, whole({"object": "chat.completion", "choices": [
        {"index": 0, "message": message, "finish_reason": "stop"}]}))
    return '"content":"hello"' in journal and count == 1


def w4(folder, port):
    _, journal, *_ = asked(
        folder, port, sse(delta(function_call={"name": "look_up", "arguments": '{"id":'}),
                          delta(function_call={"arguments": '"a"}'}), delta("function_call")),
        sse(delta(content="done"), delta("stop")))
    return '"name":"look_up","arguments":"{\\"id\\":\\"a\\"}"' in journal


def w5(folder, port):
    printed, *_ = asked(folder, port, sse(delta(content="hel"), delta("length")))
    return "limit" in printed and "limit of the response was cut" not in printed


def w6(folder, port):
    call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "look_up", "arguments": '["a"]'}}
    _, journal, *_ = asked(folder, port, sse(delta(tool_calls=[call]), delta("tool_calls")), sse(delta(content="done"), delta("stop")))
    return "must be" in journal and "schema: : " not in journal


def w7(folder, port):
    found = []
    for name in ("reasoning_content", "reasoning"):
        _, journal, *_ = asked(folder, port, sse(delta(**{name: "hm, yes"}), delta(content="hello"), delta("stop")))
        found.append("hm, yes" in journal)
    return all(found)


FAULTY = [
    {"name": "good", "description": "d", "parameters": {"type": "object", "properties": {}}},
    {"name": "null_properties", "description": "d", "parameters": {"type": "object", "properties": None}},
    {"name": "null_required", "description": "d", "parameters": {"type": "object", "properties": {}, "required": None}},
    {"name": "nowhere", "description": "d", "parameters": {"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}}},
    {"name": "remote", "description": "d", "parameters": {"type": "object", "properties": {"a": {"$ref": "https://x.example/s"}}}},
    {"name": "python", "description": "d", "parameters": {"type": "object", "properties": {
        "a": {"type": "string", "pattern": "(?P<x>a)\\Z"}}}},
    {"name": "draft_4", "description": "d", "parameters": {"type": "object", "properties": {
        "a": {"type": "number", "minimum": 1, "exclusiveMinimum": True}}}},
    {"name": "any", "description": "d", "parameters": {"type": "object", "properties": {"a": {"type": "any"}}}},
    {"name": "good", "description": "again", "parameters": {"type": "object", "properties": {}}},
]


def c1(folder, port):
    (folder / "catalogue.json").write_text(json.dumps(FAULTY))
    listed, code, _ = run(["tools", "list", "catalogue.json"], folder)
    linted, lint_code, _ = run(["tools", "lint", "catalogue.json"], folder)
    named = all(tool["name"] in linted for tool in FAULTY[1:])
    return code == 0 and lint_code == 1 and named and "good()" in listed and "set aside" in listed


SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}


def server(folder, change="", version="2025-06-18", tool=None):
    """A small MCP server whose answers `change` bends: a line of Python with `answer` and `message`."""
    tool = tool or {"name": "look_up", "description": "d", "inputSchema": SCHEMA}
    (folder / "server.py").write_text(textwrap.dedent(f'''
        import json, sys
        for line in sys.stdin:
            message = json.loads(line)
            if "id" not in message:
                continue
            method = message["method"]
            answer = {{"jsonrpc": "2.0", "id": message["id"]}}
            if method == "initialize":
                answer["result"] = {{"protocolVersion": {version!r}, "capabilities": {{"tools": {{}}}},
                                    "serverInfo": {{"name": "s", "version": "1"}}}}
            elif method == "tools/list":
                answer["result"] = {{"tools": [json.loads({json.dumps(json.dumps(tool))})]}}
            elif method == "tools/call":
                answer["result"] = {{"content": [{{"type": "text", "text": "found"}}], "structuredContent": {{"n": "x"}}}}
            else:
                answer["error"] = {{"code": -32601, "message": "no such method"}}
            {change or "pass"}
            print(json.dumps(answer), flush=True)
        '''))
    settings = {"mcpServers": {"s": {"command": sys.executable, "args": ["server.py"]}}}
    (folder / ".mcp.json").write_text(json.dumps(settings))
    return settings


def call(folder, name="look_up"):
    return run(["tools", "call", name, "--args", '{"id": "a"}', "--workflow", ".mcp.json", "--approve", "all"], folder)


def c2(folder, port):
    server(folder, tool={"name": "look_up", "description": "d", "inputSchema": SCHEMA, "outputSchema": {
        "type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}})
    printed, *_ = call(folder)
    return "/n" in printed and "integer" in printed


def c3(folder, port):
    settings = server(folder)
    (folder / "w.json").write_text(json.dumps({"tools": [{"mcp": settings}]}))
    pasted, code, _ = run(["tools", "list", "w.json"], folder)
    bare, bare_code, _ = run(["tools", "list", ".mcp.json"], folder)
    linted, *_ = run(["tools", "lint", "w.json"], folder)
    demo, *_ = run(["tools", "lint"], folder)
    return code == bare_code == 0 and "look_up" in pasted and "look_up" in bare and "1 tool of" in linted and "tools of" in demo


def c4(folder, port):
    server(folder, "answer['id'] = str(answer['id'])")
    printed, code, seconds = call(folder)
    return code == 0 and "found" in printed and seconds < 30


def bends(folder, port):
    """Other bends of the protocol: the call is answered, or one line says what the server did, before any time-out."""
    cases = {
        "a notification first": "print(json.dumps({'jsonrpc': '2.0', 'method': 'notifications/message', 'params': {}}))",
        "noise on standard output": "print('starting up …')",
        "every answer twice": "print(json.dumps(answer))",
        "no version of JSON-RPC": "answer.pop('jsonrpc')",
        "an ID that nobody asked under": "answer['id'] = 4711 if method == 'tools/call' else answer['id']",
    }
    for name, change in cases.items():
        server(folder, change)
        printed, code, seconds = call(folder)
        if seconds > 40 or not ("found" in printed if "nobody" not in name else len(printed.strip().splitlines()) >= 1):
            print(f"      {name}: code {code}, {seconds:.0f} s, {printed[-300:]!r}")
            return False
    server(folder, version="1999-01-01")
    printed, code, seconds = call(folder)
    return "1999-01-01" in printed and seconds < 40


def line(uuid, parent, kind, content, **more):
    return json.dumps({"uuid": uuid, "parentUuid": parent, "sessionId": "s", "type": kind, "message": {
        "id": "r" + uuid, "role": kind, "model": "m", "content": content}, **more})


def imported(folder, text, name="x.jsonl"):
    (folder / name).write_text(text)
    printed, code, _ = run(["import", name], folder)
    return printed, code, sorted((folder / "sessions").glob("*.jsonl"))


def i1(folder, port):
    text = "\n".join([line("1", None, "user", "first"), line("2", "1", "assistant", [{"type": "text", "text": "one"}]),
                      line("3", "2", "user", "taken back"), line("4", "3", "assistant", [{"type": "text", "text": "two"}]),
                      line("5", "2", "user", "instead"), line("6", "5", "assistant", [{"type": "text", "text": "three"}])])
    printed, _, sessions = imported(folder, text)
    last, left = [(folder / "sessions" / name).read_text() for name in ("x.jsonl", "x-2.jsonl")]
    return "forked from" in printed and len(sessions) == 2 and "taken back" not in last and "taken back" in left


def i2(folder, port):
    use = {"type": "tool_use", "id": "c1", "name": "Agent", "input": {"prompt": "go"}}
    text = "\n".join([line("1", None, "user", "first"), line("2", "1", "assistant", [use]),
                      line("7", None, "user", "go", isSidechain=True, agentId="a"),
                      line("8", "7", "assistant", [{"type": "text", "text": "went"}], isSidechain=True, agentId="a")])
    printed, *_ = imported(folder, text)
    return "spawned by call c1" in printed


def i3(folder, port):
    _, _, sessions = imported(folder, json.dumps({"messages": [
        {"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}), "x.json")
    printed, *_ = run(["replay", str(sessions[0]), "--print"], folder)
    return "0.000 s" not in printed


def i4(folder, port):
    text = "\n".join([line("1", None, "user", "first"), "{broken", line("2", "1", "assistant", [{"type": "text", "text": "one"}])])
    printed, code, sessions = imported(folder, text)
    return code == 0 and "line 2" in printed and "one" in sessions[0].read_text()


def i5(folder, port):
    requests = {
        "responses.json": {"model": "m", "input": [{"type": "message", "role": "user", "content": "WORDS"}]},
        "gemini.json": {"contents": [{"role": "user", "parts": [{"text": "WORDS"}]}]},
    }
    for name, value in requests.items():
        printed, code, _ = imported(folder, json.dumps(value), name)
        if code or "WORDS" not in (folder / "sessions" / name.replace("json", "jsonl")).read_text():
            print(f"      {name}: {printed}")
            return False
    return True


def i6(folder, port):
    _, _, sessions = imported(folder, json.dumps({"messages": [
        {"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}), "x.json")
    screens = "".join(run(["replay", str(sessions[0]), "--at", str(at), "--screen", "120x40"], folder)[0] for at in (1, 3))
    printed, *_ = run(["replay", str(sessions[0]), "--print"], folder)
    claims = [word for word in ("greedy", "8192", "600 s", "ask by default") if word in screens + printed]
    if claims:
        print(f"      claimed: {claims}")
    return not claims and "not recorded" in screens + printed


def i7(folder, port):
    """Lines of newer versions: the catalogue and the system prompt of the request, failures and retries of the provider."""
    shape = {"type": "api-request-shape", "shapeHash": "h", "shape": {"system": [{"type": "text", "text": "Be brief."}], "tools": [
        {"name": "Bash", "description": "d", "input_schema": {"type": "object"}}]}}
    sent = {"type": "api-request", "id": "q", "timestamp": "2026-11-28T10:00:01Z", "shapeHash": "h"}
    failed = {"uuid": "2", "parentUuid": "1", "type": "system", "subtype": "api_error", "timestamp": "2026-11-28T10:00:02Z",
              "error": {"message": "overloaded"}, "retryAttempt": 1, "retryInMs": 500}
    last = json.loads(line("3", "2", "assistant", [{"type": "text", "text": "API Error: 529"}], isApiErrorMessage=True))
    text = "\n".join([line("1", None, "user", "first"), *map(json.dumps, (shape, sent, failed, last))])
    _, _, sessions = imported(folder, text)
    journal = sessions[0].read_text()
    return all(words in journal for words in ("Be brief.", '"name":"Bash"', "overloaded", "API Error: 529"))


def numbered(folder, port):
    """A scripted response whose calls have no IDs."""
    (folder / "turns.json").write_text(json.dumps([
        {"calls": [{"name": "look_up", "arguments": {"id": "a"}}]}, {"content": "done"}]))
    (folder / "w.json").write_text(json.dumps({"model": {"scripted": "turns.json"}, "prompt": "x", "tools": [
        {k: v for k, v in TOOL.items() if k != "by-hand"}]}))
    printed, code, _ = run(["run", "w.json", "--headless", "--approve", "all", "--record", "x.jsonl"], folder)
    return "call" in (folder / "x.jsonl").read_text() and "done" in printed


CASES = [
    ("W1", "content as an array of parts is the text", w1), ("W2", "an error with status 200 is told at once", w2),
    ("W3", "a whole completion where a stream was asked for is read", w3), ("W4", "a legacy function_call is a call", w4),
    ("W5", "a response that was cut is told in one sentence", w5), ("W6", "the root of the arguments has a name", w6),
    ("W7", "reasoning is kept", w7), ("C1", "bad tools are marked, the others are there", c1),
    ("C2", "structured content is held against its schema", c2), ("C3", "whatever holds tools is taken", c3),
    ("C4", "IDs as strings are answers", c4), ("C5", "other bends work or are named", bends),
    ("I1", "a transcript is a tree", i1), ("I2", "subagents are children", i2), ("I3", "no times where none were recorded", i3),
    ("I4", "a broken line is named", i4), ("I5", "requests of Responses and Gemini are read", i5),
    ("I6", "nothing is claimed", i6), ("I7", "lines of newer versions are read", i7),
    ("S1", "calls without IDs are numbered", numbered),
]


def main():
    global CALLGATE
    CALLGATE = os.path.abspath(sys.argv[1])
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    failures = 0
    for name, words, case in CASES:
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                fine = case(pathlib.Path(folder), listener.server_port)
            except (subprocess.TimeoutExpired, OSError, IndexError) as fault:
                print(f"      {fault}")
                fine = False
        print(f"{'ok   ' if fine else 'FAIL '} {name}  {words}", flush=True)
        failures += not fine
    print(f"{failures} failures")
    sys.exit(1 if failures else 0)


main()
