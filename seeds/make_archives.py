"""Writes the sample articles that are not plain text: WARC, Parquet and gzip files in `articles/`.

Run ``python seeds/make_archives.py``. The articles are told here; the files are the same each time
(Parquet up to the version that pyarrow writes into it).
"""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

ARTICLES = Path(__file__).with_name("articles")

Row = dict[str, str | None]


def row(key: str, published: str | None, publisher: str, url: str, title: str, text: str) -> Row:
    """One article with the fields that JSON lines, CSV and Parquet share."""
    return {
        "id": key,
        "title": title,
        "text": text,
        "published": published,
        "url": url,
        "publisher": publisher,
        "language": "en",
    }


EVENING = [
    # The same URL as in wire.jsonl, later and changed: an edit.
    row(
        "w-102",
        "2026-03-04T22:45:00Z",
        "Harbour Courier",
        "https://harbourcourier.example/middle-east/homs-depot",
        "Israel strikes weapons depot in Syria; four killed",
        "Israeli jets bombed a weapons depot near Homs on Wednesday night, killing four people, Syrian "
        "state media reported. A military source said two rockets were intercepted and a third hit a "
        "workshop.\n\nIsrael's army said it had struck a convoy of missiles bound for Hezbollah.\n\n"
        "This story was updated with the number of dead and the Israeli statement.",
    ),
    row(
        "e-2",
        "2026-03-13T23:10:00+01:00",
        "Meridian Post",
        "https://meridianpost.example/africa/great-lakes-envoys",
        "Envoys from three countries to meet in Luanda on the war in eastern Congo",
        "Envoys of the United States, Qatar and Angola will meet in Luanda on Tuesday to press Rwanda and "
        "the Democratic Republic of Congo to sign a truce.\n\nRwanda could face sanctions if its troops "
        "stay beyond April, a State Department official said. Kigali denies that it has troops there.",
    ),
    row(
        "e-3",
        None,
        "Coastal Gazette",
        "https://coastalgazette.example/undated-drill",
        "Navy to test missile off the cape",
        "The navy will test a new missile off the cape next month, weather permitting. Fishing crews have "
        "been asked to keep clear. No date has been set.",
    ),
]

TABLE = [
    row(
        "p-1",
        "2026-03-17T05:55:00Z",
        "The Bosphorus Ledger",
        "https://bosphorusledger.example/2026/03/17/qandil",
        "Turkish jets strike Kurdish militants in northern Iraq",
        "Turkish jets struck caves in the Qandil mountains of northern Iraq before dawn on Tuesday, the "
        "defence ministry in Ankara said. Baghdad protested and summoned Turkey's ambassador.",
    ),
    row(
        "p-2",
        "2026-03-19T12:00:00Z",
        "Ledger & Tide",
        "https://ledgerandtide.example/blacklist-denial",
        "Chip maker denies evading export controls on Russia",
        "A Dutch chip maker denied on Thursday that it had evaded sanctions on Russia by selling through "
        "a dealer in Kazakhstan. Prosecutors said the embargo had been breached eleven times.",
    ),
    row(
        "p-3",
        "2026-03-22T10:30:00Z",
        "Harbour Courier",
        "https://harbourcourier.example/middle-east/beirut-strike",
        "Strike on Beirut suburb called off after warning",
        "Israel called off a strike on a building in southern Beirut on Sunday after families were seen "
        "inside, the army said. It warned that it would strike the building later if rockets are stored "
        "there again.\n\nLebanon's president sent an envoy to Paris to ask for help.",
    ),
]

LATE_FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel>
<title>The Bosphorus Ledger</title><link>https://bosphorusledger.example</link>
<description>From the straits</description><language>en</language>
<item><title>Greek coast guard says shots at tanker came from drone boat</title>
<link>https://bosphorusledger.example/2026/03/08/tanker-shots</link>
<pubDate>Sun, 08 Mar 2026 16:45:00 +0200</pubDate>
<description>A drone boat struck a tanker south of Crete on Sunday, the Greek coast guard said. No
state claimed the attack.</description></item>
<item><title>Switzerland to send peace envoy to Yerevan and Baku</title>
<link>https://bosphorusledger.example/2026/03/09/swiss-envoy</link>
<pubDate>Mon, 09 Mar 2026 07:00:00 +0100</pubDate>
<description>Switzerland will send a peace envoy to Armenia and Azerbaijan in
April.</description></item> </channel></rss>
"""

PAGES = [
    (
        "https://meridianpost.example/asia/strait-drills",
        "2026-03-05T02:30:00Z",
        "Meridian Post",
        "China ends missile drills near Taiwan",
        [
            "China's army ended three days of drills near Taiwan on Thursday, in which it fired missiles "
            "at targets in the sea. Taipei said no missile had crossed the island.",
            "A Chinese spokesman said the forces were ready to strike if the island's leaders cross a red "
            "line. Washington has threatened sanctions on two makers of the missiles.",
        ],
    ),
    (
        "https://ledgerandtide.example/envoy-air-strike-fund",
        "2026-03-11T17:00:00Z",
        "Ledger & Tide",
        "Envoy Air pilots fill strike fund",
        [
            "Pilots of Envoy Air have filled their strike fund and will strike if talks fail, their union "
            "said on Wednesday.",
            "The strike price of options on the parent company fell. Analysts struck a cautious tone.",
        ],
    ),
]


def page(url: str, published: str, publisher: str, title: str, paragraphs: list[str]) -> bytes:
    """A small news page with its date in the metadata."""
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="canonical" href="{url}"><meta property="og:site_name" content="{publisher}">'
        f'<meta property="article:published_time" content="{published}"></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def warc_record(number: int, url: str, html: bytes) -> bytes:
    """One response record, as a gzip member of its own (WARC 1.1, annex D)."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    http += b"Content-Length: %d\r\n\r\n" % len(html) + html
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:{UUID(int=number)}>\r\n"
        f"WARC-Date: 2026-03-22T12:00:00Z\r\nWARC-Target-URI: {url}\r\n"
        "Content-Type: application/http;msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    ).encode()
    return gzip.compress(head + http + b"\r\n\r\n", mtime=0)


def lines(rows: list[Row]) -> bytes:
    """JSON lines, without the fields that are unknown."""
    kept = ({k: v for k, v in r.items() if v is not None} for r in rows)
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in kept).encode()


def table(rows: list[Row]) -> pa.Table:
    """The rows with `published` as a timestamp, as a warehouse would export them."""
    times = [datetime.fromisoformat(str(r["published"])).astimezone(UTC) for r in rows]
    columns = {name: [r[name] for r in rows] for name in rows[0] if name != "published"}
    return pa.table(columns).append_column("published", pa.array(times, pa.timestamp("us", "UTC")))


def main() -> None:
    """Writes every file."""
    whole = gzip.compress(lines(EVENING), mtime=0)
    (ARTICLES / "evening.jsonl.gz").write_bytes(whole)
    (ARTICLES / "truncated.jsonl.gz").write_bytes(gzip.compress(lines(TABLE), mtime=0)[:-60])
    (ARTICLES / "bosphorus-rss.xml.gz").write_bytes(gzip.compress(LATE_FEED.encode(), mtime=0))
    records = [warc_record(n, p[0], page(*p)) for n, p in enumerate(PAGES, 1)]
    (ARTICLES / "pages.warc.gz").write_bytes(b"".join(records))
    pq.write_table(table(TABLE), ARTICLES / "table.parquet", compression="zstd")


if __name__ == "__main__":
    main()
