#!/usr/bin/env python3
"""A provider that answers every client from one script, so that real agents can be run without a key or a network.

    scripted_provider.py TURNS.json [--port N] [--seen FILE]

TURNS.json: [{"say": "words", "ask": [["tool", {"argument": 1}], ...]}, ...]; a text in the place of the arguments is the input
of a custom tool of Responses. The turn is chosen by how many answers of the model the request holds. A request that offers no
tools is answered in words, by the script where no turn of it asks for a call. A turn may also have "think", words that are
thought before it, and "tokens", what its request is said to have cost. TURNS may also be an object: the list is then the one
whose key stands in the request's first message of a user, the key "" standing in all; or {"stories": [{"first": TEXT, "turns":
[...]}, {"last": TEXT, ...}, {"turns": [...]}]}, with turns for several conversations, told by a text in the first message of a
person, or in the last message of the request. Each request is added to FILE as a line of JSON: its path and its body, and what
it was answered. Threads of Messages are kept: the body of a request that goes on in one is written as the model reads it, what
came before included. The port is printed once the provider listens.
"""
import argparse
import itertools
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

arguments = argparse.ArgumentParser()
arguments.add_argument("turns")
arguments.add_argument("--port", type=int, default=0)
arguments.add_argument("--seen")
arguments = arguments.parse_args()
with open(arguments.turns) as file:
    TURNS = json.load(file)
IDS = itertools.count(1)
LOCK = threading.Lock()
# What the model read and said up to each answer of a thread, by the answer's ID.
THREADS = {}


def new_id(kind):
    with LOCK:
        return f"{kind}_{next(IDS):05}"


def cut(text):
    return [text[at:at + 9] for at in range(0, len(text), 9)]


def has_tools(body):
    """Whether a request offers tools; Codex offers them to some models in an item of the conversation."""
    items = body.get("input") if isinstance(body.get("input"), list) else []
    return bool(body.get("tools")) or any(item.get("type") == "additional_tools" for item in items)


def story(body):
    """The turns of the conversation that a request belongs to, and whether they were chosen by its words."""
    if isinstance(TURNS, list):
        return TURNS, False
    said = body.get("messages") or body.get("input") or body.get("contents") or []
    people = [json.dumps(message) for message in said if message.get("role") == "user"] if isinstance(said, list) else []
    for entry in TURNS.get("stories", []):
        # An environment of the client may stand before the person's words.
        if "first" in entry and any(entry["first"] in text for text in people[:2]):
            return entry["turns"], True
        if "last" in entry and said and entry["last"] in json.dumps(said[-1]):
            return entry["turns"], True
        if "first" not in entry and "last" not in entry:
            return entry["turns"], False
    if "stories" in TURNS:
        return [{"say": "fine"}], False
    keys = [key for key in TURNS if key and people and key in people[0]]
    return TURNS[keys[0] if keys else ""], False


class Answer:
    """One turn with IDs for its calls."""

    def __init__(self, body, answered):
        turns, is_chosen = story(body)
        is_told = is_chosen or has_tools(body) or not any(turn.get("ask") for turn in turns)
        turn = turns[min(answered, len(turns) - 1)] if is_told else {"say": "fine"}
        self.words = turn.get("say", "")
        self.thought = turn.get("think", "")
        self.tokens = turn.get("tokens", 5)
        self.calls = [(new_id("call"), name, given) for name, given in turn.get("ask", [])]


def messages(body, answer):
    content = [{"type": "thinking", "thinking": answer.thought, "signature": "c2VhbGVk"}] if answer.thought else []
    content += [{"type": "text", "text": answer.words}] if answer.words else []
    content += [{"type": "tool_use", "id": i, "name": n, "input": a} for i, n, a in answer.calls]
    whole = {"id": new_id("msg"), "type": "message", "role": "assistant", "model": body.get("model"), "content": content,
             "stop_reason": "tool_use" if answer.calls else "end_turn", "stop_sequence": None,
             "usage": {"input_tokens": answer.tokens, "output_tokens": 5}}
    if body.get("thread"):
        kept = {"role": "assistant", "content": [block for block in content if block["type"] != "thinking"]}
        THREADS[whole["id"]] = {**body, "messages": [*body["messages"], kept]}
    if not body.get("stream"):
        return whole
    events = [{"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}}]
    for index, block in enumerate(content):
        kind = block["type"]
        empty = {"tool_use": {**block, "input": {}}, "text": {**block, "text": ""},
                 "thinking": {**block, "thinking": "", "signature": ""}}[kind]
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        name, whole_text = {"tool_use": ("partial_json", json.dumps(block.get("input"))), "text": ("text", block.get("text")),
                            "thinking": ("thinking", block.get("thinking"))}[kind]
        delta_kind = {"tool_use": "input_json_delta", "text": "text_delta", "thinking": "thinking_delta"}[kind]
        deltas = [{"type": delta_kind, name: piece} for piece in cut(whole_text)]
        if kind == "thinking":
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    events.append({"type": "message_delta", "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
                   "usage": {"output_tokens": 5}})
    events.append({"type": "message_stop"})
    return [f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events]


def chat(body, answer):
    head = {"id": new_id("chat"), "created": 1, "model": body.get("model")}
    reason = "tool_calls" if answer.calls else "stop"
    calls = [{"id": i, "type": "function", "function": {"name": n, "arguments": json.dumps(a)}} for i, n, a in answer.calls]
    usage = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
    if not body.get("stream"):
        message = {"role": "assistant", "content": answer.words or None, **({"tool_calls": calls} if calls else {})}
        return {**head, "object": "chat.completion", "usage": usage,
                "choices": [{"index": 0, "message": message, "finish_reason": reason}]}
    deltas = [{"role": "assistant", "content": ""}] + [{"content": piece} for piece in cut(answer.words)]
    for index, call in enumerate(calls):
        deltas.append({"tool_calls": [{**call, "index": index, "function": {"name": call["function"]["name"], "arguments": ""}}]})
        for piece in cut(call["function"]["arguments"]):
            deltas.append({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    chunks = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    chunks.append({"index": 0, "delta": {}, "finish_reason": reason})
    frames = [{**head, "object": "chat.completion.chunk", "choices": [chunk]} for chunk in chunks]
    if (body.get("stream_options") or {}).get("include_usage"):
        frames.append({**head, "object": "chat.completion.chunk", "choices": [], "usage": usage})
    return [f"data: {json.dumps(frame)}\n\n" for frame in frames] + ["data: [DONE]\n\n"]


def responses(body, answer):
    output = []
    if answer.thought:
        output.append({"type": "reasoning", "id": new_id("rs"), "encrypted_content": "c2VhbGVk",
                       "summary": [{"type": "summary_text", "text": answer.thought}]})
    if answer.words:
        part = {"type": "output_text", "text": answer.words, "annotations": []}
        output.append({"type": "message", "id": new_id("msg"), "role": "assistant", "status": "completed", "content": [part]})
    for call_id, name, given in answer.calls:
        is_custom = isinstance(given, str)
        told = {"input": given} if is_custom else {"arguments": json.dumps(given)}
        space, _, name = name.rpartition(".")
        output.append({"type": "custom_tool_call" if is_custom else "function_call", "id": new_id("fc"), "call_id": call_id,
                       "name": name, **told, "status": "completed", **({"namespace": space} if space else {})})
    whole = {"id": new_id("resp"), "object": "response", "created_at": 1, "status": "completed", "model": body.get("model"),
             "output": output, "parallel_tool_calls": True, "tool_choice": "auto", "tools": body.get("tools", []),
             "usage": {"input_tokens": answer.tokens, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 5,
                       "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": answer.tokens + 5}}
    if not body.get("stream"):
        return whole
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    events = [("response.created", {"response": begun}), ("response.in_progress", {"response": begun})]
    for index, item in enumerate(output):
        place = {"output_index": index}
        if item["type"] == "message":
            inner = {**place, "item_id": item["id"], "content_index": 0}
            events.append(("response.output_item.added", {**place, "item": {**item, "content": [], "status": "in_progress"}}))
            events.append(("response.content_part.added", {**inner, "part": {**item["content"][0], "text": ""}}))
            events += [("response.output_text.delta", {**inner, "delta": piece}) for piece in cut(answer.words)]
            events.append(("response.output_text.done", {**inner, "text": answer.words}))
            events.append(("response.content_part.done", {**inner, "part": item["content"][0]}))
        elif item["type"] == "reasoning":
            events.append(("response.output_item.added", {**place, "item": {**item, "summary": []}}))
        else:
            inner = {**place, "item_id": item["id"]}
            key, kind = (("input", "custom_tool_call_input") if "input" in item else ("arguments", "function_call_arguments"))
            events.append(("response.output_item.added", {**place, "item": {**item, key: "", "status": "in_progress"}}))
            events += [(f"response.{kind}.delta", {**inner, "delta": p}) for p in cut(item[key])]
            events.append((f"response.{kind}.done", {**inner, key: item[key]}))
        events.append(("response.output_item.done", {**place, "item": item}))
    events.append(("response.completed", {"response": whole}))
    return [f"event: {kind}\ndata: {json.dumps({'type': kind, 'sequence_number': number, **more})}\n\n"
            for number, (kind, more) in enumerate(events)]


def gemini(body, answer, is_streamed):
    parts = [{"text": answer.words}] if answer.words else []
    parts += [{"functionCall": {"name": n, "args": a}} for _, n, a in answer.calls]

    def told(some, reason=None):
        return {"candidates": [{"index": 0, "content": {"role": "model", "parts": some},
                                **({"finishReason": reason} if reason else {})}],
                "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 5, "totalTokenCount": 10}, "modelVersion": "s"}

    if not is_streamed:
        return told(parts, "STOP")
    return [f"data: {json.dumps(told([part], 'STOP' if part is parts[-1] else None))}\n\n" for part in parts]


def answers_in(path, body):
    """How many answers of the model a request holds."""
    if "contents" in body:
        return sum(content.get("role") == "model" for content in body["contents"])
    if "input" in body:
        items = body["input"] if isinstance(body["input"], list) else []
        own = [item.get("role") == "assistant" or item.get("type", "").endswith("_call") or item.get("type") == "reasoning"
               for item in items]
        return sum(mine and not (own + [False])[at + 1] for at, mine in enumerate(own))
    return sum(message["role"] == "assistant" for message in body.get("messages", []))


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def whole(self, value, status=200):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.whole({"object": "list", "data": [], "models": []})

    do_HEAD = do_GET

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        path = self.path.split("?")[0]
        thread = body.get("thread") or {}
        if thread.get("type") == "continue":
            before = THREADS.get(thread.get("previous_message_id"))
            if before is None or "tools" in body or "system" in body:
                told = {"type": "not_found_error", "message": "no such thread", "details": {"error_code": "thread_not_found"}}
                return self.whole({"type": "error", "error": told}, 404)
            body = {**before, **body, "messages": [*before["messages"], *body["messages"]]}
        answer = Answer(body, answers_in(path, body))
        if arguments.seen:
            told = {"think": answer.thought, "say": answer.words, "ask": answer.calls}
            with open(arguments.seen, "a") as seen, LOCK:
                seen.write(json.dumps({"path": path, "body": body, "told": told}) + "\n")
        if path.endswith("/count_tokens"):
            return self.whole({"input_tokens": 5})
        for ending, shape in (("/messages", messages), ("/chat/completions", chat), ("/responses", responses)):
            if path.endswith(ending):
                return self.send(shape(body, answer))
        if "generatecontent" in path.lower():
            return self.send(gemini(body, answer, ":stream" in path))
        return self.whole({"error": {"message": "nothing is here", "type": "not_found"}}, 404)

    def send(self, told):
        if isinstance(told, dict):
            return self.whole(told)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for frame in told:
            data = frame.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
        return None


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that leaves is no fault of the provider."""


server = Server(("127.0.0.1", arguments.port), Provider)
print(server.server_address[1], flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    sys.exit(0)
