"""One agent for each SDK and framework, with one tool that appends a line to the file `notes`; run by frameworks.py, and by
real_frameworks.py, whose REAL_MODEL needs another PROMPT and does not get its commands run.

Those that stream write the words of the answers into the file `words` as they come: the time, the answer's number, the piece.
"""
import asyncio
import json
import os
import sys
import time

PROMPT = os.environ.get("PROMPT", "Note one, then two.")
SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


def note(text: str) -> str:
    """Notes a text.

    Args:
        text: What to note.
    """
    with open("notes", "a") as file:
        file.write(text + "\n")
    return f"noted {text}"


def came(answer, piece):
    """Writes down a piece of an answer's words."""
    with open("words", "a") as file:
        file.write(json.dumps([time.time(), answer, piece]) + "\n")


def run(name, arguments):
    """Runs a call as an agent written by hand does: what it does not know is an error for the model."""
    return note(**arguments) if name == "note" else f"there is no tool {name}"


def openai_chat(stream):
    import openai
    client = openai.OpenAI()
    tools = [{"type": "function", "function": {"name": "note", "description": "Notes.", "parameters": SCHEMA}}]
    history = [{"role": "user", "content": PROMPT}]
    while True:
        if stream:
            with client.chat.completions.stream(model="m", messages=history, tools=tools) as events:
                for event in events:
                    if event.type == "content.delta":
                        came(len(history), event.delta)
                message = events.get_final_completion().choices[0].message
        else:
            message = client.chat.completions.create(model="m", messages=history, tools=tools).choices[0].message
        if not message.tool_calls:
            return
        asked = [{"id": c.id, "type": "function", "function": {"name": c.function.name, "arguments": c.function.arguments}}
                 for c in message.tool_calls]
        history.append({"role": "assistant", "content": message.content, "tool_calls": asked})
        for call in message.tool_calls:
            text = run(call.function.name, json.loads(call.function.arguments))
            history.append({"role": "tool", "tool_call_id": call.id, "content": text})


def openai_responses(stream):
    import openai
    client = openai.OpenAI()
    tools = [{"type": "function", "name": "note", "description": "Notes.", "parameters": SCHEMA}]
    history = [{"role": "user", "content": PROMPT}]
    while True:
        if stream and "REAL_MODEL" in os.environ:
            # Its stream() wants an index of each piece's part, which llama-server does not send.
            for event in client.responses.create(model="m", input=history, tools=tools, stream=True):
                if event.type == "response.output_text.delta":
                    came(len(history), event.delta)
            response = event.response
        elif stream:
            with client.responses.stream(model="m", input=history, tools=tools) as events:
                for event in events:
                    if event.type == "response.output_text.delta":
                        came(len(history), event.delta)
                response = events.get_final_response()
        else:
            response = client.responses.create(model="m", input=history, tools=tools)
        asked = [item for item in response.output if item.type == "function_call"]
        if not asked:
            return
        history += [item.model_dump(exclude={"parsed_arguments", "status"}, exclude_none=True) for item in response.output]
        for item in asked:
            text = run(item.name, json.loads(item.arguments))
            history.append({"type": "function_call_output", "call_id": item.call_id, "output": text})


def anthropic_messages(stream):
    import anthropic
    client = anthropic.Anthropic()
    tools = [{"name": "note", "description": "Notes.", "input_schema": SCHEMA}]
    history = [{"role": "user", "content": PROMPT}]
    while True:
        settings = {"model": "m", "max_tokens": 300, "messages": history, "tools": tools}
        if stream:
            with client.messages.stream(**settings) as events:
                for piece in events.text_stream:
                    came(len(history), piece)
                message = events.get_final_message()
        else:
            message = client.messages.create(**settings)
        if message.stop_reason != "tool_use":
            return
        history.append({"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in message.content]})
        told = [{"type": "tool_result", "tool_use_id": b.id, "content": run(b.name, b.input)}
                for b in message.content if b.type == "tool_use"]
        history.append({"role": "user", "content": told})


def anthropic_tool_runner(stream):
    """The SDK's own loop, which goes on in a thread that its provider keeps; llama-server keeps none, and takes what comes."""
    import anthropic
    more = {"thread": False} if "REAL_MODEL" in os.environ else {}
    runner = anthropic.Anthropic().beta.messages.tool_runner(
        model="m", max_tokens=300, tools=[anthropic.beta_tool(note)], messages=[{"role": "user", "content": PROMPT}],
        stream=stream, **more)
    for answer, message in enumerate(runner, 1):
        if stream:
            for piece in message.text_stream:
                came(answer, piece)
            message.get_final_message()


def google_calling(stream):
    """The SDK's own loop: it calls the functions that it was given."""
    from google import genai
    from google.genai import types
    config = types.GenerateContentConfig(tools=[note])
    client = genai.Client()
    if stream:
        for _ in client.models.generate_content_stream(model="m", contents=PROMPT, config=config):
            pass
    else:
        client.models.generate_content(model="m", contents=PROMPT, config=config)


def google(stream):
    from google import genai
    from google.genai import types
    client = genai.Client()
    declared = types.FunctionDeclaration(name="note", description="Notes.", parameters_json_schema=SCHEMA)
    config = types.GenerateContentConfig(
        tools=[types.Tool(function_declarations=[declared])],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True))
    history = [types.Content(role="user", parts=[types.Part(text=PROMPT)])]
    while True:
        parts = []
        if stream:
            for chunk in client.models.generate_content_stream(model="m", contents=history, config=config):
                parts += (chunk.candidates[0].content.parts or []) if chunk.candidates else []
        else:
            parts = client.models.generate_content(model="m", contents=history, config=config).candidates[0].content.parts
        asked = [part.function_call for part in parts if part.function_call]
        if not asked:
            return
        history.append(types.Content(role="model", parts=parts))
        history.append(types.Content(role="user", parts=[
            types.Part.from_function_response(name=call.name, response={"result": run(call.name, call.args)}) for call in asked]))


def openai_agents():
    import agents
    agents.set_tracing_disabled(True)
    agent = agents.Agent(name="noter", model="gpt-5", tools=[agents.function_tool(note)])
    agents.Runner.run_sync(agent, PROMPT)


def langgraph():
    from langchain_openai import ChatOpenAI
    from langgraph.prebuilt import create_react_agent
    create_react_agent(ChatOpenAI(model="m"), [note]).invoke({"messages": [("user", PROMPT)]})


def pydantic_ai():
    from pydantic_ai import Agent
    asyncio.run(Agent("openai-chat:m", tools=[note]).run(PROMPT))


def smolagents():
    from smolagents import OpenAIServerModel, ToolCallingAgent, tool
    model = OpenAIServerModel(model_id="m", api_base=os.environ["OPENAI_BASE_URL"], api_key="made-up")
    ToolCallingAgent(tools=[tool(note)], model=model, max_steps=4).run(PROMPT)


def mini_swe_agent():
    from minisweagent.agents.default import DefaultAgent
    from minisweagent.environments.local import LocalEnvironment
    from minisweagent.models.litellm_model import LitellmModel

    class Written(LocalEnvironment):
        """Writes commands down instead of running them."""

        def execute(self, action, *_, **__):
            return {"output": note(action["command"]), "returncode": 0, "exception_info": ""}

    model = LitellmModel(model_name="openai/m", cost_tracking="ignore_errors")
    environment = Written() if "REAL_MODEL" in os.environ else LocalEnvironment()
    agent = DefaultAgent(model, environment, system_template="You note.", instance_template="{{task}}", step_limit=5)
    agent.run(PROMPT)


{
    "openai-chat": lambda: openai_chat(False), "openai-chat-stream": lambda: openai_chat(True),
    "openai-responses": lambda: openai_responses(False), "openai-responses-stream": lambda: openai_responses(True),
    "anthropic": lambda: anthropic_messages(False), "anthropic-stream": lambda: anthropic_messages(True),
    "anthropic-tool-runner": lambda: anthropic_tool_runner(False),
    "anthropic-tool-runner-stream": lambda: anthropic_tool_runner(True),
    "google-genai": lambda: google(False), "google-genai-stream": lambda: google(True),
    "google-genai-calling": lambda: google_calling(False), "google-genai-calling-stream": lambda: google_calling(True),
    "openai-agents": openai_agents, "langgraph": langgraph, "pydantic-ai": pydantic_ai, "smolagents": smolagents,
    "mini-swe-agent": mini_swe_agent,
}[sys.argv[1]]()
