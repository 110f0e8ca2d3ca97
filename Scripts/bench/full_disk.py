"""Runs whose disk fills up and is freed again at random moments, some of them killed meanwhile. See full-disk.sh.

The tool writes its call's ID to a file on another disk. Whatever the journal's disk did, each ID is there at most once,
what has a result in the journal is there, and what is there had begun in the journal.
"""

import collections
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

callgate, disk = sys.argv[1], pathlib.Path(sys.argv[2])
trials = int(sys.argv[3]) if len(sys.argv) > 3 else 100
seed = int(sys.argv[4]) if len(sys.argv) > 4 else int(time.time())
chance = random.Random(seed)

WORKFLOW = """name: full
model: {scripted: script.json}
prompt: go
tools:
  - name: act
    description: Acts.
    parameters: {type: object, properties: {id: {type: string}}, required: [id]}
    command: {shell: 'echo "$ARG_id" >> ran.txt; sleep 0.02; echo done', folder: .}
policy: {default: allow}
parallel: 2
"""
CALLS = [f"r{r}c{c}" for r in range(1, 5) for c in range(1, 4)]
script = [{"calls": [{"id": f"r{r}c{c}", "name": "act", "arguments": {"id": f"r{r}c{c}"}} for c in range(1, 4)]}
          for r in range(1, 5)] + [{"content": "done"}]
counts = collections.Counter()
faults = []


def fill():
    """Takes what is left of the disk, to the byte."""
    counts["filled"] += 1
    with open(disk / "filler", "ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 64, 1):
            try:
                while True:
                    if file.write(b"x" * size) < size:
                        break
            except OSError:
                pass


def free():
    (disk / "filler").unlink(missing_ok=True)


def lines(journal):
    if not journal.exists():
        return []
    found = []
    for line in journal.read_bytes().split(b"\n")[:-1]:
        found.append(json.loads(line))
    return found


def of(events, kind):
    return [event["id"] for event in events if event["kind"] == kind]


def trial(number):
    work = pathlib.Path(tempfile.mkdtemp(prefix="callgate-full-"))
    journal = disk / f"{number}.jsonl"
    try:
        (work / "w.yaml").write_text(WORKFLOW)
        (work / "script.json").write_text(json.dumps(script))
        held = False
        for attempt in range(60):
            events = lines(journal)
            begun = any(event["kind"] == "session" for event in events)
            if not begun:
                journal.unlink(missing_ok=True)
            last = attempt >= 6
            way = ["--resume", str(journal)] if begun else ["--record", str(journal)]
            if begun and not any(e["kind"] == "message" and e["role"] == "user" for e in events):
                way += ["--prompt", "go"]
            counts["runs"] += 1
            run = subprocess.Popen([callgate, "run", "w.yaml", "--headless", "--approve", "none" if begun else "all", *way],
                                   cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            killed = False
            began = time.monotonic()
            moments = sorted(chance.uniform(0, 1.2) for _ in range(chance.choice([1, 2, 3, 5])))
            while run.poll() is None and time.monotonic() - began < 90:
                if not last and moments and time.monotonic() - began > moments[0]:
                    moments.pop(0)
                    what = chance.choice(["fill", "fill", "fill", "free", "kill"])
                    if what == "kill":
                        run.send_signal(signal.SIGKILL)
                        killed = True
                        counts["killed"] += 1
                    else:
                        fill() if what == "fill" else free()
                time.sleep(0.002)
            code = run.wait(10)
            words = run.stderr.read().decode(errors="replace")
            free()
            if killed and code == -signal.SIGKILL:
                continue
            if code == 0:
                break
            if code < 0:
                faults.append(f"trial {number}: signal {-code}: {words[-300:]}")
                return
            if code == 3 and "a person must decide whether it runs again" in words:
                counts["held in doubt"] += 1
                held = True
                break
            counts["stopped"] += 1
            if "space" not in words and "full" not in words and "free some" not in words:
                counts["stopped without the words"] += 1
                if counts["stopped without the words"] <= 5:
                    print(f"    trial {number}: exit {code}: {words[-200:]!r}")
        check(number, work, lines(journal), held)
    finally:
        free()
        journal.unlink(missing_ok=True)
        for other in disk.glob(f"{number}.jsonl*"):
            shutil.rmtree(other) if other.is_dir() else other.unlink()
        shutil.rmtree(work, ignore_errors=True)


def check(number, work, events, held):
    ran = collections.Counter((work / "ran.txt").read_text().split() if (work / "ran.txt").exists() else [])
    started, finished = set(of(events, "started")), set(of(events, "finished"))
    messages = collections.Counter(of(events, "tool-message"))
    # A call that had begun and has no end is held for a person; every other session comes to its end.
    doubtful = started - finished
    if held and not doubtful:
        faults.append(f"trial {number}: held in doubt, and every call has its end")
    if not held and not any(event["kind"] == "end" for event in events):
        faults.append(f"trial {number}: the run never came to its end")
    for ident in CALLS:
        if ran[ident] > 1:
            faults.append(f"trial {number}: {ident} took effect {ran[ident]} times")
        if ran[ident] and ident not in started:
            faults.append(f"trial {number}: {ident} took effect and never began")
        if ident in finished and not ran[ident]:
            faults.append(f"trial {number}: {ident} is finished and never took effect")
        if messages[ident] > 1:
            faults.append(f"trial {number}: {ident} has {messages[ident]} results")
        counts["calls with a result" if ident in finished else "calls denied or in doubt"] += 1
    if set(ran) - set(CALLS):
        faults.append(f"trial {number}: {set(ran) - set(CALLS)} was never asked for")


for number in range(trials):
    trial(number)
print(f"seed {seed}: {trials} sessions, " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
      + f"; {len(faults)} lost, doubled or unexplained")
for fault in faults[:20]:
    print("    " + fault)
sys.exit(1 if faults else 0)
