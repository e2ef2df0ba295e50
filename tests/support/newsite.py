"""A news site on loopback whose feeds change between polls."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape


class News(ThreadingHTTPServer):
    """A site whose feeds change between polls."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.feeds: dict[str, list[dict[str, str]]] = {}
        self.down: set[str] = set()
        self.credentials: list[str] = []  # that came with the requests
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


class _Handler(BaseHTTPRequestHandler):
    server: News

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if "Authorization" in self.headers:
            self.server.credentials.append(self.headers["Authorization"])
        if name in self.server.down or name not in self.server.feeds:
            self.send_error(503 if name in self.server.down else 404)
            return
        items = "".join(
            f"<item><guid>{e['id']}</guid><link>https://n.example/{e['id']}</link>"
            f"<title>{escape(e['title'])}</title><description>{escape(e['text'])}</description>"
            f"<pubDate>{e['date']}</pubDate></item>"
            for e in reversed(self.server.feeds[name][-6:])  # feeds show the newest few only
        )
        body = f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        pass
