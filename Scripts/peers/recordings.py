"""The work of recordings.sh: what cc-dump and mitmproxy record of a real session of Claude Code, imported and compared."""
import json
import os
import pathlib
import pty
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from coding_agents import PEERS, program
from transcripts import Provider, alike, difference, of_anthropic, joined, of_journal, start

TURNS = [
    {"say": "I look.", "ask": [["Bash", {"command": "echo one"}], ["Bash", {"command": "echo bad >&2; exit 3"}]]},
    {"say": "I look again.", "ask": [["Bash", {"command": "printf 'é\\n'"}]]}, {"say": "All is done."}]


def installed(package):
    """The folder of the package's programs."""
    venv = PEERS / package
    if not (venv / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", package], check=True)
        (venv / "complete").touch()
    return venv / "bin"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port):
    for _ in range(600):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nobody listens on port {port}")


def work(folder, port):
    """A session of Claude Code by way of the proxy."""
    start([str(program("claude")), "-p", "look around", "--allowedTools", "Bash"], folder, {
        "IS_SANDBOX": "1", "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}", "ANTHROPIC_API_KEY": "made-up",
        "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"})


def cc_dump(folder, provider):
    """The recording of cc-dump, which wants a terminal."""
    command = [installed("cc-dump") / "cc-dump", "--port", str(port := free_port()), "--target",
               f"http://127.0.0.1:{provider.port}", "--record", folder / "recorded"]
    ours, theirs = pty.openpty()
    environment = {"HOME": str(folder / "home"), "PATH": os.environ["PATH"], "TERM": "xterm-256color"}
    proxy = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment, start_new_session=True)
    os.close(theirs)

    def drain():
        try:
            while os.read(ours, 1 << 16):
                pass
        except OSError:
            pass

    threading.Thread(target=drain, daemon=True).start()
    try:
        wait_for(port)
        work(folder, port)
        time.sleep(2)
    finally:
        os.killpg(proxy.pid, signal.SIGKILL)
        proxy.wait()
    return [path for path in (folder / "recorded").rglob("*.har") if path.stat().st_size > 1000]


def mitmproxy(folder, provider):
    """The flows and the HTTP archive of mitmproxy."""
    proxy = subprocess.Popen(
        [installed("mitmproxy") / "mitmdump", "--quiet", "--listen-host", "127.0.0.1", "--listen-port", str(port := free_port()),
         "--mode", f"reverse:http://127.0.0.1:{provider.port}", "-w", folder / "x.flows", "--set", f"hardump={folder / 'x.har'}",
         "--set", f"confdir={folder / 'home'}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        work(folder, port)
    finally:
        proxy.send_signal(signal.SIGINT)
        proxy.wait()
    return [folder / "x.flows", folder / "x.har"]


def compare(callgate, folder, recording, provider):
    place = folder / f"imported-{recording.suffix[1:]}"
    place.mkdir()
    imported = subprocess.run([callgate, "import", recording], cwd=place, capture_output=True, text=True)
    if imported.returncode:
        print(f"    {recording.name}: {imported.stderr.strip()[-300:]}")
        return False
    sessions = [of_journal(path, True)[0] for path in sorted(place.glob("sessions/*.jsonl"))]
    sessions = [alike(joined(messages), False) for messages in sessions]
    faults = 0
    entries = [entry for entry in provider.requests() if entry["path"].endswith("/messages")]
    for number, entry in enumerate(entries):
        asked = alike(of_anthropic(entry["body"]), False)
        outcomes = [difference(asked, session) for session in sessions]
        if None not in outcomes:
            faults += 1
            at, words = max(outcomes)
            print(f"    {recording.name}, request {number}: after {at} messages that agree {words}")
    said = [entry["told"]["say"] for entry in entries]
    heard = json.dumps(sessions, ensure_ascii=False)
    faults += sum(words not in heard for words in said)
    print(f"    {recording.name}: {len(sessions)} session(s), {len(entries)} requests, {faults} differ; "
          f"{imported.stdout.splitlines()[0].split(' is ', 1)[1]}")
    return not faults


def replay(callgate, folder, recording):
    """The imported session as a cassette: Claude Code works once more, offline, with what was recorded."""
    place = folder / f"imported-{recording.suffix[1:]}"
    session = next(iter(sorted(place.glob("sessions/*.jsonl"))))
    again = folder / f"again-{recording.suffix[1:]}"
    (again / "home").mkdir(parents=True)
    ran = subprocess.run(
        [callgate, "attach", "--headless", "--approve", "all", "--listen", "127.0.0.1:0", "--upstream", session, "--record",
         again / "sessions", "--", program("claude"), "-p", "look around", "--allowedTools", "Bash"],
        cwd=again, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300,
        env={"HOME": str(again / "home"), "PATH": os.environ["PATH"], "IS_SANDBOX": "1", "ANTHROPIC_API_KEY": "made-up",
             "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"})
    replayed = [of_journal(path, True)[0] for path in sorted((again / "sessions").glob("*.jsonl"))]
    answers = [parts for messages in replayed for role, parts in messages if role in ("assistant", "user")
               and any(kind != "words" for kind, _ in parts)]
    recorded = [parts for role, parts in of_journal(session, True)[0] if any(kind != "words" for kind, _ in parts)]
    fine = ran.returncode == 0 and TURNS[-1]["say"] in ran.stdout + ran.stderr and answers == recorded
    print(f"    {recording.name}: replayed to Claude Code, " + (
        f"which makes the same {len(answers)} messages of calls and results" if fine else f"which ends with {ran.returncode}: "
        f"{(ran.stdout + ran.stderr)[-600:]} {answers} {recorded}"))
    return fine


def main():
    callgate, chosen = os.path.abspath(sys.argv[1]), sys.argv[2:] or ["cc-dump", "mitmproxy"]
    fine = True
    for name, record in (("cc-dump", cc_dump), ("mitmproxy", mitmproxy)):
        if name not in chosen:
            continue
        try:
            program("claude")
            installed(name)
        except Exception as error:
            print(f"{name}: skipped: {error}")
            continue
        print(f"{name}:")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="callgate-recordings-"))
        for inner in ("home", "work"):
            (folder / inner).mkdir()
        provider = Provider(folder, TURNS)
        try:
            recordings = record(folder, provider)
        finally:
            provider.stop()
        agree = bool(recordings) and all([
            compare(callgate, folder, path, provider) and replay(callgate, folder, path) for path in recordings])
        if not recordings:
            print(f"    {name} recorded nothing")
        fine &= agree
        if agree:
            shutil.rmtree(folder)
        else:
            print(f"    everything is in {folder}")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
