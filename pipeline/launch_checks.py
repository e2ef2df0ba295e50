"""What would fail a remote job only after minutes is refused at launch, in one line.

Wrong or missing options of Dataflow, folders that no worker can see, and images without our code or model.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.options import UsageError

CONTINENTS = "us|northamerica|southamerica|europe|asia|africa|australia|me"
DIRECTIONS = "north|south|east|west|central|northeast|northwest|southeast|southwest"
REGION = re.compile(rf"({CONTINENTS})-({DIRECTIONS})[1-9][0-9]?")
"""How Google names regions. The words and not the list are kept here: regions are added, words hardly ever."""

BUCKET_PATH = re.compile(r"gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](/.*)?")
JOB_NAME = re.compile(r"[a-z]([a-z0-9-]{0,1022}[a-z0-9])?")


def is_dataflow(options: PipelineOptions) -> bool:
    """Whether the runner asked for is Dataflow, under any of the names that Beam takes."""
    runner = str(options.get_all_options()["runner"] or "").rsplit(".", 1)[-1].lower()
    return runner in ("dataflowrunner", "dataflow")


def check_launch(options: PipelineOptions, output: str, inputs: Sequence[str]) -> None:
    """Refuse what cannot work on the runner asked for. Local runners take everything.

    Args:
        options: the options of the pipeline.
        output: the output as given.
        inputs: paths of the files to read, as the workers will open them.

    Raises:
        UsageError: the first thing that is wrong, with what to do about it.
    """
    if not is_dataflow(options):
        return
    given = options.get_all_options()
    for check in (_place, _names, _image):
        for problem in check(given):
            raise UsageError(problem)
    if not output.startswith("bq://"):
        raise UsageError(
            f"--output {output}: workers of Dataflow cannot write here; use bq://PROJECT.DATASET"
        )
    for path in inputs:
        if "://" not in path:
            raise UsageError(
                f"{path}: workers of Dataflow cannot read this machine's files; copy it to gs://"
            )


Check = Callable[[dict[str, Any]], Iterator[str]]


def _place(given: dict[str, Any]) -> Iterator[str]:
    if not given["project"]:
        yield "Dataflow needs --project, the id of the project that runs the job"
    region = given["region"] or ""
    if not region:
        yield "Dataflow needs --region, such as --region=europe-west1"
    elif re.fullmatch(rf"{REGION.pattern}-[a-z]", region):
        yield f"--region={region}: this is a zone; its region is {region[:-2]}"
    elif not REGION.fullmatch(region):
        yield f"--region={region}: no such region; they are named like europe-west1 or us-central1"
    if not given["temp_location"]:
        yield "Dataflow needs --temp_location, such as --temp_location=gs://BUCKET/temp"
    for name in ("temp_location", "staging_location", "template_location"):
        if given[name] and not BUCKET_PATH.fullmatch(given[name]):
            yield f"--{name}={given[name]}: not a path in a bucket, such as gs://BUCKET/temp"


def _names(given: dict[str, Any]) -> Iterator[str]:
    job_name = given["job_name"]
    if job_name and not JOB_NAME.fullmatch(job_name):
        yield f"--job_name={job_name}: lower-case letters, digits and hyphens, a letter first"
    if given["update"] and not job_name:
        yield "--update needs --job_name, the name of the job that it replaces"


def _image(given: dict[str, Any]) -> Iterator[str]:
    if not (given["sdk_container_image"] or given["setup_file"]):
        yield (
            "Dataflow needs --sdk_container_image, the image that deploy/Dockerfile makes: "
            "Beam's own has neither tocsin nor its language model"
        )
    elif given["template_location"]:
        yield from _model()


def _model() -> Iterator[str]:
    """In a template's launcher, which runs the workers' image: whether the model is in it."""
    from spacy.util import is_package

    from transforms.tagging.parse import MODELS

    if not any(is_package(name) for name in MODELS):
        yield f"this image has no language model ({' or '.join(MODELS)}): build it from deploy/Dockerfile"
