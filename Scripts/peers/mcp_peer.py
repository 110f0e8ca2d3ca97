"""An MCP server of the real Python SDK, either era: the parts of the protocol that the published servers do not use.

    mcp_peer.py stdio | http PORT
"""

import asyncio
import os
import sys
from typing import Annotated

from pydantic import BaseModel

try:
    from mcp.server.mcpserver import Context, Elicit, MCPServer, Resolve
    from mcp.server.mcpserver.exceptions import ToolError

    MODERN = True
except ImportError:
    from mcp.server.fastmcp import Context, FastMCP as MCPServer
    from mcp.server.fastmcp.exceptions import ToolError

    MODERN = False


class Sum(BaseModel):
    total: int


class Consent(BaseModel):
    sure: bool
    reason: str = ""


transport = sys.argv[1]
options = {"host": "127.0.0.1", "port": int(sys.argv[2])} if transport == "http" else {}
server = MCPServer("peer", **({} if MODERN else options))


@server.tool()
def add(a: int, b: int) -> Sum:
    """Adds two numbers, and answers with structured content."""
    return Sum(total=a + b)


@server.tool()
def fail(words: str) -> str:
    """Fails with these words."""
    raise ToolError(words)


@server.tool()
async def count(to: int, ctx: Context) -> str:
    """Counts with progress."""
    for number in range(to):
        await ctx.report_progress(number + 1, to)
    return f"counted to {to}"


@server.tool()
async def wait(started: str, cancelled: str) -> str:
    """Writes one file when it begins, and the other when it is cancelled; never ends by itself."""
    open(started, "w").close()
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        open(cancelled, "w").close()
        raise
    return "never"


@server.tool()
def die() -> str:
    """Ends the server."""
    print("the peer falls over", file=sys.stderr, flush=True)
    os._exit(7)


if MODERN:

    def consent(item: str) -> Elicit[Consent]:
        return Elicit(f"Really delete {item}?", Consent)

    @server.tool()
    def delete(item: str, answer: Annotated[Consent, Resolve(consent)]) -> str:
        """Asks before it deletes."""
        return f"deleted {item}" if answer.sure else f"kept {item}"

else:

    @server.tool()
    async def delete(item: str, ctx: Context) -> str:
        """Asks before it deletes."""
        answer = await ctx.elicit(f"Really delete {item}?", Consent)
        if answer.action != "accept":
            raise ToolError(f"the person chose to {answer.action}")
        return f"deleted {item}" if answer.data.sure else f"kept {item}"


if transport == "stdio":
    server.run()
else:
    server.run("streamable-http", **(options if MODERN else {}))
