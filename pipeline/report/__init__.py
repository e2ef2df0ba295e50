"""`tocsin report`: one self-contained HTML page of an output, with charts, offline."""

import argparse
import csv
import io
import os
import sys
from pathlib import Path

from pipeline.bigquery_options import bigquery_settings
from pipeline.options import UsageError, check_period
from pipeline.standing import VIEWS
from pipeline.tables import open_tables
from schemas.records import TABLES


def command(args: argparse.Namespace) -> int:
    """Write the page, or with a name that ends in .csv the sentences behind it; 0.

    Raises:
        UsageError: no such output, a page that cannot be written, or the libraries for charts are missing.
    """
    try:
        from pipeline.report.gather import gather
        from pipeline.report.page import render
        from pipeline.report.sentences import all_sentences
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the report needs {error.name}: install it with the extra, as in pip install '.[report]'"
        ) from error
    check_period(args.since, args.until)
    connection = open_tables(args.output, views=(*VIEWS, *TABLES), bigquery=bigquery_settings(args))
    if args.page.endswith(".csv"):
        text = all_sentences(connection, args.since, args.until)
        _write(Path(args.page), text)
        print(f"{args.page}: {len(list(csv.reader(io.StringIO(text)))) - 1:,} sentences")
        return 0
    page = render(gather(connection, args.output, args.since, args.until))
    if args.page == "-":
        sys.stdout.write(page)
        return 0
    _write(Path(args.page), page)
    print(f"{args.page}: {len(page.encode()) / 1000:,.0f} kB; open it in any browser")
    return 0


def _write(path: Path, page: str) -> None:
    """Replace the file in one step, so that a page that somebody looks at is never half written.

    A link stays and leads to the new page; a pipe or device, such as /dev/null, is written to.
    """
    if path.is_dir():
        raise UsageError(f"{path}: a folder; name the page's file, such as {path / 'report.html'}")
    place = path.resolve()
    file = not place.exists() or place.is_file()
    aside = place.with_name(f".{place.name}.{os.getpid()}") if file else place
    try:
        aside.write_text(page, "utf-8")
        if file:
            aside.replace(place)
    except OSError as error:
        if file:
            aside.unlink(missing_ok=True)
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
