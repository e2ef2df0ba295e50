"""Print ``deploy/terraform/tables.json``: every table as BigQuery's API takes it, from the records.

Run from the repository's root: ``python deploy/tables.py > deploy/terraform/tables.json``.
"""

import json
import sys
from typing import Any

from schemas.records import TABLES
from transforms.bigquery.tables import new_table
from transforms.bigquery.target import Target


def table(name: str) -> dict[str, Any]:
    """Schema, partition, clustering, labels and description, as a run would create the table."""
    body = new_table(Target("project", "dataset"), name).to_api_repr()
    return {
        "description": body["description"],
        "partition": body["timePartitioning"]["field"],
        "cluster": body["clustering"]["fields"],
        "labels": body["labels"],
        "schema": body["schema"]["fields"],
    }


def tables_json() -> str:
    """The text of the file."""
    found = {name: table(name) for name in TABLES}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(tables_json())
