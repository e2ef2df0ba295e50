"""A proxy in front of the emulator that refuses, cuts and loses calls as it is told."""

import http.client
import json
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FORWARD, REFUSE, CUT, LOSE = "forward", "refuse", "cut", "lose"


class Proxy:
    """Stands between client and emulator and does to each call what `plan` says.

    `plan(method, path, body)` gives FORWARD, REFUSE (503), CUT (reset before the emulator sees the
    call), LOSE (reset after it has answered), or (status, JSON) to answer in its place.
    """

    def __init__(self, url):
        self.to = url.removeprefix("http://")
        self.plan = lambda method, path, body: FORWARD
        self.calls = []
        self.done = Counter()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

            def do(self):
                proxy.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handle(self, call):
        body = call.rfile.read(int(call.headers.get("Content-Length", 0)))
        path = call.path.partition("?")[0]
        self.calls.append((call.command, path))
        what = self.plan(call.command, path, body)
        self.done[what if isinstance(what, str) else what[0]] += 1
        if what == CUT:
            return self.reset(call)
        if what == REFUSE:
            what = (503, {"error": {"code": 503, "message": "try later"}})
        if isinstance(what, tuple):
            return self.answer(call, what[0], [], json.dumps(what[1]).encode())
        try:
            there = http.client.HTTPConnection(self.to, timeout=60)
            headers = {k: v for k, v in call.headers.items() if k.lower() != "host"}
            there.request(call.command, call.path, body, headers)
            response = there.getresponse()
            content = response.read()
        except OSError:  # the emulator is down
            return self.reset(call)
        if what == LOSE:
            return self.reset(call)
        kept = [(k, v) for k, v in response.getheaders() if k.lower() == "content-type"]
        return self.answer(call, response.status, kept, content)

    def answer(self, call, status, headers, content):
        call.send_response(status)
        for key, value in headers or [("Content-Type", "application/json")]:
            call.send_header(key, value)
        call.send_header("Content-Length", str(len(content)))
        call.end_headers()
        call.wfile.write(content)

    def reset(self, call):
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # close at once, with RST
        call.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        call.close_connection = True
        call.connection.close()


def failing(status, message, reason="invalid"):
    """An answer of the shape of Google's errors, for a plan to give."""
    error = {"message": message, "domain": "global", "reason": reason}
    return status, {"error": {"code": status, "message": message, "errors": [error]}}
