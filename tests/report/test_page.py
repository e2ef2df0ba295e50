"""The report's page: complete, safe and small whatever the output holds."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from pipeline.options import moment
from pipeline.report.gather import gather
from pipeline.report.names import country_name, is_known
from pipeline.report.page import linkable, render
from pipeline.tables import open_tables
from schemas.records import FeedHealth, Reject

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"


class Reader(HTMLParser):
    """What a browser would load, run and link to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)
        for name, value in attributes:
            if name == "href" and tag == "a":
                self.links.append(value)
            elif name in ("src", "href", "srcset", "data", "poster", "xlink:href"):
                self.loads.append(value)
            elif name == "id":
                self.ids.append(value)
            elif name.startswith("on"):
                self.handlers.append(value)


def a_week(world: Any) -> None:
    for day in range(2, 9):
        if day == 5:
            continue
        world.tell(
            f"d{day}",
            f"2026-03-{day:02}T08:00",
            [
                {"actor_country": "RUS", "target_country": "UKR"},
                {"category": "envoy", "status": "threatened", "person": "Ana Ruiz"},
                {"category": "sanction", "subtype": "impose", "target_country": "IRN"},
                {"counted": False, "reason": "labour"},
            ],
        )


def test_a_page_asks_for_nothing_and_every_link_leads_somewhere(
    world: Any, page: Callable[..., str]
) -> None:
    a_week(world)
    text = page()
    reader = Reader(text)
    assert reader.loads == []
    assert reader.handlers == []
    assert reader.tags.count("script") == 1
    assert len(reader.ids) == len(set(reader.ids))
    for link in reader.links:
        assert link.startswith("https://news.example/") or link[1:] in reader.ids, link
    assert "url(http" not in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def test_it_tells_all_that_was_asked_for(world: Any, page: Callable[..., str]) -> None:
    a_week(world)
    text = page()
    for said in (
        "Thu 5 Mar 2026",
        "Ana Ruiz",
        "Russia",
        "Iran",
        "labour",
        "a zero there says nothing",
    ):
        assert said in text, said
    for section in (
        "coverage",
        "signals",
        "time",
        "force",
        "pairs",
        "envoys",
        "sanctions",
        "stories",
    ):
        assert f'id="{section}"' in text
    assert "Mon 2 Mar 2026, envoy: 1 threatened" in text
    assert "Mon 2 Mar 2026, strike: 1 happened" in text


def test_parties_without_a_country_are_told_in_the_texts_words(
    world: Any, page: Callable[..., str]
) -> None:
    for n in range(3):
        world.tell(
            f"n{n}",
            f"2026-03-0{2 + n}T08:00",
            [
                {"actor": "Hezbollah's", "target_country": "ISR"},
                {"actor": "rocket", "target_country": "ISR"},
                {"category": "sanction", "actor": "European Union", "target_country": "RUS"},
                {"category": "envoy", "person": "Ana Ruiz", "actor": "UN", "target_country": "YEM"},
            ],
        )
    text = page()
    assert "Who without a country, in the texts' own words: Hezbollah 3." in text
    assert re.search(r"unnamed <span[^>]*>\(European Union\)</span> on Russia", text)
    assert re.search(r'Ana Ruiz</th><td data-s="for">UN</td><td data-s="with">Yemen</td>', text)


def test_countries_are_ranked_by_the_stories_that_are_shown(
    world: Any, page: Callable[..., str]
) -> None:
    for n in range(3):
        world.tell(
            f"s{n}", f"2026-03-02T08:0{n}", [{"category": "sanction", "place_country": "IRN"}]
        )
    world.tell("one", "2026-03-02T09:00", [{"place_country": "SYR"}, {"place_country": "SYR"}])
    world.tell("two", "2026-03-02T09:10", [{"place_country": "UKR"}])
    world.tell("three", "2026-03-02T09:20", [{"category": "envoy", "place_country": "UKR"}])
    rows = re.findall(r'scope="row" class="c">([^<]+)', page())
    assert rows == ["Ukraine", "Syria"]


def test_the_filter_offers_the_countries_that_the_page_tells_of(
    world: Any, page: Callable[..., str]
) -> None:
    wire = "Wire\n" + " ".join(f"word{n}" for n in range(40))
    for n in range(400):
        code = f"Q{chr(65 + n // 26)}{chr(65 + n % 26)}"
        minute = f"2026-03-02T{8 + n // 60:02}:{n % 60:02}"
        told = [{"actor_country": code, "target_country": "UKR"}]
        world.tell(f"n{n}", minute, told, wire if n < 9 else "", publisher=f"P{n}")
    text = page()
    offered = re.findall(r'<option value="(\w+)"', text)
    about = {code for codes in re.findall(r'data-c="([^"]*)"', text) for code in codes.split()}
    assert set(offered) == about
    assert "UKR" in offered


def test_a_count_is_cited_with_all_that_it_depends_on(world: Any, page: Callable[..., str]) -> None:
    a_week(world)
    cited = page().partition("To cite a figure")[2].partition("</p>")[0]
    assert "“6 mentions of strikes that happened, 2 – 8 Mar 2026 (UTC), in 6 articles of 1" in cited
    assert "; Tocsin " in cited
    assert ", windows of 1 hour, revision standing on " in cited
    assert "“0 mentions of envoys at work" in cited
    assert "“6 mentions of sanctions in effect" in cited


def test_a_word_means_one_thing_on_the_page(world: Any, page: Callable[..., str]) -> None:
    told = [{"category": "sanction", "subtype": "ease", "status": "called_off"}]
    world.tell("off", "2026-03-02T08:00", [*told, {"category": "sanction", "subtype": "impose"}])
    world.tell("next", "2026-03-08T08:00")
    text = page()
    assert "sanction · called off" in text  # put off is not lifted
    assert "sanction · in effect" in text  # in force is a stage of sanctions
    assert "Something was read on 2 of 7 days" in text


def test_text_from_feeds_is_text(world: Any, page: Callable[..., str]) -> None:
    evil = {
        "sentence": EVIL,
        "trigger": EVIL,
        "person": EVIL,
        "actor": EVIL,
        "publisher": EVIL,
        "actor_country": "<b>",
        "url": "javascript:alert(3)",
    }
    kinds = [evil | {"category": c} for c in ("strike", "envoy", "sanction")]
    world.tell(
        "x",
        "2026-03-02T08:00",
        [*kinds, evil | {"counted": False, "reason": EVIL}],
        text=f"{EVIL}\nbody",
        publisher=EVIL,
        url="javascript:alert(3)",
    )
    reader = Reader(page())
    assert "img" not in reader.tags
    assert reader.tags.count("script") == 1
    assert not [link for link in reader.links if "javascript" in link]
    assert reader.handlers == []


def test_an_output_without_articles_says_so(world: Any, page: Callable[..., str]) -> None:
    text = page()
    assert "No article" in text
    assert "<path" not in text.partition("</defs>")[2]


def test_one_article_and_a_period_without_data(world: Any, page: Callable[..., str]) -> None:
    world.tell("only", "2026-03-02T08:30", [{}])
    text = page()
    assert "2 Mar 2026" in text
    assert "every hour of the period" in text
    assert "No article in this period" in page("--since", "2030-01-01")


def test_a_code_that_names_no_country_is_shown_and_told(
    world: Any, page: Callable[..., str]
) -> None:
    world.tell("odd", "2026-03-02T08:30", [{"actor_country": "QQQ", "target_country": "UKR"}])
    assert "Codes that name no country we know, shown as they are: QQQ" in page()
    assert not is_known("QQQ")
    assert country_name("XKX") == "Kosovo"


def test_one_wrong_date_does_not_flatten_the_charts(world: Any, page: Callable[..., str]) -> None:
    for n in range(400):
        world.tell(f"n{n}", f"2026-03-{2 + n % 5:02}T08:00", [{}] if n % 40 == 0 else [])
    world.tell("old", "1970-01-01T00:00", [{}])
    text = page()
    assert "1 article dated far from all others" in text
    assert "Mon 2 Mar 2026" in text


def test_feeds_that_were_down_and_rejects_are_told(world: Any, page: Callable[..., str]) -> None:
    a_week(world)
    polled = moment("2026-03-04T06:00")
    answers = {"https://down.example/rss": "timeout", "https://up.example/rss": "ok"}
    world.tables["feed_health"] = [
        FeedHealth(feed, polled, outcome, None, 0, 0, None, 0, 0.1, None, EVIL)
        for feed, outcome in answers.items()
    ]
    world.tables["rejects"] = [Reject("parse", "malformed", EVIL, "x.jsonl: line 2", "", polled)]
    text = page()
    assert "1 of 2 feeds down" in text
    assert re.search(r'class="down"><th scope="row">https://down\.example/rss', text)
    assert "the record or document breaks its own format" in text
    assert "Wed 4 Mar 2026: 1 article of 1 publisher; 1 of 2 polls failed" in text
    assert "img" not in Reader(text).tags


def test_the_same_facts_give_the_same_page(world: Any, tmp_path: Any, now: int) -> None:
    a_week(world)
    output = world.write(tmp_path / "out", now)
    pages = {render(gather(open_tables(output), "o", None, None)) for _ in range(2)}
    assert len(pages) == 1


def test_a_period_in_words_and_in_figures(world: Any, page: Callable[..., str]) -> None:
    a_week(world)
    assert "2 – 8 Mar 2026" in page()
    text = page("--since", "2026-03-03", "--until", "2026-03-05")
    assert "3 – 4 Mar 2026" in text
    assert moment("2026-03-03")
    assert "2 articles" in text or ">2</dd>" in text


def test_a_long_and_crowded_period_stays_under_a_megabyte(
    world: Any, page: Callable[..., str]
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    long = "A sentence that goes on and on, as some do, " * 12
    statuses = ("occurred", "planned", "threatened", "called_off", "denied")
    codes = ("USA", "RUS", "UKR", "ISR", "PSE", "IRN", "CHN", "SYR", "LBN", "YEM", "SAU", "TUR")
    for day in range(93):
        for n in range(3):
            told = [
                {"category": c, "status": s, "sentence": f"{long}{day}{n}", "person": f"Envoy {n}"}
                | {"actor_country": codes[(day + n) % 12], "target_country": codes[(day * n) % 12]}
                for c in ("strike", "envoy", "sanction")
                for s in statuses
            ]
            world.tell(f"{day}-{n}", f"{start + timedelta(days=day):%Y-%m-%d}T1{n}:00", told)
    assert len(page().encode()) < 1_000_000


def test_only_web_addresses_become_links() -> None:
    assert linkable("https://x.example/a")
    assert not any(map(linkable, ("javascript:alert(1)", "data:text/html,x", "", "//x.example")))


def test_charts_carry_their_figures_in_words(world: Any, page: Callable[..., str]) -> None:
    a_week(world)
    labels = re.findall(r'aria-label="([^"]+)"', page())
    assert any("nothing was read" in label for label in labels)
    assert all("<" not in label for label in labels)
