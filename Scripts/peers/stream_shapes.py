"""Streams in the packages' own types, read by the packages' clients and by callgate; see check-stream-shapes.sh."""

import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading

import anthropic
import openai
from anthropic import types as messages
from openai.types.chat import ChatCompletionChunk

ARGUMENTS = '{"id": "T-1042"}'


def chunk(delta, finish=None, usage=None, choices=True, logprobs=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": logprobs}
    return ChatCompletionChunk.model_validate(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [choice] if choices else [],
            "usage": usage,
        }
    ).model_dump_json()


def openai_stream():
    """Words with log-probabilities, two parallel calls cut into single characters, and a usage chunk."""
    top = {"token": "Look", "logprob": -0.25, "bytes": [76, 111, 111, 107]}
    yield chunk({"role": "assistant", "content": ""})
    yield chunk({"content": "Look"}, logprobs={"content": [{**top, "top_logprobs": [top]}], "refusal": None})
    for index, name in enumerate(["get_ticket", "get_ticket"]):
        call = {"index": index, "id": f"call_{index}", "type": "function"}
        yield chunk({"tool_calls": [{**call, "function": {"name": name, "arguments": ""}}]})
    for character in ARGUMENTS:
        for index in range(2):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": character}}]})
    yield chunk({}, finish="tool_calls")
    counts = {"prompt_tokens": 40, "completion_tokens": 21, "total_tokens": 61}
    yield chunk({}, usage=counts, choices=False)
    yield "[DONE]"


def anthropic_stream():
    """A thinking block, words and a call, in events of every kind."""
    usage = messages.Usage(input_tokens=40, output_tokens=1)
    message = messages.Message(
        id="msg_1", type="message", role="assistant", content=[], model="m", stop_reason=None, stop_sequence=None, usage=usage
    )
    yield messages.RawMessageStartEvent(type="message_start", message=message)
    blocks = [
        (
            messages.ThinkingBlock(type="thinking", thinking="", signature=""),
            [
                messages.ThinkingDelta(type="thinking_delta", thinking="Which one?"),
                messages.SignatureDelta(type="signature_delta", signature="c2ln"),
            ],
        ),
        (messages.TextBlock(type="text", text="", citations=None), [messages.TextDelta(type="text_delta", text="Look")]),
        (
            messages.ToolUseBlock(type="tool_use", id="toolu_1", name="get_ticket", input={}),
            [messages.InputJSONDelta(type="input_json_delta", partial_json=part) for part in ["", *ARGUMENTS]],
        ),
    ]
    for index, (block, deltas) in enumerate(blocks):
        yield messages.RawContentBlockStartEvent(type="content_block_start", index=index, content_block=block)
        for delta in deltas:
            yield messages.RawContentBlockDeltaEvent(type="content_block_delta", index=index, delta=delta)
        yield messages.RawContentBlockStopEvent(type="content_block_stop", index=index)
    yield messages.RawMessageDeltaEvent.model_validate(
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None},
            "usage": {"output_tokens": 33},
        }
    )
    yield messages.RawMessageStopEvent(type="message_stop")


class Handler(http.server.BaseHTTPRequestHandler):
    bodies = []

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        Handler.bodies.append(body)
        has_results = any(
            m["role"] == "tool" or "tool_result" in json.dumps(m["content"]) for m in body["messages"]
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if self.path.endswith("/chat/completions"):
            events = [chunk({"content": "done"}), chunk({}, finish="stop"), "[DONE]"] if has_results else openai_stream()
            text = "".join(f"data: {event}\n\n" for event in events)
        elif has_results:
            text = "".join(named(event) for event in answer())
        else:
            text = "".join(named(event) for event in anthropic_stream())
        self.wfile.write(text.encode())


def named(event):
    return f"event: {event.type}\ndata: {event.model_dump_json()}\n\n"


def answer():
    for event in anthropic_stream():
        index = getattr(event, "index", None)
        if index in (0, 2):
            continue
        if index == 1:
            event.index = 0
        if event.type == "message_delta":
            event.delta.stop_reason = "end_turn"
        yield event


def read_by_clients(base):
    """What the packages make of the streams: content and calls."""
    client = openai.OpenAI(base_url=base + "/v1", api_key="x", max_retries=0)
    content, calls = "", {}
    stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], stream=True)
    for part in stream:
        for choice in part.choices:
            content += choice.delta.content or ""
            for call in choice.delta.tool_calls or []:
                known = calls.setdefault(call.index, [call.id, call.function.name, ""])
                known[2] += call.function.arguments
    first = (content, list(calls.values()))
    other = anthropic.Anthropic(base_url=base, api_key="x", max_retries=0)
    with other.messages.stream(model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}]) as stream:
        final = stream.get_final_message()
    words = "".join(block.text for block in final.content if block.type == "text")
    uses = [[b.id, b.name, json.dumps(b.input)] for b in final.content if b.type == "tool_use"]
    return {"openai": first, "anthropic": (words, uses)}


def read_by_callgate(program, base, folder, name):
    model = {"url": base + ("/v1" if name == "openai" else ""), "model": "m", "key": "PEER_KEY"}
    if name == "openai":
        model["logprobs"] = 1
    workflow = {"model": {name: model}, "tools": [{"builtin": "support-desk", "database": name + ".sqlite"}], "prompt": "x"}
    path = os.path.join(folder, name + ".json")
    with open(path, "w") as file:
        json.dump(workflow, file)
    journal = os.path.join(folder, name + ".jsonl")
    subprocess.run(
        [program, "run", path, "--headless", "--approve", "all", "--record", journal],
        cwd=folder, check=True, env={**os.environ, "PEER_KEY": "k"}, stdout=subprocess.DEVNULL,
    )
    with open(journal) as lines:
        events = [json.loads(line) for line in lines]
    response = next(event for event in events if event["kind"] == "response")
    calls = [[call["id"], call["name"], call["arguments"]] for call in response["calls"]]
    return (response["content"], calls), response


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    expected = read_by_clients(base)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, version in ("openai", openai.__version__), ("anthropic", anthropic.__version__):
            Handler.bodies.clear()
            found, response = read_by_callgate(sys.argv[1], base, folder, name)
            same = found == tuple(expected[name])
            print(f"{name} {version}: {'the same' if same else f'DIFFERENT: {found} and {expected[name]}'}")
            failed |= not same
            if name == "anthropic":
                sent = Handler.bodies[-1]["messages"]
                thinking = sent[1]["content"][0]
                kept = thinking == {"type": "thinking", "thinking": "Which one?", "signature": "c2ln"}
                first = sent[2]["content"][0]["type"] == "tool_result"
                print(f"thinking sent back {'unaltered' if kept else f'ALTERED: {thinking}'}, results first: {first}")
                failed |= not kept or not first
    sys.exit(1 if failed else 0)


main()
