"""`tocsin feeds` as a terminal shows it: what it says, to whom, and with which status."""

import gzip
import io
import json
import sys
from email.utils import formatdate

import pytest
from newsite import News

from pipeline.cli import main
from pipeline.tables import open_tables
from schemas.records import TABLES

OPTIONS = ("--allow-private", "--host-delay", "0")


@pytest.fixture
def news():
    server = News()
    server.feeds["world"] = [
        {"id": f"e{i}", "title": f"Rain {i}", "text": "Rain.", "date": formatdate(day)}
        for i, day in enumerate((1_700_000_000, 1_700_007_200, 1_700_014_400))
    ]
    server.feeds["fresh"] = [{"id": "1", "title": "T", "text": "x", "date": formatdate()}]
    yield server
    server.shutdown()


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Runs a command over a list; its status, what it printed, what it complained of."""

    monkeypatch.setenv("COLUMNS", "200")

    def ask(action, content, *options, name="list.txt"):
        path = tmp_path / name
        path.write_text(content)
        status = main(["feeds", action, str(path), *options])
        said = capsys.readouterr()
        return status, said.out, said.err

    return ask


def test_a_list_that_is_well_gives_zero(news, run):
    status, out, err = run("check", news.url("fresh") + " Fresh", *OPTIONS)
    assert (status, err) == (0, "")
    assert "1 of 1 feeds are well." in out
    status, out, err = run("check", news.url("fresh"), "--json", *OPTIONS)
    assert status == 0
    (check,) = json.loads(out)
    assert (check["outcome"], check["ok"], check["problem"]) == ("ok", True, "")


def test_the_table_tells_what_is_wrong_in_words(news, run):
    status, out, _ = run("check", f"{news.url('world')} World\n{news.url('no')} No\n", *OPTIONS)
    out = " ".join(out.split())
    assert status == 1
    assert "World ok 3 2023-11-15 02:13" in out  # outcome, entries, newest …
    assert "2 h nothing new for" in out  # … interval, problem
    assert "not_found" in out
    assert "0 of 2 feeds are well." in out


def test_a_line_that_is_no_feed_is_told_and_the_rest_goes_on(news, run):
    lines = [
        news.url("fresh"),
        "htps://typo.example/rss",
        "https//slash.example/rss",
        "file:///etc/passwd",
        "ftp://me:hunter2@old.example/rss",
        news.url("fresh") + " again",
        "just words",
    ]
    status, out, err = run("check", "\n".join(lines), *OPTIONS)
    assert status == 1  # not all is well with the list
    assert "1 of 1 feeds are well; 6 lines of the list left out." in out
    complaints = err.splitlines()
    assert len(complaints) == 6
    for number, words in enumerate(
        ("did you mean https:?", "does not begin", "file: addresses", "ftp: addresses",
         "a repetition of line 1", "does not begin"), 2,
    ):  # fmt: skip
        assert f"line {number}: " in complaints[number - 2]
        assert words in complaints[number - 2]
    assert "hunter2" not in err


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.opml", "<html><body>Sign in</body></html>", "a.opml is not a list of feeds: <html>"),
        ("b.opml", "<opml><body/></opml>", "b.opml: no feed is in the list"),
        ("c.toml", "feeds = [", "c.toml: "),
        ("d.txt", "", "d.txt is empty"),
        ("e.txt", "htps://typo.example/rss", "no feed in it"),
    ],
)
def test_a_list_that_is_none_is_one_clear_error(run, name, content, words):
    status, out, err = run("check", content, name=name)
    assert (status, out) == (2, "")
    assert words in err.splitlines()[-1]
    assert "Traceback" not in err


def test_a_list_that_is_cut_is_named_once(run):
    _, out, err = run("list", '<opml><body><outline xmlUrl="https://a.example/rss"', name="c.opml")
    assert "https://a.example/rss" in out
    assert err.count("c.opml") == 1
    assert "unclosed token" in err


def test_the_address_of_a_feed_is_a_list_of_one(news, capsys):
    assert main(["feeds", "check", news.url("fresh"), *OPTIONS]) == 0
    assert "1 of 1 feeds are well." in capsys.readouterr().out


def test_a_piped_table_has_a_line_a_feed(run, monkeypatch):
    monkeypatch.delenv("COLUMNS")
    address = f"https://paper.example/{'very/' * 40}long/rss"
    _, out, _ = run("list", f"{address}  Paper\n")
    assert [line.split() for line in out.splitlines()[1:]] == [["1", "Paper", address]]


def test_credentials_are_sent_and_never_shown(news, run):
    secret = news.url("fresh").replace("//", "//me:hunter2@")
    gone = news.url("gone").replace("//", "//me:hunter2@")
    for action, *options in (("list",), ("check", *OPTIONS), ("check", "--json", *OPTIONS)):
        _, out, err = run(action, f"{secret}\n{gone}\n", *options)
        assert "127.0.0.1" in out
        assert "hunter2" not in out + err
    assert set(news.credentials) == {"Basic bWU6aHVudGVyMg=="}
    assert "me:hunter2@" in run("import", secret)[1]  # the list stays usable


def test_an_imported_list_can_be_piped_on(run, monkeypatch, capsys):
    opml = (
        '<opml><body><outline text="W"><outline text="A" xmlUrl="https://a.example/rss"/></outline>'
    )
    _, toml, err = run("import", f"{opml}</body></opml>")
    assert not err
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(toml.encode())))
    assert main(["feeds", "list", "-"]) == 0
    assert "https://a.example/rss" in capsys.readouterr().out


def test_a_private_address_is_refused_with_the_way_out(news, run):
    status, out, _ = run("check", news.url("fresh"))
    assert status == 1
    assert "--allow-private also asks addresses that are not public." in out


def test_credentials_reach_no_table_state_or_summary(news, tmp_path, capsys):
    urls = [news.url(n).replace("//", "//me:hunter2@") for n in ("fresh", "gone")]
    output = tmp_path / "out"
    assert main(["run", *urls, "--output", str(output), *OPTIONS]) == 0
    said = capsys.readouterr()
    assert "hunter2" not in said.out + said.err
    assert set(news.credentials) == {"Basic bWU6aHVudGVyMg=="}
    tables = open_tables(str(output))
    for name in TABLES:
        rows = tables.execute(f"SELECT * FROM {name}").fetchall()
        assert "hunter2" not in str(rows)
    assert tables.execute("SELECT count(*) FROM feed_health").fetchone() == (2,)
    for file in output.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            assert b"hunter2" not in data


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("--host-delay", ("-1", "nan", "inf", "1e3", "86401", "9" * 400, "")),
        ("--poll-shards", ("0", "-3", "1.5", "9" * 5000)),
        ("--poll-every", ("0", "-1", "nan", "36526d", "9" * 5000)),
        ("--window", ("0h", "99999999999999999999d")),
        ("--lock-wait", ("0", "99999999999999999999d")),
        ("--for", ("0s", "99999999999999999999d")),
    ],
)
def test_a_number_out_of_bounds_is_one_line(capsys, option, values):
    for value in values:
        assert main(["run", "http://127.0.0.1:9/", f"{option}={value}"]) == 2
        error = capsys.readouterr().err
        assert option in error
        assert error.count("\n") == 1
