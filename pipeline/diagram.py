"""The flow as a Mermaid diagram, drawn from the graph that `build` really makes.

``python -m pipeline.diagram`` prints it; a test holds the README's copy to it.
"""

import tempfile
from pathlib import Path
from typing import Any

import apache_beam as beam

from pipeline.build import Inputs, Settings, build
from transforms.read_files import ReadFiles
from transforms.store.folder import open_folder


def diagram() -> str:
    """A Mermaid flowchart of the top-level steps and what passes between them."""
    pipeline = beam.Pipeline(runner="FnApiRunner")
    with tempfile.TemporaryDirectory() as folder:
        store = open_folder(Path(folder), (3600, 3600), 0)
        files = pipeline | "Read files or poll feeds" >> ReadFiles(["news"], 0)
        build(Inputs(files.articles, files.rejects), store, Settings(3600, 3600, 0))
    steps = pipeline.transforms_stack[0].parts
    names = {step.full_label: f"n{number}" for number, step in enumerate(steps)}
    makers = {id(out): step for step in steps for out in _outputs(step)}
    lines = ["flowchart TD"]
    lines += [f'    {names[s.full_label]}["{s.full_label}"]' for s in steps]
    for step in steps:
        for source in dict.fromkeys(
            makers[id(i)].full_label for i in step.inputs if id(i) in makers
        ):
            lines.append(f"    {names[source]} --> {names[step.full_label]}")
    return "\n".join(lines)


def _outputs(step: Any) -> list[Any]:
    """Every collection that a step or a part of it makes."""
    found = list(step.outputs.values())
    for part in step.parts:
        found += _outputs(part)
    return found


if __name__ == "__main__":
    print(diagram())
