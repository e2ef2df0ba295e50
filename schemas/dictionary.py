"""The data dictionary: every table and view with every column, as Markdown."""

from collections.abc import Sequence

from schemas.records import FEED_OUTCOMES, REJECT_REASONS, TABLES, Field, Table
from schemas.sql import View, views


def dictionary() -> str:
    """The whole data dictionary as Markdown: tables, closed sets of values, views."""
    parts = [
        "Times are UTC, to the microsecond; windows are half open (`window_start` belongs to the"
        " window, `window_end` to the next). A text that is unknown is empty, never null.",
        "## Tables",
        *(_table(table) for table in TABLES.values()),
        "## What the values mean",
        _values("feed_health.outcome", FEED_OUTCOMES),
        _values("rejects.reason", REJECT_REASONS),
        "## Views",
        *(_view(view) for view in sorted(views().values(), key=lambda v: v.name)),
    ]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    clustered = ", ".join(f"`{c}`" for c in table.cluster)
    rows = [(f.name, _type(f), _doc(f)) for f in table.fields]
    return (
        f"### {table.name}\n\n{table.doc}\n\n"
        f"Partitioned by UTC day of `{table.partition}`; in BigQuery clustered by {clustered}.\n\n"
        + _markdown_table(("column", "type", "meaning"), rows)
    )


def _type(field: Field) -> str:
    return field.kind + (" or null" if field.nullable else "")


def _doc(field: Field) -> str:
    if 0 < len(field.values) <= 6:
        return f"{field.doc} One of: {', '.join(f'`{v}`' for v in field.values)}."
    return f"{field.doc} A closed set, below." if field.values else field.doc


def _values(column: str, meanings: dict[str, str]) -> str:
    rows = [(f"`{value}`", meaning) for value, meaning in meanings.items()]
    return f"### {column}\n\n" + _markdown_table(("value", "meaning"), rows)


def _view(view: View) -> str:
    reads = ", ".join(f"`{name}`" for name in sorted(view.needs))
    return f"### {view.name}\n\n{view.doc}\n\nReads {reads}.\n\n" + _markdown_table(
        ("column", "meaning"), list(view.columns.items())
    )


def _markdown_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    cells = [[cell.replace("|", r"\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
