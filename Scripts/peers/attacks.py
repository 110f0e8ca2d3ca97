"""Every known way through the gate, tried on the real program. See attacks.sh."""

import html.parser
import http.server
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from attacked import Bench, Held, Terminal, need, usage  # noqa: E402

SHELL = """  - name: shell
    description: Runs a command line.
    parameters: {type: object, properties: {command: {type: string}}, required: [command]}
    command: {run: [/bin/%s, -c, "{command}"], folder: .}
"""
ACT = """  - name: act
    description: Acts.
    parameters: {type: object, properties: {id: {}, text: {}}}
    command: {shell: '%s', folder: .}
"""
ALLOW = r'''{default: deny, allow: [{tool: shell, when: '~cmd "^(ls|cat|git (status|log|diff))\b"'}]}'''
DENY = r'''{default: allow, deny: [{tool: shell, when: '~cmd "^(rm|curl|wget|touch)\b"'}]}'''
EVIL = "\x1b]0;x\x07\x1b[31m\u202e\x9b31m\r"


def odd(text):
    return next((c for c in text if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f" or c == "\u202e"), None)


def begin(t, seconds=60):
    """Lets a run go, which is held before its first round; the seconds until its call waits."""
    t.wait("paused")
    t.settle()
    t.forget()
    start = time.monotonic()
    t.send(b"c")
    t.wait("waiting", seconds)
    return time.monotonic() - start


def t1(b):
    lines = ["ls \r#; touch PWNED", "cat `ls \"\\$(touch PWNED)\"`", "cat <(ls)#; touch PWNED"]
    for shell in ["sh", "bash"]:
        b.workflow(SHELL % shell, ALLOW)
        b.script({"calls": [b.call(command="ls >/dev/null; ls")]}, {"calls": [b.call(ident="c2", command="ls")]},
                 {"content": "done"})
        need("script.json" in b.read(b.headless()[1]), "the rule lets nothing run at all")
        for line in lines:
            b.script({"calls": [b.call(command=line)]}, {"content": "done"})
            b.headless()
            need(not b.there("PWNED"), f"{shell} ran {line!r} by the rule")
    return f"{2 * len(lines)} lines of dash and bash under the rule that allowed them: none ran"


def t2(b):
    lines = ["A=\u0301 touch X", "A+=1 touch X", "chroot / touch X", "timeout 1e1 touch X", "env -vS'touch X'",
             "time if touch X; then :; fi", "nice ! touch X", "A=1 ! touch X; touch X", "11>Y touch X", "&>Y touch X"]
    for shell in ["sh", "bash"]:
        b.workflow(SHELL % shell, DENY)
        for line in lines:
            b.script({"calls": [b.call(command=line)]}, {"content": "done"})
            _, journal = b.headless()
            need(not b.there("X") and '"effect":"deny"' in b.read(journal), f"{shell} was let run {line!r}")
    return f"{2 * len(lines)} lines behind assignments, wrappers and keywords: all denied"


class Elements(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags = []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def t3(b):
    text = ("\u0d4e<meta http-equiv=refresh content=0;url=http://127.0.0.1:9/\u0d4e>\u0d4e<img src=http://x/\u0d4e> "
            "]]>--><script>x</script>\n| a | <b>\n[x](http://x) ![x](http://x)\nnot ok 7\n")
    b.write("evil.txt", text)
    b.workflow(ACT % "cat evil.txt", "{default: allow}")
    b.script({"content": text, "calls": [b.call("act")]}, {"content": text})
    run, journal = b.headless("all")
    page = b.run("export", journal, "--format", "html").stdout
    reader = Elements()
    reader.feed(page)
    strange = [t for t in reader.tags if t[0] in ("img", "script", "a", "form", "iframe", "link")
               or t[1].get("http-equiv", "Content-Security-Policy") != "Content-Security-Policy"]
    need(reader.tags and not strange, f"live markup: {strange[:3]}")
    markdown = b.run("export", journal, "--format", "markdown").stdout
    prose = re.sub(r"(?ms)^(`{3,}|~{3,}).*?^\1`*$", "", markdown)
    need(prose != markdown and not re.search(r"(?<!\\)(<(meta|img|script)|!\[x|\]\(http)", prose),
         "live markup in Markdown")
    b.run("check", journal, "--junit", "j.xml", "--tap", "t.tap")
    if b.there("j.xml"):
        need("<meta" not in b.read("j.xml"), "live markup in JUnit")
        need(not any(line.startswith("not ok 7") for line in b.read("t.tap").splitlines()), "a forged line of TAP")
    return f"{len(reader.tags)} elements in the page, all ours; Markdown, JUnit and TAP hold none"


def t4(b):
    key = 'sk-live+Ab/Cd"Ef=12345678'

    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("k", [""])[0]
            coded = json.dumps(query)[1:-1]
            body = "\n".join([
                self.path, self.headers["X-Key"] or "", coded, coded.replace("/", "\\/").replace("+", "\\u002B"),
                json.dumps(json.dumps(query)), urllib.parse.quote(urllib.parse.quote(query, safe=""), safe=""),
                query.encode().hex(), "x" * 300 + query]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shown = []
    for most in [65536] + list(range(5, 700, 37)):
        b.workflow(f"""  - name: act
    description: Acts.
    parameters: {{type: object, properties: {{}}}}
    http: {{method: GET, url: "http://127.0.0.1:{server.server_port}/", query: {{k: "${{API_KEY}}"}}, """
                   f"""headers: {{X-Key: "${{API_KEY}}"}}, output-bytes: {most}}}
""", "{default: allow}")
        b.script({"calls": [b.call("act")]}, {"content": "done"})
        run, journal = b.headless("all", environment={"API_KEY": key})
        text = b.read(journal) + run.stdout + run.stderr
        need('"kind":"result"' in text or '"finished"' in text or "[API_KEY]" in text or most < 40,
             f"the call did not run: {run.stderr[-300:]}")
        for left in ["live+A", "live%2B", "live\\u002B", "live%252B", "6c6976652b", "Ab/Cd", "Ab%2FCd", "Ab\\/Cd"]:
            need(left not in text, f"{left!r} of the key stands in the journal (cut after {most})")
        shown.append(text.count("[API_KEY]"))
    server.shutdown()
    return f"the key in 8 spellings, cut at {len(shown)} places: in no journal, {sum(shown)} times its name"


def t5(b):
    for scalar in "|.*+?([":
        b.workflow(ACT % "echo ran >>RAN", "{default: ask}")
        b.script({"calls": [b.call("act", id=scalar + "\u0301")]}, {"calls": [b.call("act", "c2", id="something else")]},
                 {"content": "done"})
        t = Terminal(b.program, ["run", "w.yaml", "--record", b.journal()], b.path)
        try:
            begin(t)
            # Approved as it stands; a rule is made of that while the next call waits.
            for keys, word in [(b"a", "c2"), (b"2", ""), (b"k", ""), (b"A", "allow"), (b"\r", "y write"), (b"o", "holds")]:
                t.settle()
                time.sleep(0.7)
                t.forget()
                t.send(keys)
                t.settle()
                need(word in t.drawn(), f"{keys!r}: no '{word}' in {t.drawn()[-300:]}")
                need("RUNS AT ONCE" not in t.drawn(), f"the rule of {scalar!r} would run another value")
            time.sleep(1)
        finally:
            t.close()
        need(b.read("RAN").count("ran") == 1, f"the rule of {scalar!r} ran another value")
        os.remove(b.path / "RAN")
    return "rules made of 7 approved values with a combining mark hold, and another value waits on under each"


def t6(b):
    server = """
import http.server, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200); self.send_header("Content-Type", "text/event-stream"); self.end_headers()
        self.wfile.write(b"data: ")
        try:
            while True: self.wfile.write(b"x" * (1 << 20))
        except OSError: pass
    def log_message(self, *_): pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H); print(s.server_port, flush=True); s.serve_forever()
"""
    process = subprocess.Popen([sys.executable, "-c", server], stdout=subprocess.PIPE, text=True)
    port = process.stdout.readline().strip()
    peaks = []
    try:
        b.write("http.json", json.dumps({"mcpServers": {"s": {"type": "http", "url": f"http://127.0.0.1:{port}/"}}}))
        for name, script in [("out", "while :; do printf '%01048576d' 0; done"),
                             ("err", "while :; do printf '%01048576d' 0 >&2; done"),
                             ("lines", "while :; do echo a line of a log >&2; done"),
                             ("pings", "n=0; while :; do n=$((n+1)); "
                                       "echo '{\"jsonrpc\":\"2.0\",\"id\":\"p'$n'\",\"method\":\"ping\"}'; done")]:
            b.write(f"{name}.json", json.dumps({"mcpServers": {"s": {"command": "/bin/bash", "args": ["-c", script]}}}))
        for name in ["http", "out", "err", "lines", "pings"]:
            b.write(f"{name}.yaml", f"tools: [{{mcp: {name}.json}}]\n")
            run = subprocess.Popen([b.program, "tools", "list", f"{name}.yaml"], cwd=b.path,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            peak, end = 0, time.monotonic() + 20
            while run.poll() is None and time.monotonic() < end:
                try:
                    peak = max(peak, usage(run.pid, "VmHWM"))
                except OSError:
                    break
                time.sleep(0.1)
            run.kill()
            run.wait()
            peaks.append((name, peak // 1024))
            need(peak < 400 * 1024, f"{name}: {peak // 1024} MB in 20 s")
    finally:
        process.kill()
        process.wait()
    return "20 s of a server without an end: " + ", ".join(f"{name} {peak} MB" for name, peak in peaks)


def t7(b):
    b.workflow(ACT % "echo ran >>RAN", "{default: allow}")
    b.script({"calls": [b.call("act")]}, {"content": "done"})
    b.headless("all")
    go = '"$CALLGATE" run w.yaml --headless --approve all'
    ways = [(f"{go} --record s/a.jsonl 2>/dev/full", 0), (f"{go} --record s/b.jsonl 2>&-", 0),
            (f"{go} --record s/c.jsonl --json >/dev/full", 1), ('"$CALLGATE" audit s/1.jsonl >/dev/full', 1),
            ('"$CALLGATE" replay s/1.jsonl --print >/dev/full', 1), ("\"$CALLGATE\" grep '~tool act' s/1.jsonl >/dev/full", 1),
            ('"$CALLGATE" tools list w.yaml >/dev/full', 1), (f"{go} --record s/d.jsonl >&- 2>&-", 1)]
    for line, code in ways:
        got = b.sh(line).returncode
        need(got == code, f"{line}: {got}, not {code}")
    return f"{len(ways)} ways to a closed or full output: exit codes 0 and 1, no signal"


def t8(b):
    b.workflow(ACT % "echo hi", "{default: allow}")
    b.script({"content": "done"})
    b.headless("all")
    run = b.sh("""set -e; umask 0; echo old >real; chmod 600 real; ln -s real link; mkfifo pipe
        for out in link /dev/null new; do "$CALLGATE" export s/1.jsonl --output $out; done
        cat pipe >got & "$CALLGATE" export s/1.jsonl --output pipe; wait
        stat -c '%F %a' link real new pipe; stat -c '%F' /dev/null""")
    kinds = run.stdout.split("\n")[:5]
    need(kinds == ["symbolic link 777", "regular file 600", "regular file 600", "fifo 666", "character special file"],
         f"{kinds} {run.stderr}")
    need(stat.S_ISCHR(os.stat("/dev/null").st_mode), "/dev/null is a file now")
    return "a link, a device, a pipe and a file of mode 600 stay what they were; a new file has 600"


def t9(b):
    name = f"e{EVIL.replace(chr(13), '')}.jsonl".replace("/", "")
    b.write(name, json.dumps({"n": 1, "kind": "session", "journal": EVIL}) + "\n")
    b.write("bad.yaml", json.dumps({"name": EVIL, "nonsense" + EVIL: 1}))
    b.write("ref.yaml", json.dumps({"name": "x", "tools": [{"name": "a", "description": "x",
                                                           "parameters": {"$ref": "#/" + EVIL}}]}))
    b.write("server", "printf 'last \\033]0;x\\007 words\\n' >&2; exit 3\n")
    b.write("m.json", json.dumps({"mcpServers": {"s": {"command": "/bin/sh", "args": ["server"]}}}))
    b.write("m.yaml", "name: m\nmodel: {scripted: script.json}\ntools: [{mcp: m.json}]\n")
    b.script({"nonsense" + EVIL: 1})
    b.workflow(ACT % "echo hi", "{default: allow}")
    ways = [["audit", name], ["replay", name, "--print"], ["export", name], ["check", name], ["fork", name],
            ["validate", "bad.yaml"], ["run", "bad.yaml", "--headless", "--approve", "all"],
            ["run", "ref.yaml", "--headless", "--approve", "all"], ["run", "w.yaml", "--headless", "--approve", "all"],
            ["tools", "list", "m.yaml"], ["import", name], ["run", "no" + EVIL, "--headless", "--approve", "all"]]
    for way in ways:
        run = b.run(*way)
        need(odd(run.stdout + run.stderr) is None, f"{way[0]}: {(run.stdout + run.stderr)!r:.300}")
    return f"{len(ways)} ways on which the program ends: no control reached standard error"


def t10(b):
    b.workflow(ACT % "echo $$ >PID; while :; do date >>TICKS; sleep 0.1; done" + (ACT % "sleep 2").replace("act", "quick", 1),
               "{default: allow}")
    b.script({"calls": [b.call("act"), b.call("quick", "c2")]}, {"content": "done"})
    run = subprocess.Popen([b.program, "run", "w.yaml", "--headless", "--approve", "all", "--record", "s/x.jsonl", "--json"],
                           cwd=b.path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while time.monotonic() < end and not b.there("TICKS"):
        time.sleep(0.02)
    need(b.there("TICKS"), "the tool did not start")
    run.stdout.close()
    try:
        code = run.wait(30)
    except subprocess.TimeoutExpired:
        run.terminate()
        code = run.wait(10)
    time.sleep(1.5)
    first = b.read("TICKS").count("\n")
    time.sleep(1.5)
    need(b.read("TICKS").count("\n") == first, "the tool ticks on without the program")
    need(code == 1, f"the program ended with {code}")
    return f"a pipe whose reader went while a tool ran: exit code 1, and the tool ended after {first} ticks"


def t11(b):
    b.workflow(ACT % "echo ran >>PWNED", "{default: ask}")
    b.script({"calls": [b.call("act")]}, {"content": "done"})
    _, journal = b.headless("none")
    lines = b.read(journal).splitlines()
    place = next(i for i, line in enumerate(lines) if '"kind":"decision"' in line)
    lines = lines[:place + 1]
    lines[place] = lines[place].replace('"decision":"deny"', '"decision":"approve"')
    b.write(journal, "\n".join(lines) + "\n")
    run = b.run("run", "w.yaml", "--headless", "--approve", "all", "--resume", journal)
    need(run.returncode == 2 and f"line {place + 1}" in run.stderr, f"{run.returncode}: {run.stderr}")
    for way in ["fork", "check", "audit"]:
        need(b.run(way, journal).returncode != 0, f"{way} took a changed journal")
    need(not b.there("PWNED"), "the denied call ran")
    return f"a denial turned into an approval: --resume, fork, check and audit refuse line {place + 1}"


def t12(b):
    b.workflow(ACT % "echo $ARG_id >>RAN", "{default: allow, ask: [{tool: act, when: '~arg id=two'}]}")
    b.script({"calls": [b.call("act", id="one")]}, {"calls": [b.call("act", "c2", id="two")]}, {"content": "done"})
    run, journal = b.headless()
    need(run.returncode == 3, f"the run did not stop at the second call: {run.returncode} {run.stderr}")
    b.run("run", "w.yaml", "--headless", "--approve", "all", "--resume", journal)
    need(b.read("RAN").split() == ["one", "two"], f"ran {b.read('RAN').split()}")
    return "a scripted model goes on at its round: one, two, each once"


SERVER = """
import json, sys
sys.stderr.write("a \\x1b[31m line\\n"); sys.stderr.flush()
def say(x): sys.stdout.write(json.dumps(x) + "\\n"); sys.stdout.flush()
for line in sys.stdin:
    m = json.loads(line)
    if m.get("method") == "initialize":
        say({"jsonrpc": "2.0", "id": m["id"], "result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
             "serverInfo": {"name": "s", "version": "1"}}})
    elif m.get("method") == "tools/list":
        say({"jsonrpc": "2.0", "id": m["id"], "result": {"tools": [{"name": "act", "inputSchema": {"type": "object"}}]}})
    elif m.get("method") == "tools/call":
        say({"jsonrpc": "2.0", "id": m["id"], "result": {"content": [{"type": "text", "text": "ok"}]}})
    elif "id" in m:
        say({"jsonrpc": "2.0", "id": m["id"], "error": {"code": -32601, "message": "no"}})
"""


def t13(b):
    b.write("server.py", SERVER)
    b.write("m.json", json.dumps({"mcpServers": {"s": {"command": sys.executable, "args": ["server.py"]}}}))
    b.write("w.yaml", "name: m\nmodel: {scripted: script.json}\nprompt: go\ntools: [{mcp: m.json}]\npolicy: {default: allow}\n")
    b.script({"calls": [b.call("act")]}, {"content": "done"})
    run, journal = b.headless("all")
    log = b.path / (journal + ".servers.log")
    need(log.exists(), f"no log: {run.stderr}")
    need(stat.S_IMODE(log.stat().st_mode) == 0o600, f"mode {log.stat().st_mode:o}")
    need("a \u2039ESC\u203a[31m line" in log.read_text() and "\x1b" not in log.read_text() + run.stderr, "raw controls")
    need(stat.S_IMODE((b.path / journal).stat().st_mode) == 0o600, "the journal is not private")
    return "the log of a server and the journal: mode 600, no control"


def t14(b):
    b.workflow(ACT % "echo hi", "{default: allow}")
    b.script({"calls": [b.call("act")]}, {"content": "done"})
    _, journal = b.headless("all")
    os.makedirs(b.path / "f", exist_ok=True)
    for name in ["a\x1b[31m.jsonl", "b\u202e.jsonl", "c\x9b.jsonl"]:
        (b.path / "f" / name).write_text(b.read(journal))
    for way in [["grep", "~tool act", "f"], ["check", "f"], ["audit", "f/a\x1b[31m.jsonl"],
                ["diff", "f/a\x1b[31m.jsonl", "f/b\u202e.jsonl"]]:
        run = b.run(*way)
        need(odd(run.stdout + run.stderr) is None, f"{way[0]}: {run.stdout!r:.300}")
    return "names of files with controls in grep, check, audit and diff: stand-ins"


def t15(b):
    for key in ["command", "cwd"]:
        entry = {"command": "/no/${API_KEY}/x"} if key == "command" else {"command": "/bin/true", "cwd": "/no/${API_KEY}"}
        b.write("m.json", json.dumps({"mcpServers": {"s": entry}}))
        b.write("m.yaml", "tools: [{mcp: m.json}]\n")
        run = b.run("tools", "list", "m.yaml", environment={"API_KEY": "sk-12345678"})
        need("sk-12345678" not in run.stdout + run.stderr, f"{key}: {run.stderr}")
    return "a command and a folder named by a variable: the variable's name is told, not its value"


def t16(b):
    b.workflow(SHELL % "sh", r'''{default: deny, allow: [{tool: shell, when: '~cmd "^(ls|wc|git status)( |$)"'}]}''')
    for line in ["git log --output=PWNED", "git status --output=PWNED; git log --output=PWNED", "lsof >PWNED", "ls >PWNED"]:
        b.script({"calls": [b.call(command=line)]}, {"content": "done"})
        b.headless()
        need(not b.there("PWNED"), f"{line} ran by the rule of the docs")
    page = (pathlib.Path(__file__).parents[2] / "docs/rules.md").read_text()
    need('^(ls|cat|git (status|log|diff))' not in page and "git log --output" in page, "the docs still show that rule")
    return "the rule of the docs lets nothing write, and the docs warn of what options do"


def t17(b):
    words = "word " * 1_000_000
    nested = "[" + ",".join(f"[{n}]" for n in range(260_000)) + "]"
    answers = {
        "10 MB, a call of 5 MB": {"content": words, "calls": [b.call("act", text=words)]},
        "2 million marks": {"content": "e" + "\u0301" * 2_000_000, "calls": [b.call("act", text="\u0301" * 1_000_000)]},
        "2 MB of [[0],[1],…]": {"content": "", "calls": [b.call("act", text=json.loads(nested))]},
    }
    limit = float(os.environ.get("CALLGATE_SLOW", "1"))
    told = []
    for name, answer in answers.items():
        # By standard input: the system lets no variable have more than 128 KiB.
        tool = ACT.replace("{shell: '%s', folder: .}", "{run: [sh, -c, 'wc -c >RAN'], stdin: json, folder: .}")
        b.workflow(tool, "{default: ask}", "limits: {response-tokens: 10000000, tokens: 100000000}\n")
        b.script(answer, {"content": "done"})
        journal = b.journal()
        t = Terminal(b.program, ["run", "w.yaml", "--record", journal], b.path)
        try:
            waits = begin(t, 120)
            t.settle()
            # At the end of what is shown, or with one call only, a key moves nothing and nothing is drawn. The help after
            # it always is, so that the first drawing is never later than the key was done.
            keys = {"down": b"\x1b[B", "pgdn": b"\x1b[6~", "ctrl-end": b"\x1b[1;5F", "ctrl-home": b"\x1b[1;5H",
                    "tab": b"\t", "zoom": b"2z", "out": b"z"}
            times = []
            for key, bytes_of_key in keys.items():
                times.append((t.answer(bytes_of_key + b"?"), key))
                t.settle()
                times.append((t.answer(b"\x1b"), "esc"))
            slowest = max(times)
            peak = t.peak()
            # Read to the end, then approved: what runs is what was asked for, to the byte.
            t.send(b"2\x1b[1;5F")
            t.settle()
            time.sleep(0.6)
            t.send(b"a")
            end = time.monotonic() + 60
            while time.monotonic() < end and not b.there("RAN"):
                t.pump(0.1)
            need(b.there("RAN"), f"{name}: it could not be approved on the screen: {t.drawn()[-400:]}")
            os.remove(b.path / "RAN")
        finally:
            t.close()
        start = time.monotonic()
        export = b.run("export", journal, "--format", "asciinema", timeout=60 * max(1, limit))
        need(export.returncode == 0, f"{name}: {export.stderr[-200:]}")
        cast = time.monotonic() - start
        told.append(f"{name}: waits after {waits:.2f} s, slowest key {slowest[1]} {slowest[0] * 1000:.0f} ms, "
                    f"{peak:.0f} MB, recording exported in {cast:.1f} s")
        need(waits < 1 * limit + 0.5 and slowest[0] < 0.05 * limit and peak < 300 * max(1, limit / 2), told[-1])
    return "; ".join(told)


def t18(b):
    lines = {f"k{n}": f"v{n}" for n in range(300)}
    tried = 0
    for keys in [b"\x1b[1;5F\x1b[A\x1b[F\x1b[D\x7fX\x13aaaa", b"\x1b[1;5F\x1b[A\x1b[F\x1b[D\x7fX\x13"]:
        b.workflow(ACT % "echo ran >>RAN", "{default: ask}")
        b.script({"calls": [b.call("act", **lines)]}, {"content": "done"})
        t = Terminal(b.program, ["run", "w.yaml", "--record", b.journal()], b.path, size=(100, 34))
        try:
            begin(t)
            t.settle()
            time.sleep(0.6)
            t.send(b"e")
            t.settle()
            time.sleep(0.6)
            t.forget()
            t.send(keys)
            t.settle()
            # The review stands at its beginning; time alone does not help.
            time.sleep(1.0)
            t.send(b"a")
            t.settle(0.5)
            need(not b.there("RAN"), "an edit ran whose difference was not read to its end")
            need("review" in t.drawn(), f"no review was opened: {t.drawn()[-300:]}")
            t.send(b"\x1b[F")
            t.settle()
            time.sleep(0.7)
            t.send(b"a")
            end = time.monotonic() + 20
            while time.monotonic() < end and not b.there("RAN"):
                t.pump(0.1)
            need(b.there("RAN"), "it does not run after it was read either")
            os.remove(b.path / "RAN")
            tried += 1
        finally:
            t.close()
    return f"an edit of 300 lines, Ctrl-S and a in one write: held until read to its end ({tried} ways)"


def t19(b):
    b.write("server.py", """
import json, sys
def say(x): sys.stdout.write(json.dumps(x) + "\\n"); sys.stdout.flush()
declined = 0
for line in sys.stdin:
    m = json.loads(line)
    if "method" not in m:
        declined += m.get("result", {}).get("action") in ("decline", "cancel")
        if declined == 2000:
            open("DECLINED", "w").write("2000"); say({"jsonrpc": "2.0", "id": call, "result": {"content": []}})
        continue
    if m["method"] == "initialize":
        say({"jsonrpc": "2.0", "id": m["id"], "result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
             "serverInfo": {"name": "s", "version": "1"}}})
    elif m["method"] == "tools/list":
        say({"jsonrpc": "2.0", "id": m["id"], "result": {"tools": [{"name": "act", "inputSchema": {"type": "object"}}]}})
    elif m["method"] == "tools/call":
        call = m["id"]
        for n in range(2000):
            say({"jsonrpc": "2.0", "id": f"q{n}", "method": "elicitation/create", "params": {"message": f"question {n}",
                 "requestedSchema": {"type": "object", "properties": {"a": {"type": "string"}}}}})
    elif "id" in m:
        say({"jsonrpc": "2.0", "id": m["id"], "error": {"code": -32601, "message": "no"}})
""")
    b.write("m.json", json.dumps({"mcpServers": {"s": {"command": sys.executable, "args": ["server.py"]}}}))
    b.write("w.yaml", "name: m\nmodel: {scripted: script.json}\nprompt: go\ntools: [{mcp: m.json}]\npolicy: {default: allow}\n")
    b.script({"calls": [b.call("act")]}, {"content": "done"})
    t = Terminal(b.program, ["run", "w.yaml", "--record", b.journal()], b.path)
    try:
        t.wait("paused")
        t.settle()
        t.send(b"c")
        t.wait("question")
        t.settle()
        time.sleep(0.6)
        t.send(b"\x04")
        end = time.monotonic() + 20
        while time.monotonic() < end and not b.there("DECLINED"):
            t.pump(0.1)
        need(b.there("DECLINED"), f"one key did not decline them all: {t.drawn()[-400:]}")
    finally:
        t.close()
    return "2,000 questions of a server: one Ctrl-D declines them all"


def main():
    program = os.path.abspath(sys.argv[1])
    wanted = [name.lower() for name in sys.argv[2:]]
    failed = 0
    for number in range(1, 20):
        name = f"t{number}"
        if wanted and name not in wanted:
            continue
        bench = Bench(program)
        try:
            print(f"{name.upper():4} held: {globals()[name](bench)}", flush=True)
        except Held as through:
            failed += 1
            print(f"{name.upper():4} NOT held: {through}", flush=True)
        except Exception as error:  # noqa: BLE001 - a broken trial shows nothing
            failed += 1
            print(f"{name.upper():4} broken: {type(error).__name__} {error}", flush=True)
        finally:
            bench.close()
    sys.exit(1 if failed else 0)


main()
