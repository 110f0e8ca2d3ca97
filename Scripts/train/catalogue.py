"""The demo's tools and the system text that carries them (docs/support-desk.md)."""

import json
from pathlib import Path

CATALOGUE = json.loads((Path(__file__).parent / "catalogue.json").read_text())

SYSTEM_PROMPT = (
    "You are the support desk assistant. Use the functions to look things up; never guess. "
    "A ticket without comments is not making progress."
)


def dumps(value):
    return json.dumps(value, ensure_ascii=False)


def system_text(with_catalogue=True):
    if not with_catalogue:
        return SYSTEM_PROMPT
    tools = "\n".join(dumps(tool) for tool in CATALOGUE)
    return (
        f"{SYSTEM_PROMPT}\n\nFunctions you can call:\n<tools>\n{tools}\n</tools>\n"
        'To call one, write {"name": ‹name›, "arguments": ‹object›} inside <tool_call></tool_call>; '
        "several calls may follow one another."
    )


def system_message(with_catalogue=True):
    return "<|im_start|>system\n" + system_text(with_catalogue) + "<|im_end|>\n"
