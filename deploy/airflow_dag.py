"""An example for those who have Airflow: one run every half hour, from the Flex Template.

Needs apache-airflow-providers-google; set the Airflow variables ``tocsin_project``, ``tocsin_region`` and
``tocsin_launch`` (the value of ``terraform output -raw launch``).
"""

import json
from datetime import datetime, timedelta

from airflow.decorators import dag
from airflow.models import Variable
from airflow.providers.google.cloud.operators.bigquery import BigQueryCheckOperator
from airflow.providers.google.cloud.operators.dataflow import DataflowStartFlexTemplateOperator


@dag(
    schedule="*/30 * * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,  # a run polls what is published now; an hour missed is in the next run's feeds
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=5)},
)
def tocsin() -> None:
    """Poll, count, then see that data is fresh."""
    project = Variable.get("tocsin_project")
    launch = json.loads(Variable.get("tocsin_launch"))
    output = launch["launchParameter"]["parameters"]["output"].removeprefix("bq://")
    count = DataflowStartFlexTemplateOperator(
        task_id="count",
        project_id=project,
        location=Variable.get("tocsin_region"),
        body=launch,
        deferrable=True,
        append_job_name=False,
    )
    fresh = BigQueryCheckOperator(
        task_id="fresh",
        sql=f"SELECT MAX(polled) > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 HOUR) FROM `{output}.feed_health` "  # noqa: S608
        "WHERE polled > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 DAY)",
        use_legacy_sql=False,
    )
    count >> fresh


tocsin()
