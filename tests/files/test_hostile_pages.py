"""No page takes an extractor minutes: what holds its article is read, the rest is told."""

import io
import time

import pytest

from transforms.files.raw import Problem, RawArticle
from transforms.files.readers import read_file

SECONDS = 10.0
"""What a file may take on a slow machine; each of these took minutes."""

TEXT = "<p>The envoy met the minister in the old palace by the river, and talks went on.</p>" * 5
PAGES = {
    "attributes": f"<div {' '.join(f'a{n}=1' for n in range(100_000))}>{TEXT}</div>",
    "an image written into the page": f"<img src='data:image/png;base64,{'A' * 900_000}'>{TEXT}",
    "broken JSON": '<script type="application/ld+json">{"author":'
    + '"\\' * 90_000
    + f"</script>{TEXT}",
    "broken JSON, entity": "<script type=application/ld&#43;json>{"
    + '"\\' * 90_000
    + f"</script>{TEXT}",
    "broken JSON without end": f'{TEXT}<SCRIPT type="application/ld+json">{{' + '"\\' * 90_000,
    "openings of metadata": "<meta " * 30_000 + f">{TEXT}",
    "one endless opening": f"<meta {'name=article:published_time ' * 7_000}>{TEXT}",
}


def read(page: str) -> RawArticle | Problem:
    begun = time.process_time()
    (found,) = read_file(io.BytesIO(f"<html><body>{page}".encode()), "a.html")
    assert time.process_time() - begun < SECONDS
    assert isinstance(found, RawArticle | Problem)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_hostile_page_gives_its_article(page: str) -> None:
    found = read(PAGES[page])
    assert isinstance(found, RawArticle)
    assert "The envoy met" in found.body


def test_a_page_of_too_many_tags_is_told() -> None:
    found = read("<table>" + "<tr><td>x" * 150_000)
    assert isinstance(found, Problem)
    assert (found.reason, found.error) == (
        "too_large",
        "a page of 300003 tags, the cap is 60000",
    )


def test_metadata_in_json_is_read_beside_broken_scripts() -> None:
    data = '{"@type": "NewsArticle", "datePublished": "2026-03-02T10:00:00Z"}'
    broken = '<script type="application/ld+json">{"a' + "\\" * 30_000 + "</script>"
    found = read(f'{broken}<script type="application/ld+json">{data}</script>{TEXT}')
    assert isinstance(found, RawArticle)
    assert found.published == "2026-03-02T10:00:00Z"
