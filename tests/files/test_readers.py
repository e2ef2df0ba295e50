"""Every kind of file, plain and gzip, is told by its content and gives the same article; nothing raises."""

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.arrow import rows_to_table
from schemas.records import Article, Reject
from transforms.articles import make
from transforms.files.raw import Found, Problem, RawArticle
from transforms.files.readers import read_file

NOW = 1_774_000_000_000_000

TITLE, BODY, URL = "Envoy lands in Cairo", "The envoy met the minister.", "https://n.example/1"
DATE = "2026-03-02T10:00:00+00:00"
RECORD = {"id": "1", "title": TITLE, "text": BODY, "published": DATE, "url": URL, "publisher": "P"}


def csv_bytes(separator: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(RECORD)
    writer.writerow(RECORD.values())
    return out.getvalue().encode()


def parquet_bytes() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([RECORD]), out)
    return out.getvalue()


def table_bytes(**columns: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


NOT_UTF8 = pa.StringArray.from_buffers(
    1, pa.py_buffer(bytes([0] * 4 + [2] + [0] * 3)), pa.py_buffer(b"\xff\xfe")
)


def stored_bytes(drop: str = "", **fields: object) -> bytes:
    """An articles table of ours, or almost."""
    row = {
        **{"article_id": "a" * 24, "published_origin": "file", "content_hash": "b" * 24},
        "text": "T\nB",
        **{"url": None, "publisher": "P", "feed": "", "author": "", "language": "en"},
        **{"published": datetime.fromisoformat(DATE)},
        **fields,
    }
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([{k: v for k, v in row.items() if k != drop}]), out)
    return out.getvalue()


RSS = (
    f"<?xml version='1.0'?><rss version='2.0'><channel><title>P</title><item><title>{TITLE}</title>"
    f"<link>{URL}</link><description>{BODY}</description><pubDate>{DATE}</pubDate></item></channel></rss>"
)
HTML = (
    f"<!doctype html><html><head><title>{TITLE}</title><meta property='og:title' content='{TITLE}'>"
    f"<meta property='article:published_time' content='{DATE}'></head><body><article><h1>{TITLE}</h1>"
    f"<p>{BODY}</p>{'<p>The talks went on until the evening in the old palace by the river.</p>' * 5}"
    "</article></body></html>"
)
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "P",
        "items": [
            {"id": "1", "url": URL, "title": TITLE, "content_text": BODY, "date_published": DATE}
        ],
    }
)
KINDS: dict[str, tuple[str, bytes]] = {
    "text with header": (
        "a.txt",
        f"title: {TITLE}\npublished: {DATE}\nurl: {URL}\npublisher: P\n\n{BODY}\n".encode(),
    ),
    "text": ("a.txt", f"\n{TITLE}\n{BODY}\n".encode()),
    "jsonl": ("a.jsonl", json.dumps(RECORD).encode()),
    "jsonl under another name": ("a.dat", (json.dumps(RECORD) + "\n").encode()),
    "csv": ("a.csv", csv_bytes(",")),
    "semicolons": ("a.csv", csv_bytes(";")),
    "tsv": ("table", csv_bytes("\t")),
    "parquet": ("a.parquet", parquet_bytes()),
    "rss": ("a.xml", RSS.encode()),
    "rss under another name": ("download", RSS.encode()),
    "json feed": ("a.json", JSON_FEED.encode()),
    "html": ("a.html", HTML.encode()),
    "utf-16 text": ("a.txt", f"{TITLE}\n{BODY}".encode("utf-16")),
}


MUTATED = [*KINDS.values(), ("a.parquet", stored_bytes())]
JUNK = (
    *(
        b"\\ud83d",
        b"&#xd83d;",
        b"&#0;",
        b"\0",
        b"\xed\xa0\xbd",
        b"\xff",
        b'"',
        b"[" * 1100,
        b"<" * 99,
    ),
    *(b"99999999999999999999", b"1e999", b"NaN", b"9999-12-31T23:59:59-14:00", b"0000-00-00"),
    *(b"https://[::1", b"//a:99999999/", b"\r", b"<![CDATA[", b"]]>", b"\xe2\x80\xa8"),
)


def made(content: bytes, name: str) -> list[Article | Reject]:
    return [make(found, name, NOW) for found in read_file(io.BytesIO(content), name)]


def encodable(rows: list[Article | Reject]) -> None:
    """Every row fits its table, as a writer would find."""
    rows_to_table("articles", [r for r in rows if isinstance(r, Article)])
    rows_to_table("rejects", [r for r in rows if isinstance(r, Reject)])


def read(content: bytes, name: str) -> list[Found]:
    return list(read_file(io.BytesIO(content), name))


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_the_article(kind: str, zipped: bool) -> None:
    name, content = KINDS[kind]
    found = read(gzip.compress(content), name + ".gz") if zipped else read(content, name)
    assert len(found) == 1
    article = found[0]
    assert isinstance(article, RawArticle), article
    assert article.title == TITLE
    assert BODY in article.body
    if kind not in ("text", "utf-16 text"):
        assert article.published in (DATE, 1_772_445_600_000_000)
        assert article.url == URL or kind == "html"


def test_a_warc_holds_pages_and_feeds() -> None:
    def record(url: str, kind: str, body: str) -> bytes:
        http = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n{body}".encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
            "WARC-Record-ID: <urn:uuid:0>\r\nWARC-Date: 2026-03-02T10:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        return head.encode() + http + b"\r\n\r\n"

    pages = [record(URL, "text/html", HTML), record("https://n.example/feed", "text/xml", RSS)]
    found = read(b"".join(pages), "a.warc")
    assert [f.title for f in found if isinstance(f, RawArticle)] == [TITLE, TITLE]
    zipped = b"".join(gzip.compress(p) for p in pages)
    assert len(read(zipped, "a.warc.gz")) == 2
    cut = read(zipped[: len(zipped) - 40], "a.warc.gz")
    assert isinstance(cut[0], RawArticle)
    *_, told = read(b"".join(pages)[:-80], "a.warc")
    assert isinstance(told, Problem)
    assert told.reason == "truncated"


PROBLEMS = {
    "nothing": (b"", "a.txt", "empty"),
    "only NULs": (bytes(100), "a.txt", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.png", "not_recognised"),
    "cut gzip": (gzip.compress(b'{"title": "x"}\n' * 99)[:-12], "a.jsonl.gz", "truncated"),
    "not JSON": (b'{"title": \n', "a.jsonl", "malformed"),
    "a list": (b'["title"]\n', "a.jsonl", "malformed"),
    "a number for a title": (b'{"title": {"a": 1}, "text": "b"}', "a.jsonl", "bad_field"),
    "cut parquet": (parquet_bytes()[:-30], "a.parquet", "malformed"),
    "feed list": (b"<opml version='2.0'><body/></opml>", "a.xml", "not_a_feed"),
    "no article of ours": (stored_bytes(drop="published"), "a.parquet", "bad_field"),
    "a number for a stored text": (stored_bytes(text=7), "a.parquet", "bad_field"),
    "a quote that never closes": (b'title,text\n"a,b\nc,d\ne,f\n', "a.csv", "malformed"),
    "too many values": (b"title,text\na,b,c\n", "a.csv", "malformed"),
    "a header of megabytes": (b"title,text," + bytes(21_000_000) + b"x\na,b", "a.csv", "malformed"),
    "a time of the year 287,000": (
        table_bytes(title=["a"], published=pa.array([9 * 10**18], pa.timestamp("us"))),
        "a.parquet",
        "malformed",
    ),
    "a zone that is none": (
        table_bytes(title=["a"], published=pa.array([1], pa.timestamp("us", "Far/Away"))),
        "a.parquet",
        "malformed",
    ),
    "bytes for a title": (table_bytes(title=[b"a"]), "a.parquet", "bad_field"),
    "no id of ours": (stored_bytes(article_id="zz"), "a.parquet", "bad_field"),
    "a stored time of the year 1": (
        stored_bytes(published=datetime(1, 1, 1, tzinfo=UTC)),
        "a.parquet",
        "bad_field",
    ),
    "no origin of ours": (stored_bytes(published_origin="x"), "a.parquet", "bad_field"),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_what_is_no_article_is_a_problem_with_a_reason(case: str) -> None:
    content, name, reason = PROBLEMS[case]
    assert [f.reason for f in read(content, name) if isinstance(f, Problem)] == [reason]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_keeps_its_letters_as_spreadsheets_save_it(encoding: str) -> None:
    rows = "title;text\n" + "Envoy in Besançon;“Attaché” arrives in Zürich\n" * 3
    found = read(rows.encode(encoding), "a.csv")
    assert [(f.title, f.body) for f in found if isinstance(f, RawArticle)] == [
        ("Envoy in Besançon", "“Attaché” arrives in Zürich")
    ] * 3


def test_a_stored_article_without_an_address_is_read() -> None:
    (article,) = made(stored_bytes(), "a.parquet")
    assert isinstance(article, Article)
    assert (article.title, article.url, article.text) == ("T", "", "T\nB")
    assert article.published == 1_772_445_600_000_000


def test_a_list_of_articles_in_json_says_what_is_read_instead() -> None:
    (told,) = read(json.dumps([RECORD]).encode(), "a.json")
    assert isinstance(told, Problem)
    assert "one a line (JSONL)" in told.error


def test_one_bad_line_costs_one_line() -> None:
    lines = [json.dumps({**RECORD, "id": str(n)}) for n in range(5)]
    lines[2] = lines[2][:20]
    found = read("\n".join(lines).encode(), "a.jsonl")
    assert [isinstance(f, Problem) for f in found] == [False, False, True, False, False]
    problem = found[2]
    assert isinstance(problem, Problem)
    assert problem.where == "line 3"


def test_one_bad_row_or_row_group_costs_itself() -> None:
    titles = pa.concat_arrays([pa.array(["one"]), NOT_UTF8, pa.array(["three", "four"])])
    found = read(table_bytes(title=titles, unread=pa.concat_arrays([NOT_UTF8] * 4)), "a.parquet")
    assert [f.where for f in found] == ["row 1", "row 2", "row 3", "row 4"]
    assert [isinstance(f, Problem) for f in found] == [False, True, False, False]

    out = io.BytesIO()
    with pq.ParquetWriter(out, pa.schema({"title": "string"}), compression="none") as writer:
        for letter in "abc":
            writer.write_table(pa.table({"title": [letter * 60 + str(n) for n in range(60)]}))
    content = bytearray(out.getvalue())
    page = content.index(b"b" * 60)
    content[page - 60 : page + 60] = bytes(120)
    found = read(bytes(content), "a.parquet")
    (problem,) = [f for f in found if isinstance(f, Problem)]
    assert (problem.reason, problem.where) == ("malformed", "row group 2, from row 61")
    assert len(found) == 121


@pytest.mark.parametrize("field", ["url", "id", "publisher", "author", "language", "feed", "text"])
def test_a_cut_emoji_costs_one_character(field: str) -> None:
    line = json.dumps({**RECORD, field: "https://n.example/\ud83d"}).encode()
    (article,) = made(line + b"\n", "a.jsonl")
    assert isinstance(article, Article)
    encodable([article])


@given(st.binary(max_size=300), st.sampled_from([name for name, _ in KINDS.values()]))
def test_no_bytes_under_any_name_raise(content: bytes, name: str) -> None:
    encodable(made(content, name))
    encodable(made(gzip.compress(content), name))


@given(st.data())
def test_cut_and_damaged_files_do_not_raise(data: st.DataObject) -> None:
    """Whatever is done to a file, its articles and rejects can be stored."""
    name, content = data.draw(st.sampled_from(MUTATED))
    if data.draw(st.booleans()):
        name, content = name + ".gz", gzip.compress(content)
    place = data.draw(st.integers(0, len(content)))
    junk = data.draw(st.binary(max_size=5) | st.sampled_from(JUNK))
    encodable(made(content[:place] + junk + content[place + len(junk) :], name))
    encodable(made(content[:place] + junk + content[place:], name))
    encodable(made(content[:place], name))


def test_the_hostile_feeds_are_read_or_refused(shared: Path) -> None:
    for path in sorted((shared / "bad-feeds").iterdir()):
        with path.open("rb") as stream:
            found = list(read_file(stream, str(path)))
        assert found, path.name
