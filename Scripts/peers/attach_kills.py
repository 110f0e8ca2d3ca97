#!/usr/bin/env python3
"""Kills `callgate attach` at random moments under a running client: nothing may run that was not approved, nothing twice.

    attach_kills.py CALLGATE [KILLS] [SEED]

The client asks a scripted provider through the proxy, runs what it gets, and asks again where a response breaks off. One call
of each response is allowed by a rule, the other denied. The proxy is killed (SIGKILL) after a random time and started anew on
the same port and folder, over and over.
"""
import http.client
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
callgate = sys.argv[1]
kills = int(sys.argv[2]) if len(sys.argv) > 2 else 200
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
chance = random.Random(seed)
folder = pathlib.Path(tempfile.mkdtemp(prefix="callgate-kills-"))
ROUNDS = 4
turns = [{"say": "I note.", "ask": [["note", {"text": f"good {n}"}], ["note", {"text": f"bad {n}"}]]} for n in range(ROUNDS)]
(folder / "turns.json").write_text(json.dumps([*turns, {"say": "Done."}]))
(folder / "rules.yaml").write_text("policy:\n  default: ask\n  allow:\n    - {tool: note, when: {/text: '^good'}}\n")
provider = subprocess.Popen([sys.executable, HERE / "scripted_provider.py", folder / "turns.json"], stdout=subprocess.PIPE, text=True)
upstream = provider.stdout.readline().strip()
port = 20000 + chance.randrange(20000)
ran = []
conversations = 0
done = threading.Event()


def start():
    proxy = subprocess.Popen(
        [callgate, "attach", "--headless", "--approve", "policy", "--rules", folder / "rules.yaml", "--listen", f"127.0.0.1:{port}",
         "--upstream", f"http://127.0.0.1:{upstream}", "--record", folder / "sessions"],
        stdout=subprocess.PIPE, stderr=open(folder / "log", "a"), text=True)
    line = proxy.stdout.readline()
    if "listening" not in line:
        sys.exit(f"the proxy did not start: {(folder / 'log').read_text()[-500:]}")
    return proxy


def ask(history, name):
    """One answer, whole; asks again until there is one."""
    body = json.dumps({"model": "m", "max_tokens": 9, "stream": True, "messages": history,
                       "tools": [{"name": "note", "input_schema": {"type": "object", "properties": {"text": {"type": "string"}},
                                                                   "required": ["text"]}}]})
    while not done.is_set():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("POST", "/v1/messages", body,
                               {"content-type": "application/json", "user-agent": "kills", "x-callgate-session": name})
            text = connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
            continue
        events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
        if events and events[-1]["type"] == "message_stop":
            return events
        time.sleep(0.02)
    return None


def converse():
    """Conversations one after the other, each to its end."""
    global conversations
    while not done.is_set():
        history = [{"role": "user", "content": f"Note, number {conversations}."}]
        for _ in range(ROUNDS + 1):
            events = ask(history, f"c{conversations}")
            if events is None:
                return
            blocks, texts = {}, {}
            for event in events:
                if event["type"] == "content_block_start":
                    blocks[event["index"]] = dict(event["content_block"])
                    texts[event["index"]] = ""
                elif event["type"] == "content_block_delta":
                    texts[event["index"]] += event["delta"].get("text", event["delta"].get("partial_json", ""))
            told = []
            for index, block in blocks.items():
                if block["type"] == "text":
                    block["text"] = texts[index]
                    continue
                block["input"] = json.loads(texts[index] or "{}")
                if block["name"] == "note":
                    ran.append((conversations, block["id"], block["input"]["text"]))
                    told.append({"type": "tool_result", "tool_use_id": block["id"], "content": "noted"})
                else:
                    told.append({"type": "tool_result", "tool_use_id": block["id"], "content": "No such tool", "is_error": True})
            history.append({"role": "assistant", "content": list(blocks.values())})
            if not told:
                break
            history.append({"role": "user", "content": told})
        conversations += 1


client = threading.Thread(target=converse)
proxy = start()
client.start()
for _ in range(kills):
    time.sleep(chance.uniform(0.0, 0.25))
    proxy.send_signal(signal.SIGKILL)
    proxy.wait()
    proxy = start()
time.sleep(1)
done.set()
client.join()
proxy.terminate()
provider.kill()

texts = [text for _, _, text in ran]
faults = [f"{text!r} ran" for text in texts if not text.startswith("good")]
ids = [(conversation, call) for conversation, call, _ in ran]
faults += [f"{call} ran twice" for call in set(ids) if ids.count(call) > 1]
decided = {}
for journal in sorted((folder / "sessions").glob("*.jsonl")):
    if journal.stat().st_size == 0:
        continue
    audit = subprocess.run([callgate, "audit", journal], capture_output=True, text=True)
    if audit.returncode != 0:
        faults.append(f"{journal.name}: {audit.stdout.splitlines()[-1:]} {audit.stderr}")
    for started in re.findall(r"(call_\d+) \(note\) runs", audit.stdout):
        decided[started] = decided.get(started, 0) + 1
faults += [f"{call} ran and the journals do not say so" for _, call, _ in ran if call not in decided]
faults += [f"{call} was started {count} times" for call, count in decided.items() if count > 1]
print(f"{kills} kills, seed {seed}: {conversations} conversations, {len(ran)} calls ran, {len(decided)} started; "
      + ("; ".join(faults[:5]) if faults else "nothing ran unapproved, nothing twice"))
sys.exit(1 if faults else 0)
