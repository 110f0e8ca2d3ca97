"""A small service over HTTP with its OpenAPI document: notes that are kept in memory.

    openapi_service.py PORT
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

PORT = int(sys.argv[1])
notes = {}
NOTE = {
    "type": "object",
    "properties": {"title": {"type": "string", "minLength": 1}, "stars": {"type": "integer", "nullable": True}},
    "required": ["title"],
    "additionalProperties": False,
}
BY_NAME = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Notes", "version": "1"},
    "servers": [{"url": f"http://127.0.0.1:{PORT}"}],
    "components": {"schemas": {"Note": NOTE}},
    "paths": {
        "/notes/{name}": {
            "parameters": [BY_NAME],
            "get": {"operationId": "getNote", "summary": "Reads a note."},
            "put": {
                "operationId": "putNote",
                "summary": "Writes a note.",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}},
                },
            },
        },
        "/notes": {
            "get": {
                "operationId": "findNotes",
                "summary": "Finds notes by a word of their title.",
                "parameters": [{"name": "word", "in": "query", "schema": {"type": "string"}}],
            }
        },
    },
}


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, value):
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/openapi.json":
            return self.answer(200, DOCUMENT)
        if self.headers.get("Authorization") != "Bearer notes-key-123":
            return self.answer(401, {"error": f"not with {self.headers.get('Authorization')}"})
        if url.path == "/notes":
            word = parse_qs(url.query).get("word", [""])[0]
            return self.answer(200, [name for name, note in notes.items() if word in note["title"]])
        name = unquote(url.path.removeprefix("/notes/"))
        self.answer(200, notes[name]) if name in notes else self.answer(404, {"error": f"no note {name}"})

    def do_PUT(self):
        name = unquote(urlsplit(self.path).path.removeprefix("/notes/"))
        notes[name] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(201, {"written": name})

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
