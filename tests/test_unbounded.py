"""The unbounded form of the flow gives the counts of the bounded one, whatever comes when."""

from pathlib import Path
from typing import Any

import pytest
from unbounded import shuffled_and_sorted


@pytest.mark.parametrize("window", [(3600, 3600), (7200, 1800)])
@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_and_any_watermark_count_like_one_sorted_run(
    article: Any, tmp_path: Path, window: tuple[int, int], seed: int
) -> None:
    runner = ["--runner=BundleBasedDirectRunner"]
    stream, once = shuffled_and_sorted(article, tmp_path, window, seed, runner)
    assert stream == once != []
