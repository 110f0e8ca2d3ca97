"""The work of mcp-servers.sh: installs published MCP servers and holds `callgate tools` against them.

For each server, in a folder of its own and without a network:

1. its tools are asked for by the few lines of JSON-RPC below: the catalogue as it is;
2. `callgate tools lint` of that catalogue must end with its sum; what it says of a definition that cannot be used as it is
   given is a mark;
3. `callgate tools list --json` asks the server itself and must name exactly those tools, but for the ones that are set aside;
4. one harmless tool is called with arguments made from its schema: the server's own answer must come back, be it an error
   (most of these servers want a network or an account, and say so).

Exit code 1 where a server that starts fails one of these.
"""
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Package, then what differs from "its only program, without arguments": command, arguments, variables, call.
# {home} is a folder of this run.
SERVERS = [
    ("mcp-server-time", dict(call=("get_current_time", {"timezone": "UTC"}))),
    ("mcp-server-git", dict(call=("git_status", {"repo_path": "{home}/repository"}))),
    ("mcp-server-fetch", {}),
    ("mcp-server-sqlite", dict(args=["--db-path", "{home}/x.db"])),
    ("mcp-server-duckdb", dict(args=["--db-path", "{home}/x.duckdb"])),
    ("mcp-server-motherduck", dict(args=["--db-path", ":memory:", "--read-write"])),
    ("mcp-server-calculator", {}),
    ("mcp-server-bmi-calculator", {}),
    ("mcp-server-converter", {}),
    ("mcp-server-code-extractor", {}),
    ("mcp-server-codetree", {}),
    ("mcp-server-ancestry", dict(args=["--gedcom-path", "{home}"])),
    ("mcp-server-analyzer", {}),
    ("mcp-server-akf", {}),
    ("mcp-server-apache-airflow", {}),
    ("mcp-server-aact", dict(env={"DB_USER": "a", "DB_PASSWORD": "b"})),
    ("mcp-server-appwrite", {}),
    ("mcp-server-bitbucket", dict(env={"BITBUCKET_USERNAME": "a", "BITBUCKET_TOKEN": "b", "BITBUCKET_WORKSPACE": "w"})),
    ("mcp-server-ableton-live", {}),
    ("mcp-server-audit", {}),
    ("mcp-server-android", {}),
    ("mcp-server-builder", {}),
    ("mcp-server-celery", {}),
    ("mcp-server-abuseipdb", dict(env={"ABUSEIPDB_API_KEY": "a"})),
    ("mcp-server-baidu-maps", dict(env={"BAIDU_MAPS_API_KEY": "a"})),
    ("mcp-server-anki", {}),
    ("mcp-server-architect", {}),
    ("office-word-mcp-server", dict(command="word_mcp_server")),
    ("office-powerpoint-mcp-server", dict(command="ppt_mcp_server")),
    ("excel-mcp-server", dict(args=["stdio"])),
    ("pdf-tools-mcp", {}),
    ("cli-mcp-server", dict(env={"ALLOWED_DIR": "{home}"}, call=("show_security_rules", {}))),
    ("duckduckgo-mcp-server", {}),
    ("arxiv-mcp-server", dict(args=["--storage-path", "{home}"])),
    ("markitdown-mcp", {}),
    ("pymupdf4llm-mcp", dict(args=["stdio"])),
    ("mcp-yahoo-finance", {}),
    ("mcp-clickhouse", dict(env={"CLICKHOUSE_HOST": "127.0.0.1", "CLICKHOUSE_USER": "a", "CLICKHOUSE_PASSWORD": "b"})),
    ("mcp-atlassian", dict(env={"JIRA_URL": "https://jira.example.org", "JIRA_PERSONAL_TOKEN": "made-up"})),
    ("postgres-mcp", dict(args=["postgresql://a:b@127.0.0.1:1/x"])),
    ("mysql-mcp-server", dict(env={"MYSQL_USER": "a", "MYSQL_PASSWORD": "b", "MYSQL_DATABASE": "c"})),
    ("awslabs-aws-documentation-mcp-server", dict(command="awslabs.aws-documentation-mcp-server")),
    ("awslabs-memcached-mcp-server", dict(command="awslabs.memcached-mcp-server")),
    ("awslabs-aws-pricing-mcp-server", dict(command="awslabs.aws-pricing-mcp-server")),
    ("awslabs-aws-iac-mcp-server", dict(command="awslabs.aws-iac-mcp-server")),
    ("awslabs-eks-mcp-server", dict(command="awslabs.eks-mcp-server")),
    ("awslabs-cloudwatch-mcp-server", dict(command="awslabs.cloudwatch-mcp-server")),
    ("awslabs-billing-cost-management-mcp-server", dict(command="awslabs.billing-cost-management-mcp-server")),
    ("awslabs-redshift-mcp-server", dict(command="awslabs.redshift-mcp-server")),
    ("awslabs-aws-location-mcp-server", dict(command="awslabs.aws-location-mcp-server")),
    ("awslabs-aws-dataprocessing-mcp-server", dict(command="awslabs.aws-dataprocessing-mcp-server")),
    ("awslabs-amazon-bedrock-agentcore-mcp-server", dict(command="awslabs.amazon-bedrock-agentcore-mcp-server")),
    ("lean-lsp-mcp", {}),
    ("jcodemunch-mcp", {}),
    ("ha-mcp", dict(env={"HOMEASSISTANT_URL": "http://127.0.0.1:1", "HOMEASSISTANT_TOKEN": "made-up"})),
    ("pagerduty-mcp", dict(env={"PAGERDUTY_USER_API_KEY": "made-up"})),
    ("rootly-mcp-server", dict(env={"ROOTLY_API_TOKEN": "made-up"})),
    ("analytics-mcp", {}),
    ("blender-mcp", {}),
    ("astro-airflow-mcp", {}),
    ("mfa-servicenow-mcp", dict(
        args=["--instance-url", "https://x.example.org", "--auth-type", "basic", "--username", "a", "--password", "b"])),
    ("tilt-mcp", {}),
    ("mcp-scholarly", {}),
    ("mcp-ocr", {}),
    ("mcp-stata", {}),
    ("dbt-mcp", dict(env={"DISABLE_REMOTE": "true", "DBT_PROJECT_DIR": "{home}", "DBT_PATH": "/bin/true"})),
    ("workspace-mcp", dict(args=["--transport", "stdio"])),
    ("linkedin-scraper-mcp", {}),
    ("mcp-grafana", dict(env={"GRAFANA_URL": "http://127.0.0.1:1", "GRAFANA_API_KEY": "made-up"})),
    ("snowflake-labs-mcp", {}),
]

HARMLESS = re.compile(
    r"(^|_|-)(get|list|read|search|find|describe|show|convert|calculate|count|validate|check|status|version|help|info|"
    r"query|fetch|extract|analyze|lookup|add|multiply|outline|rules)($|_|-)", re.IGNORECASE)
HARMFUL = re.compile(
    r"delete|remove|write|create|update|execute|run|kill|drop|reset|send|post|install|publish|upload|deploy|commit|push|"
    r"set_|add_|start|stop|login|auth|browser|cache", re.IGNORECASE)
MARK = re.compile(r" is ignored: .*; the mask lets more| is read as what it means: | is left out: |^[^:]*: set aside: ")
LIMIT = 90


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, **more)


def install(peers, package, also):
    """The virtual environment's folder, or the reason for which there is none."""
    venv = peers / "servers" / "-".join([package, *(name.replace("<", "-below-") for name in also)])
    if not (venv / "complete").exists():
        shutil.rmtree(venv, ignore_errors=True)
        uv = str(peers / "uv" / "bin" / "uv")
        made = run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)])
        if made.returncode:
            return None, made.stderr.strip().splitlines()[-1]
        try:
            made = run([uv, "pip", "install", "--quiet", "--python", str(venv / "bin" / "python"), package, *also], timeout=400)
        except subprocess.TimeoutExpired:
            return None, "its installation took longer than 400 s"
        if made.returncode:
            words = " ".join(made.stderr.split())
            return None, "pip cannot install it: " + words[:160]
        (venv / "complete").touch()
    return venv, None


def program(venv, package):
    """The only program of the package, or the one of its name."""
    code = (
        "import importlib.metadata as m, json, sys; d = m.distribution(sys.argv[1]); "
        "print(json.dumps([e.name for e in d.entry_points if e.group == 'console_scripts']))")
    names = json.loads(run([str(venv / "bin" / "python"), "-c", code, package]).stdout or "[]")
    if package in names:
        return package
    return names[0] if names else None


def catalogue(command, environment, folder):
    """The tools as the server gives them to a plain client; or why it gives none."""
    errors = open(folder / "stderr", "w+")
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment, cwd=folder, bufsize=0)
    buffer = b""
    until = time.time() + LIMIT

    def send(value):
        server.stdin.write(json.dumps(value).encode() + b"\n")

    def answer(number):
        nonlocal buffer
        while time.time() < until:
            while b"\n" in buffer:
                line, buffer = buffer.split(b"\n", 1)
                try:
                    value = json.loads(line)
                except ValueError:
                    continue
                if isinstance(value, dict) and str(value.get("id")) == str(number) and "method" not in value:
                    if "error" in value:
                        raise RuntimeError(value["error"].get("message", "an error"))
                    return value["result"]
            if select.select([server.stdout], [], [], 1)[0]:
                piece = os.read(server.stdout.fileno(), 1 << 20)
                if not piece:
                    raise RuntimeError("it ended")
                buffer += piece
        raise RuntimeError(f"no answer within {LIMIT} s")

    try:
        client = {"name": "plain", "version": "1"}
        send({"jsonrpc": "2.0", "id": 1, "method": "initialize",
              "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}})
        answer(1)
        send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        tools, cursor, number = [], None, 2
        while True:
            send({"jsonrpc": "2.0", "id": number, "method": "tools/list", "params": {"cursor": cursor} if cursor else {}})
            page = answer(number)
            tools += page["tools"]
            cursor, number = page.get("nextCursor"), number + 1
            if not cursor:
                return tools, None
    except (RuntimeError, OSError, KeyError) as fault:
        time.sleep(0.3)
        errors.seek(0)
        last = [line.strip() for line in errors.read().splitlines() if line.strip(" │╭╮╰╯─")]
        return None, f"{fault}: {last[-1][:140]}" if last else str(fault)
    finally:
        server.kill()
        server.wait()
        errors.close()


def value_for(schema, root, depth=0):
    """A small value that a schema lets through, for the schemas that such tools have."""
    if not isinstance(schema, dict) or depth > 6:
        return "a"
    if "$ref" in schema and schema["$ref"].startswith("#/"):
        target = root
        for step in schema["$ref"][2:].split("/"):
            target = target[step]
        return value_for(target, root, depth + 1)
    for key in ("const", "default"):
        if key in schema and schema[key] is not None:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("examples"):
        return schema["examples"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return value_for(schema[key][0], root, depth + 1)
    if schema.get("format") in ("uri", "date", "date-time", "uuid", "email"):
        return {"uri": "https://example.org/", "date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z",
                "uuid": "00000000-0000-4000-8000-000000000000", "email": "a@example.org"}[schema["format"]]
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return {name: value_for(schema.get("properties", {}).get(name, {}), root, depth + 1)
                for name in schema.get("required", [])}
    if kind == "array":
        return [value_for(schema.get("items", {}), root, depth + 1) for _ in range(max(1, schema.get("minItems", 1)))]
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    return {"boolean": False, "null": None}.get(kind, "a" * max(1, schema.get("minLength", 1)))


def harmless(tools):
    """The tool to call, and with what: one that asks for something and changes nothing."""
    found = [t for t in tools if HARMLESS.search(t["name"]) and not HARMFUL.search(t["name"])]
    found.sort(key=lambda t: len(t["parameters"].get("required", [])))
    if not found:
        return None
    return found[0]["name"], value_for(found[0]["parameters"], found[0]["parameters"])


def try_server(peers, package, given, quiet):
    """The outcome ("ok", "skip" or "FAIL"), one line of the report, and the figures."""
    # Servers that were written for the SDK's first version say so by not starting with the second.
    for also in [[], ["mcp<2"]]:
        venv, reason = install(peers, package, also)
        if venv is None:
            return "skip", reason, None
        name = given.get("command") or program(venv, package)
        if name is None or not (venv / "bin" / name).exists():
            return "skip", "it has no program to start", None
        home = Path(tempfile.mkdtemp(prefix="callgate-server-"))
        try:
            outcome = hold(package, given, str(venv / "bin" / name), home, quiet)
        finally:
            shutil.rmtree(home, ignore_errors=True)
        if not outcome[1].startswith("it does not start"):
            break
    return outcome


def hold(package, given, command, home, quiet):
    def filled(value):
        return json.loads(json.dumps(value).replace("{home}", str(home)))

    run(["git", "init", "--quiet", str(home / "repository")])
    arguments = filled(given.get("args", []))
    path = f"{os.path.dirname(command)}:{os.environ['PATH']}"
    environment = {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", "AWS_REGION": "eu-west-1", **filled(given.get("env", {}))}
    given_tools, reason = catalogue(quiet + [command] + arguments, environment, home)
    if given_tools is None:
        return "skip", "it does not start: " + reason, None
    names = [tool["name"] for tool in given_tools]
    (home / "catalogue.json").write_text(json.dumps({"tools": given_tools}))
    settings = home / "mcp.json"
    settings.write_text(json.dumps({"mcpServers": {"server": {
        "command": command, "args": arguments, "env": environment}}}))
    callgate = quiet + [os.environ["CALLGATE"], "tools"]
    more = dict(env={**environment, "CALLGATE_CONFIG": "/nowhere"}, cwd=home, timeout=4 * LIMIT)
    linted = run(callgate + ["lint", str(home / "catalogue.json")], **more)
    lines = linted.stdout.strip().splitlines()
    if linted.returncode not in (0, 1) or not lines or "finding" not in lines[-1]:
        return "FAIL", "tools lint: " + (linted.stdout + linted.stderr).strip()[-300:], None
    listed = run(callgate + ["list", "--json", str(settings)], **more)
    if listed.returncode:
        return "FAIL", "tools list: " + listed.stderr.strip()[-300:], None
    tools = [entry.get("function", entry) for entry in json.loads(listed.stdout)]
    marks = [line for line in lines[:-1] if MARK.search(line)]
    aside = [line.split(": set aside: ")[0] for line in marks if ": set aside: " in line]
    marked = {line.split(":")[0] for line in marks}
    if sorted([t["name"] for t in tools] + aside) != sorted(names):
        lost = sorted(set(names) - {t["name"] for t in tools} - set(aside))
        return "FAIL", f"the server has {len(names)} tools, listed are {len(tools)}; lost: {lost[:5]}", None
    chosen = filled(given["call"]) if "call" in given else harmless(tools)
    figures = dict(tools=len(names), marked=len(marked), aside=len(aside), marks=marks, called=0, errors=0)
    said = "no tool that is surely harmless"
    if chosen:
        called = run(callgate + [
            "call", chosen[0], "--args", json.dumps(chosen[1]), "--workflow", str(settings), "--approve", "all"], **more)
        answer = called.stdout.strip()
        last = called.stderr.strip().splitlines()[-1:] or [""]
        # 0: an answer. 1 with words on standard output: the tool's own error.
        if called.returncode not in (0, 1) or (called.returncode == 1 and not answer):
            return "FAIL", f"tools call {chosen[0]} {json.dumps(chosen[1])[:80]}: {called.returncode} {last[0][:300]}", figures
        figures["called"] = 1
        figures["errors"] = called.returncode
        said = f"{chosen[0]}: {'an error of its own' if called.returncode else 'an answer'}"
        if os.environ.get("CALLGATE_ANSWERS"):
            said += f" {answer[:120]!r} {last[0][:120]!r}"
    return "ok", f"{len(names)} tools, {len(marked)} marked, {len(aside)} set aside; {said}", figures


def attempt(peers, package, given, quiet):
    try:
        return try_server(peers, package, given, quiet)
    except subprocess.TimeoutExpired as slow:
        return "FAIL", f"took longer than {4 * LIMIT} s: {' '.join(map(str, slow.cmd[-4:]))[:200]}", None


def main():
    peers = Path(sys.argv[1])
    chosen = [entry for entry in SERVERS if not sys.argv[2:] or entry[0] in sys.argv[2:]]
    quiet = ["unshare", "-n"] if shutil.which("unshare") and run(["unshare", "-n", "true"]).returncode == 0 else []
    sums = dict(servers=0, tools=0, marked=0, aside=0, called=0, errors=0)
    skipped = failed = 0
    kinds = {}
    with ThreadPoolExecutor(int(os.environ.get("CALLGATE_JOBS", "2"))) as pool:
        outcomes = [(package, pool.submit(attempt, peers, package, given, quiet)) for package, given in chosen]
        for package, outcome in outcomes:
            status, words, figures = outcome.result()
            print(f"{status:5} {package}: {words}", flush=True)
            skipped += status == "skip"
            failed += status == "FAIL"
            if not figures:
                continue
            sums["servers"] += 1
            for key in ("tools", "marked", "aside", "called", "errors"):
                sums[key] += figures[key]
            for line in figures["marks"]:
                print(f"          {line[:200]}")
                kind = line.split(": ", 1)[1].split(": ", 1)[0].rsplit("/", 1)[-1]
                kinds[kind] = kinds.get(kind, 0) + 1
    share = 100 * sums["marked"] / max(1, sums["tools"])
    print(f"{sums['servers']} servers with {sums['tools']} tools: {sums['marked']} tools need a mark ({share:.1f} %), "
          f"{sums['aside']} are set aside; {sums['called']} servers called, {sums['errors']} of them answer with an error of "
          f"their own; {skipped} skipped, {failed} failed")
    for kind, count in sorted(kinds.items(), key=lambda k: -k[1]):
        print(f"    {count} x {kind}")
    sys.exit(1 if failed else 0)


main()
