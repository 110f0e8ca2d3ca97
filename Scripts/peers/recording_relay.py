#!/usr/bin/env python3
"""Stands before a model's server, passes everything on as it comes, and writes down what was asked and answered.

    recording_relay.py UPSTREAM --seen FILE

Each request is added to FILE as a line of JSON once its answer has ended: its path and its body, the status, and the answer as
it came. The port is printed once it listens.
"""
import argparse
import http.client
import json
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

arguments = argparse.ArgumentParser()
arguments.add_argument("upstream")
arguments.add_argument("--seen", required=True)
arguments = arguments.parse_args()
UPSTREAM = urllib.parse.urlsplit(arguments.upstream).netloc
LOCK = threading.Lock()
# What belongs to one connection alone.
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Relay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        upstream = http.client.HTTPConnection(UPSTREAM, timeout=300)
        upstream.request(self.command, self.path, body or None,
                         {name: value for name, value in self.headers.items() if name.lower() not in HOP})
        answer = upstream.getresponse()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        told = b""
        try:
            while data := answer.read1(65536):
                told += data
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        finally:
            upstream.close()
            line = {"path": self.path, "body": json.loads(body or b"{}"), "status": answer.status,
                    "answer": told.decode(errors="replace")}
            with open(arguments.seen, "a") as seen, LOCK:
                seen.write(json.dumps(line) + "\n")

    do_GET = do_POST


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that leaves is no fault of the server."""


server = Server(("127.0.0.1", 0), Relay)
print(server.server_address[1], flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    sys.exit(0)
