"""The seeds: feed list, sample articles and sense benchmark keep their own promises."""

import gzip
import importlib.util
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from schemas.records import CATEGORIES, STATUSES

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
ARTICLES = SEEDS / "articles"
COUNTRIES = ROOT / "transforms" / "tagging" / "data" / "countries.json"
CODES = {code for code, _ in json.loads(COUNTRIES.read_text("utf-8")).values()} | {""}
WHOLE_GZIP = ("evening.jsonl.gz", "bosphorus-rss.xml.gz")
SENTENCES = [json.loads(line) for line in (SEEDS / "senses.jsonl").open(encoding="utf-8")]


@pytest.fixture(scope="module")
def outlines() -> list[dict[str, str]]:
    root = ElementTree.parse(SEEDS / "feeds.opml").getroot()
    return [o.attrib for o in root.iter("outline") if "xmlUrl" in o.attrib]


def test_feed_list(outlines: list[dict[str, str]]) -> None:
    assert len(outlines) >= 30
    for outline in outlines:
        assert set(outline) >= {"title", "text", "xmlUrl", "htmlUrl", "language"}
        for key in ("xmlUrl", "htmlUrl"):
            parts = urlsplit(outline[key])
            assert parts.scheme == "https"
            assert parts.hostname
            assert not parts.username
        assert re.fullmatch(r"[a-z]{2}(-[a-z]{2})?", outline["language"])
    assert len({o["xmlUrl"] for o in outlines}) == len(outlines)
    assert len({o["title"] for o in outlines}) == len(outlines)


def test_articles_come_in_every_kind() -> None:
    suffixes = {"".join(p.suffixes) for p in ARTICLES.iterdir()}
    assert suffixes >= {
        ".txt",
        ".html",
        ".jsonl",
        ".csv",
        ".xml",
        ".json",
        ".parquet",
        ".warc.gz",
        ".jsonl.gz",
        ".xml.gz",
    }


def test_readme_names_every_file() -> None:
    readme = (SEEDS / "README.md").read_text("utf-8")
    missing = [p.name for p in ARTICLES.iterdir() if f"`{p.name}`" not in readme]
    assert missing == []


def test_outlets_are_invented() -> None:
    """No sample names a real site: every address lies under the reserved .example domain."""
    text = "".join(
        (gzip.decompress(p.read_bytes()) if p.name in WHOLE_GZIP else p.read_bytes()).decode(
            "utf-8", "replace"
        )
        for p in ARTICLES.iterdir()
        if p.suffix != ".parquet" and p.name not in ("truncated.jsonl.gz", "pages.warc.gz")
    )
    hosts = {urlsplit(u).hostname for u in re.findall(r"https?://[^\s\"'<>&\\]+", text)}
    standards = {"www.w3.org", "purl.org", "schema.org", "jsonfeed.org", None}
    assert all(str(h).endswith(".example") for h in hosts - standards), hosts


def test_truncated_file_is_truncated() -> None:
    with pytest.raises(EOFError):
        gzip.decompress((ARTICLES / "truncated.jsonl.gz").read_bytes())


def test_archives_are_what_the_script_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("make_archives", SEEDS / "make_archives.py")
    assert spec
    assert spec.loader
    script: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "ARTICLES", tmp_path)
    script.main()
    for made in tmp_path.iterdir():
        kept = ARTICLES / made.name
        if made.suffix == ".parquet":
            assert pq.read_table(made).equals(pq.read_table(kept))
        elif made.name == "truncated.jsonl.gz":
            assert kept.stat().st_size > 0  # deflate may differ between zlib builds
        else:
            assert gzip.decompress(made.read_bytes()) == gzip.decompress(kept.read_bytes())


def test_benchmark_is_large_and_unique() -> None:
    assert len(SENTENCES) >= 750
    assert len({s["id"] for s in SENTENCES}) == len(SENTENCES)
    assert len({s["text"].lower() for s in SENTENCES}) == len(SENTENCES)


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda s: s["id"])
def test_benchmark_lines_are_well_formed(sentence: dict[str, Any]) -> None:
    assert set(sentence) == {"id", "text", "rule", "mentions"}
    assert re.fullmatch(r"[a-z]+/[a-z_]+: \S.*", sentence["rule"])
    position = 0
    for mention in sentence["mentions"]:
        assert set(mention) == {
            "category",
            "trigger",
            "status",
            "counted",
            "actor_country",
            "target_country",
        }
        assert mention["category"] in CATEGORIES
        assert mention["status"] in STATUSES
        assert mention["counted"] is True
        assert {mention["actor_country"], mention["target_country"]} <= CODES
        found = re.search(rf"\b{re.escape(mention['trigger'])}", sentence["text"][position:])
        assert found, "triggers stand in the text, in its order"
        position += found.end()
    reading = sentence["rule"].partition(":")[0]
    assert not (reading.endswith("/not") and sentence["mentions"])


def test_benchmark_covers_every_rule_and_status() -> None:
    rules = Counter(s["rule"] for s in SENTENCES)
    assert len(rules) >= 100
    assert [r for r, n in rules.items() if n < 4] == []
    seen = Counter((m["category"], m["status"]) for s in SENTENCES for m in s["mentions"])
    assert all(seen[c, s] >= 5 for c in CATEGORIES for s in STATUSES), seen
    for category in CATEGORIES:
        readings = {r.partition(":")[0] for r in rules}
        assert {f"{category}/counts", f"{category}/not"} <= readings
