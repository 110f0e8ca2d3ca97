"""Reads an exported log and exported spans with the packages whose formats they are. Run by exchange.sh:

    python3 Scripts/peers/exchange.py SESSION.jsonl LOG.inspect.json SPANS.otel.json
"""

import base64
import json
import pathlib
import sys

session, log_file, span_file = map(pathlib.Path, sys.argv[1:])
journal = [json.loads(line) for line in session.read_text().splitlines()]
asked = [(call["id"], call["name"]) for line in journal if line["kind"] == "response" for call in line["calls"]]
read = [(line["id"], line["content"]) for line in journal if line["kind"] == "tool-message"]
counts = {kind: sum(line["kind"] == kind for line in journal) for kind in ("request", "started", "decision")}


def same(what, left, right):
    if left != right:
        raise SystemExit(f"{session.name}: {what} differ:\n  {left}\n  {right}")


def inspect_log():
    try:
        import inspect_ai
        from inspect_ai.log import read_eval_log
    except ImportError as error:
        print(f"{session.name}: skipped: inspect-ai is not installed ({error})")
        return
    log = read_eval_log(str(log_file), resolve_attachments=True)
    sample = log.samples[0]
    messages = sample.messages
    same("calls", [(call.id, call.function) for message in messages if message.role == "assistant"
                   for call in message.tool_calls or []], asked)
    same("results", [(message.tool_call_id, message.error.message if message.error else message.text)
                     for message in messages if message.role == "tool"], read)
    kinds = [event.event for event in sample.events]
    same("events", [kinds.count(kind) for kind in ("model", "tool", "approval")],
         [counts[kind] for kind in ("request", "started", "decision")])
    # What a request heard is the conversation up to its answer.
    for event in sample.events:
        if event.event == "model" and event.output.choices:
            ids = [message.id for message in event.input]
            answer = event.output.choices[0].message.id
            same("what a request heard", ids + [answer], [message.id for message in messages[:len(ids) + 1]])
    print(f"{session.name}: inspect-ai {inspect_ai.__version__} reads {len(messages)} messages, {len(kinds)} events")


def spans():
    try:
        from google.protobuf import json_format
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
        from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status, TracesData
    except ImportError as error:
        print(f"{session.name}: skipped: opentelemetry-proto is not installed ({error})")
        return
    document = json.loads(span_file.read_text())
    # OTLP writes IDs in hexadecimal, where the JSON of protocol buffers has base64.
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for key in ("traceId", "spanId", "parentSpanId"):
                    if key in span:
                        span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    text = json.dumps(document)
    request = json_format.Parse(text, ExportTraceServiceRequest())
    data = json_format.Parse(text, TracesData())
    same("spans", list(request.resource_spans), list(data.resource_spans))
    found = [span for resource in data.resource_spans for scope in resource.scope_spans for span in scope.spans]
    root = found[0]
    same("the root's parent", root.parent_span_id, b"")
    same("the lengths of IDs", {(len(span.trace_id), len(span.span_id)) for span in found}, {(16, 8)})
    same("parents", {span.parent_span_id for span in found[1:]}, {root.span_id} if found[1:] else set())

    def attributes(span):
        return {item.key: item.value.string_value for item in span.attributes}

    chats = [span for span in found if attributes(span)["gen_ai.operation.name"] == "chat"]
    tools = [span for span in found if attributes(span)["gen_ai.operation.name"] == "execute_tool"]
    same("counts", [len(chats), len(tools)], [counts["request"], counts["started"]])
    same("kinds", {span.kind for span in chats}, {Span.SPAN_KIND_CLIENT})
    parts = [part for span in chats for message in json.loads(attributes(span).get("gen_ai.output.messages", "[]"))
             for part in message["parts"] if part["type"] == "tool_call"]
    same("calls", [(part["id"], part["name"]) for part in parts], asked)
    failed = sum(line["kind"] == "finished" and line["ending"] != "completed" for line in journal)
    same("failed calls", sum(span.status.code == Status.STATUS_CODE_ERROR for span in tools), failed)
    heard = [(part["id"], part["response"])
             for message in json.loads(attributes(chats[-1])["gen_ai.input.messages"]) if message["role"] == "tool"
             for part in message["parts"]]
    same("results", heard, read[:len(heard)])
    print(f"{session.name}: opentelemetry-proto reads {len(found)} spans, {len(chats)} requests, {len(tools)} calls")


inspect_log()
spans()
