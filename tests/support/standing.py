"""What stands in an output, for comparing two of them."""

from pathlib import Path
from typing import Any

from pipeline.tables import open_tables


def standing(output: Path | str) -> list[tuple[Any, ...]]:
    """Counts by window and series that are not zero, without revisions, sorted."""
    return (
        open_tables(str(output))
        .execute(
            "SELECT * EXCLUDE (revision, reason, emitted) FROM mention_counts_latest "
            "WHERE mention_count > 0 ORDER BY ALL"
        )
        .fetchall()
    )
