"""The work of inspect-logs.sh: logs of inspect-ai, imported and held against what inspect-ai reads from them."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from inspect_ai import Task, eval as evaluate
from inspect_ai.agent import react
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log
from inspect_ai.model import (ChatMessageAssistant, ChatMessageSystem, ChatMessageUser, ContentReasoning, ContentText,
                              ModelOutput, get_model)
from inspect_ai.model._providers.mockllm import MockLLM
from inspect_ai.scorer import includes
from inspect_ai.solver import generate, solver, system_message, use_tools
from inspect_ai.tool import ToolCall, ToolError, tool


async def count_tokens(*_, **__):
    """The mock's own count asks the network for a tokenizer."""
    return 1


MockLLM.count_tokens = MockLLM.count_text_tokens = count_tokens


@tool
def add():
    async def execute(x: int, y: int):
        """Adds two numbers.

        Args:
            x: The one.
            y: The other.
        """
        if x < 0:
            raise ToolError("no negative numbers")
        return f"{x + y} – ☂"
    return execute


def calls(*given, words=""):
    """An answer with calls."""
    message = ChatMessageAssistant(content=words, tool_calls=[
        ToolCall(id=f"call_{x}_{y}", function="add", arguments={"x": x, "y": y}) for x, y in given])
    output = ModelOutput.from_message(message)
    output.choices[0].stop_reason = "tool_calls"
    return output


def thinking(thought, words):
    return ModelOutput.from_message(ChatMessageAssistant(content=[ContentReasoning(reasoning=thought), ContentText(text=words)]))


@solver
def failing():
    async def solve(state, generate):
        state = await generate(state)
        raise RuntimeError("the sample falls over")
    return solve


def tasks():
    """Name, task, what the model answers, more for the evaluation."""
    loop = [system_message("Be brief."), use_tools(add()), generate()]
    yield "calls", Task(dataset=[Sample(input="add", target="3")], solver=loop, scorer=includes()), [
        calls((1, 2), (-1, 2), words="I add."), calls((3, 4)), thinking("that is 3", "It is 3.")], {}
    yield "conversation", Task(dataset=[Sample(id="talk", target="x", input=[
        ChatMessageSystem(content="You are kind."), ChatMessageUser(content="hello"), ChatMessageAssistant(content="hi"),
        ChatMessageUser(content=[ContentText(text="one"), ContentText(text="two")])])], solver=[generate()]), [
        thinking("they greet", "Good day.")] * 2, {"epochs": 2}
    yield "agent", Task(dataset=[Sample(input="add", target="3"), Sample(input="add more", target="7")], scorer=includes(),
                        solver=react(tools=[add()])), [
        calls((1, 2)), ModelOutput.for_tool_call("mockllm/model", "submit", {"answer": "3"}),
        calls((3, 4)), ModelOutput.for_tool_call("mockllm/model", "submit", {"answer": "7"})], {"max_samples": 1}
    yield "limit", Task(dataset=[Sample(input="add", target="3")], solver=loop), [calls((n, n)) for n in range(1, 9)], {
        "message_limit": 6}
    yield "failure", Task(dataset=[Sample(input="add", target="3")], solver=[failing()]), [
        ModelOutput.from_content("mockllm/model", "half")], {"fail_on_error": False}


def of_log(sample):
    """The messages of a sample as inspect-ai reads them."""
    told = []
    for message in sample.messages:
        parts = [("words", message.text)] if message.text else []
        parts += [("call", f"{c.id} {c.function} {json.dumps(c.arguments, sort_keys=True)}")
                  for c in getattr(message, "tool_calls", None) or []]
        if message.role == "tool":
            parts = [("result", f"{message.tool_call_id} {message.error.message if message.error else message.text}")]
        told.append((message.role, parts))
    return told


def of_journal(path):
    """The messages of an imported session."""
    told = []
    for event in map(json.loads, path.read_text().splitlines()):
        if event["kind"] == "message":
            told.append((event["role"], [("words", event["content"])]))
        elif event["kind"] == "response":
            parts = [("words", event["content"])] if event["content"] else []
            parts += [("call", f"{c['id']} {c['name']} {json.dumps(json.loads(c['arguments']), sort_keys=True)}")
                      for c in event.get("calls", [])]
            told.append(("assistant", parts))
        elif event["kind"] == "tool-message":
            told.append(("tool", [("result", f"{event['id']} {event['content']}")]))
    return told


def main():
    callgate = os.path.abspath(sys.argv[1])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="callgate-inspect-"))
    faults = logs = samples = messages = 0
    for name, task, outputs, more in tasks():
        for form in ("eval", "json"):
            model = get_model("mockllm/model", custom_outputs=list(outputs))
            made = evaluate(task, model=model, log_dir=str(folder / name), log_format=form, display="none", **more)[0]
            log = read_eval_log(made.location)
            place = folder / f"{name}-{form}"
            place.mkdir()
            imported = subprocess.run([callgate, "import", made.location], cwd=place, capture_output=True, text=True)
            logs += 1
            if imported.returncode:
                faults += 1
                print(f"{name}.{form}: {imported.stderr.strip()[-300:]}")
                continue
            sessions = [of_journal(path) for path in sorted(place.glob("sessions/*.jsonl"))]
            for sample in log.samples:
                wanted = of_log(sample)
                if sample.error and name != "failure":
                    sys.exit(f"{name}.{form}: the evaluation itself failed: {sample.error.message[:300]}")
                samples += 1
                messages += len(wanted)
                if wanted not in sessions:
                    faults += 1
                    print(f"{name}.{form}, sample {sample.id}: inspect-ai reads {wanted}\n    the sessions are {sessions}")
    print(f"{logs} logs of inspect-ai with {samples} samples and {messages} messages: {faults} differ")
    if not faults:
        shutil.rmtree(folder)
    sys.exit(1 if faults else 0)


main()
