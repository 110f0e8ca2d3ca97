#!/usr/bin/env python3
"""Reads streams with the providers' own clients and prints what each made of them, one JSON object a line.

    read_formats.py FOLDER

FOLDER holds NUMBER.FORMAT.stream and NUMBER.FORMAT.whole files; each is served on loopback and asked for once.
"""
import json
import pathlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = pathlib.Path(sys.argv[1])
current = {"body": b"", "type": ""}


class Server(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-type", current["type"])
        self.send_header("content-length", str(len(current["body"])))
        self.end_headers()
        self.wfile.write(current["body"])


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
tools = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in ("get_ticket", "list_all", "close")]


def chat(streamed):
    import openai
    client = openai.OpenAI(base_url=base + "/v1", api_key="made-up", max_retries=0)
    ask = dict(model="m", messages=[{"role": "user", "content": "x"}])
    if streamed:
        with client.chat.completions.stream(**ask) as stream:
            for _ in stream:
                pass
            message = stream.get_final_completion().choices[0].message
    else:
        message = client.chat.completions.create(**ask).choices[0].message
    thinking = getattr(message, "reasoning_content", None) or ""
    calls = [(c.id, c.function.name, c.function.arguments) for c in message.tool_calls or []]
    return message.content or "", thinking, calls


def responses(streamed):
    import openai
    client = openai.OpenAI(base_url=base + "/v1", api_key="made-up", max_retries=0)
    ask = dict(model="m", input="x")
    if streamed:
        with client.responses.stream(**ask) as stream:
            for _ in stream:
                pass
            response = stream.get_final_response()
    else:
        response = client.responses.create(**ask)
    thinking = "".join(p.text for item in response.output if item.type == "reasoning" for p in item.summary)
    calls = [(i.call_id, i.name, i.arguments) for i in response.output if i.type == "function_call"]
    return response.output_text, thinking, calls


def messages(streamed):
    import anthropic
    client = anthropic.Anthropic(base_url=base, api_key="made-up", max_retries=0)
    ask = dict(model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}])
    if streamed:
        with client.messages.stream(**ask) as stream:
            for _ in stream:
                pass
            message = stream.get_final_message()
    else:
        message = client.messages.create(**ask)
    text = "".join(b.text for b in message.content if b.type == "text")
    thinking = "".join(b.thinking for b in message.content if b.type == "thinking")
    calls = [(b.id, b.name, json.dumps(b.input)) for b in message.content if b.type == "tool_use"]
    return text, thinking, calls


def gemini(streamed):
    from google import genai
    from google.genai import types
    client = genai.Client(api_key="made-up", http_options=types.HttpOptions(base_url=base))
    if streamed:
        chunks = list(client.models.generate_content_stream(model="m", contents="x"))
    else:
        chunks = [client.models.generate_content(model="m", contents="x")]
    parts = [p for c in chunks for p in (c.candidates[0].content.parts or [])]
    text = "".join(p.text for p in parts if p.text and not p.thought)
    thinking = "".join(p.text for p in parts if p.text and p.thought)
    calls = [(p.function_call.id, p.function_call.name, json.dumps(p.function_call.args)) for p in parts if p.function_call]
    return text, thinking, calls


def ollama(streamed):
    from ollama import Client
    client = Client(host=base)
    replies = client.chat(model="m", messages=[{"role": "user", "content": "x"}], stream=streamed)
    replies = list(replies) if streamed else [replies]
    text = "".join(r.message.content or "" for r in replies)
    thinking = "".join(r.message.thinking or "" for r in replies)
    calls = [("", c.function.name, json.dumps(dict(c.function.arguments))) for r in replies for c in r.message.tool_calls or []]
    return text, thinking, calls


readers = {"chat-completions": chat, "responses": responses, "messages": messages, "gemini": gemini, "ollama": ollama}
for path in sorted(folder.iterdir()):
    number, name, kind = path.name.split(".")
    streamed = kind == "stream"
    current["body"] = path.read_bytes()
    current["type"] = "application/x-ndjson" if name == "ollama" and streamed else "text/event-stream" if streamed else "application/json"
    result = {"file": path.name}
    try:
        text, thinking, calls = readers[name](streamed)
        result.update(text=text, thinking=thinking, calls=[list(call) for call in calls])
    except Exception as error:  # every failure of a client is a finding
        result["error"] = f"{type(error).__name__}: {error}"[:600]
    print(json.dumps(result), flush=True)
