"""A few kills in every test run; `make crash` does sixty over real news."""

import json
import subprocess
import sys
from pathlib import Path


def test_killed_runs_leave_nothing_lost_or_doubled(tmp_path: Path) -> None:
    source = tmp_path / "news.jsonl"
    source.write_text(
        "".join(
            json.dumps(
                {
                    "id": str(n),
                    "title": f"Strike number {n} on Gaza",
                    "text": f"Israeli jets carried out {n} airstrikes on Gaza City.",
                    "published": f"2026-03-{n % 9 + 1:02d}T08:00:00Z",
                    "url": f"https://n.example/{n}",
                }
            )
            + "\n"
            for n in range(40)
        )
    )
    script = Path(__file__).with_name("crash.py")
    words = ["--input", str(source), "--kills", "4", "--items", "20"]
    done = subprocess.run(
        [sys.executable, str(script), *words],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stdout + done.stderr
