"""What a run did, for people (a table) and for programs (JSON)."""

import sys
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from schemas.records import TABLES

DAYS_SHOWN = 31
VIEWS = ("mentions_standing", "mention_counts_daily")
"""The views that a summary reads."""


@dataclass(frozen=True)
class Summary:
    """A run in figures.

    Attributes:
        articles: read, new, edited, repeated, older (left out by ``--since``) and rejected; read is the sum of the
            others.
        feeds: outcome of a poll to number of feeds, as met in this run.
        rejects: reason to number, as met in this run, told before or not.
        mentions: category, status and number of standing mentions in the output, all runs.
        days: (day, {category: mentions}) of the standing counts, newest last.
        added: rows that this run added, table to number.
        output: where the tables are.
        seconds: from start to commit.
    """

    articles: dict[str, int]
    feeds: dict[str, int]
    rejects: dict[str, int]
    mentions: list[tuple[str, str, int]]
    days: list[tuple[str, dict[str, int]]]
    added: dict[str, int]
    output: str
    seconds: float


def summarise(output: str, connection: Any, metrics: dict[str, int], seconds: float) -> Summary:
    """The summary of a run, from its counters and the committed tables on a DuckDB connection."""
    mentions = connection.execute(
        "SELECT category, status, count(*) FROM mentions_standing GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    days: dict[str, dict[str, int]] = {}
    for day, category, number in connection.execute(
        "SELECT strftime(day, '%Y-%m-%d'), category, sum(mention_count)::BIGINT "
        "FROM mention_counts_daily GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        days.setdefault(day, {})[category] = number
    added = {t: metrics.get(f"rows.{t}", 0) for t in TABLES}
    return Summary(
        _outcomes(metrics),
        {k.split(".")[1]: v for k, v in sorted(metrics.items()) if k.startswith("feeds.")},
        _reasons(metrics),
        mentions,
        list(days.items()),
        added,
        output,
        round(seconds, 1),
    )


def _outcomes(metrics: dict[str, int]) -> dict[str, int]:
    """Every item read, under exactly one outcome: what the tagger refused is rejected, not new."""
    found = {n: metrics.get(f"articles.{n}", 0) for n in ("new", "edited", "repeated", "older")}
    found["new"] -= sum(v for k, v in metrics.items() if k.startswith("rejects.tag."))
    found["rejected"] = sum(v for k, v in metrics.items() if k.startswith("rejects."))
    return {"read": sum(found.values()), **found}


def _reasons(metrics: dict[str, int]) -> dict[str, int]:
    reasons: dict[str, int] = {}
    for name, number in sorted(metrics.items()):
        if name.startswith("rejects."):
            reason = name.rsplit(".", 1)[1]
            reasons[reason] = reasons.get(reason, 0) + number
    return reasons


def print_summary(summary: Summary, as_json: bool) -> None:
    """Print it: JSON on standard output, or tables for people."""
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(asdict(summary), option=orjson.OPT_APPEND_NEWLINE))
        return
    console = Console()
    console.print(_articles(summary))
    if summary.feeds:
        asked = sum(n for outcome, n in summary.feeds.items() if outcome != "not_due")
        outcomes = ", ".join(f"{outcome} {n}" for outcome, n in summary.feeds.items())
        console.print(f"Feeds asked: {asked} ({outcomes})", highlight=False)
    if summary.mentions:
        console.print(_by_status(summary))
        console.print(_by_day(summary))
    if any(summary.added.values()):
        rows = ", ".join(f"{table} {n:,}" for table, n in summary.added.items() if n)
        console.print(f"Rows added: {rows}", highlight=False)
    else:
        console.print(f"Nothing new: {_nothing(summary.articles)}. Nothing was added.")
    console.print(
        f"Tables in {summary.output}/ ({summary.seconds:.1f} s). "
        f"Look closer: tocsin counts {summary.output}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _nothing(articles: dict[str, int]) -> str:
    """Why a run added nothing."""
    if articles["older"]:
        before = "was counted before or " if articles["repeated"] else ""
        return f"every article {before}is older than --since"
    return "every article was counted before" if articles["repeated"] else "no article was read"


def _articles(summary: Summary) -> Table:
    table = Table(title="This run", title_justify="left")
    table.add_column("articles")
    table.add_column("number", justify="right")
    for outcome, number in summary.articles.items():
        if number or outcome != "older":
            table.add_row(outcome if outcome == "read" else f"  {outcome}", f"{number:,}")
    for reason, number in summary.rejects.items():
        table.add_row(f"    {reason}", f"{number:,}")
    return table


def _by_status(summary: Summary) -> Table:
    statuses = sorted({status for _, status, _ in summary.mentions})
    table = Table(title="Standing mentions", title_justify="left")
    table.add_column("category")
    cells: dict[str, dict[str, int]] = {}
    for category, status, number in summary.mentions:
        cells.setdefault(category, {})[status] = number
    for status in statuses:
        table.add_column(status, justify="right")
    table.add_column("all", justify="right")
    for category, row in cells.items():
        numbers = [str(row.get(s, 0)) for s in statuses]
        table.add_row(category, *numbers, str(sum(row.values())))
    return table


def _by_day(summary: Summary) -> Table:
    shown = summary.days[-DAYS_SHOWN:]
    categories = sorted({c for _, row in shown for c in row})
    title = "Standing counts by day, UTC"
    if len(shown) < len(summary.days):
        title += f" (the last {len(shown)} of {len(summary.days)})"
    table = Table(title=title, title_justify="left")
    table.add_column("day")
    for category in categories:
        table.add_column(category, justify="right")
    for day, row in shown:
        table.add_row(day, *(str(row.get(c, 0)) for c in categories))
    return table
