"""What servers say to one who polls, made up, and the poll that hears it."""

import urllib3

from transforms.feeds.fetch import Fetched
from transforms.feeds.freshness import max_age, retry_after
from transforms.feeds.poll import PollOptions, poll_feed

NOW = 1_736_157_600_000_000  # Monday 2025-01-06T10:00:00Z
HOUR = 3_600_000_000
FEED = "https://me:secret@paper.example/feed"
OPTIONS = PollOptions(force=True)


def body(*entries):
    items = "".join(
        f"<item><title>{title}</title><link>https://paper.example/{i}</link>"
        f"<guid>{i}</guid><pubDate>Mon, 06 Jan 2025 0{i % 10}:00:00 GMT</pubDate></item>"
        for i, title in entries
    )
    return f"<rss><channel><title>Paper</title>{items}</channel></rss>".encode()


def says(outcome="ok", content=b"", status=200, moved_to="", **headers):
    headers = urllib3.HTTPHeaderDict({k.replace("_", "-"): v for k, v in headers.items()})
    return Fetched(
        outcome, status, content, "https://paper.example/feed", moved_to, headers, len(content), 0.1,
        retry_after(headers, NOW), max_age(headers, NOW),
    )  # fmt: skip


def poll(state, answer, now=NOW, options=OPTIONS, feed=FEED):
    asked = []

    def get(url, **how):
        asked.append((url, how))
        return answer

    result = poll_feed(feed, state, options, now, get=get)
    return result, asked
