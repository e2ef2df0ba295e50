"""The page in a real browser: no request, no complaint, readable, reachable by keyboard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import CHROMIUM, Browser

from pipeline.cli import main
from pipeline.options import moment
from schemas.records import FeedHealth, Reject

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")

CONTRAST = """
(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b]
    .map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
      if (colour[3] > 0) {
        const under = behind(at.parentElement);
        return under.map((v, n) => n < 3 ? (colour[n] * colour[3] + v * (255 - colour[3])) / 255 : 255);
      }
    }
    return [255, 255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("main *, header *")) {
    const text = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!text || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = rgba(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const name = element.className.baseVal ?? element.className;
    if (ratio < 4.5) poor.push(`${element.tagName}.${name} ${ratio.toFixed(2)}`);
  }
  return [...new Set(poor)];
})()
"""


FILLS = """
(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const ratio = (colour) => {
    const [a, b] = [paper, light(colour)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const found = {hatching: ratio(getComputedStyle(document.querySelector(".hatch-line")).stroke)};
  const bars = "[class^=f-strike], [class^=f-envoy], [class^=f-sanction], .f-articles";
  for (const bar of document.querySelectorAll(`svg.chart :is(${bars})`))
    found[bar.getAttribute("class")] = ratio(getComputedStyle(bar).fill);
  for (const box of document.querySelectorAll(".legend i, .bar"))
    found[box.className] = ratio(getComputedStyle(box).backgroundColor);
  return found;
})()
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(tmp_path_factory.mktemp("profile"))
    yield found
    found.close()


@pytest.fixture
def address(world: Any, tmp_path: Path, now: int) -> str:
    for day in range(2, 10):
        told = [
            {"actor_country": "RUS", "target_country": "UKR", "status": status}
            for status in ("occurred", "planned", "threatened", "called_off", "denied")
        ]
        told += [
            {"category": "envoy", "person": "Ana Ruiz", "actor_country": "BRA"},
            {"category": "sanction", "subtype": "impose", "target_country": "IRN"},
            {"counted": False, "reason": "labour"},
        ]
        if day != 5:
            hostile = "<script>document.title='taken'</script>"
            world.tell(f"d{day}", f"2026-03-{day:02}T08:00", told, text=f"{hostile}\nbody {day}")
    output = world.write(tmp_path / "out", now)
    assert main(["report", output, "-o", str(tmp_path / "r.html")]) == 0
    return (tmp_path / "r.html").as_uri()


def test_it_opens_without_a_request_or_a_complaint(browser: Browser, address: str) -> None:
    browser.open(address)
    sent = [e for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
    assert {e["params"]["request"]["url"] for e in sent} <= {address}
    told = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
    assert [e for e in browser.events if e.get("method") in told] == []
    assert browser.run("document.title").startswith("Tocsin: ")
    assert browser.run("document.querySelectorAll('svg.chart').length") >= 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(browser: Browser, address: str, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.call("Emulation.setEmulatedMedia", features=features)
    browser.open(address)
    assert browser.run(CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_bar_and_its_legend_stand_out(browser: Browser, address: str, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.call("Emulation.setEmulatedMedia", features=features)
    browser.open(address)
    found = browser.run(FILLS)
    assert len(found) > 20
    assert {name: ratio for name, ratio in found.items() if ratio < 3} == {}


def test_on_a_phone_no_table_of_words_is_cut(
    browser: Browser, world: Any, tmp_path: Path, now: int
) -> None:
    for hour in range(120):
        told = [{"counted": False, "reason": "labour"}] if hour == 9 else []
        world.tell(f"q{hour}", f"2026-03-{1 + hour // 24:02}T{hour % 24:02}:00", told)
    for n in range(8):
        hit = [{"target_country": "UKR", "category": c} for c in ("strike", "sanction")]
        hit += [{"category": "envoy", "person": "Ana Ruiz", "actor_country": "BRA"}]
        world.tell(f"b{n}", f"2026-03-05T03:0{n}", hit, publisher=f"P{n}")
    feed, polled = f"https://{'long' * 20}.example/rss", moment("2026-03-04T06:00")
    world.tables["feed_health"] = [
        FeedHealth(feed, polled, "timeout", None, 0, 0, None, 0, 0.1, None, "no answer " * 9)
    ]
    world.tables["rejects"] = [Reject("parse", "malformed", "it ends " * 20, feed, "", polled)]
    page = tmp_path / "r.html"
    assert main(["report", world.write(tmp_path / "out", now), "-o", str(page)]) == 0
    address = page.as_uri()
    size = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    browser.open(address)
    cut = browser.run(
        "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)"
        ".map(e => e.getAttribute('aria-label'))"
    )
    shown = browser.run("[...document.querySelectorAll('.scroll')].map(e => e.ariaLabel)")
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert {"Signals", "Not counted", "Rejected", "Feeds", "Envoys"} <= set(shown)
    assert [name for name in cut if " by " not in name] == []  # tables of figures by two things


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, address: str, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    browser.open(address)
    assert browser.run("document.documentElement.scrollWidth") <= width
    shown = "[...document.querySelectorAll('{} svg')].some(s => s.getClientRects().length)"
    assert browser.run(shown.format(".narrow")) == (width < 500)
    assert browser.run(shown.format(".wide")) == (width >= 768)
    browser.call("Emulation.clearDeviceMetricsOverride")


def test_a_chart_is_read_and_followed_by_keyboard(browser: Browser, address: str) -> None:
    browser.open(address)
    chart = "document.activeElement.matches('svg.chart')"
    for _ in range(40):
        browser.press("Tab")
        if browser.run(chart):
            break
    assert browser.run(chart)
    browser.press("ArrowRight")
    assert "1 article of" in browser.run("document.getElementById('tip').textContent")
    browser.press("Enter")
    assert browser.run("location.hash") == "#at-2026-03-02"
    assert browser.run("document.getElementById('at-2026-03-02').closest('details').open")


def test_the_filter_leaves_what_is_about_the_country(browser: Browser, address: str) -> None:
    browser.open(address)
    browser.run(
        "const s = document.getElementById('country'); s.value = 'IRN';"
        "s.dispatchEvent(new Event('change'))"
    )
    left = "[...document.querySelectorAll('[data-c]:not(.off)')].map(e => e.dataset.c)"
    shown = browser.run(left)
    assert shown
    assert all("IRN" in codes for codes in shown)
    assert "rows and charts" in browser.run("document.getElementById('filtered').textContent")


def test_it_is_complete_without_script(browser: Browser, address: str) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(address)
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.run("document.querySelectorAll('svg.chart').length") >= 10
    assert browser.run("document.querySelector('.filter').hidden")
    assert "Ana Ruiz" in browser.run("document.body.innerText")


def test_print_shows_every_sentence(browser: Browser, address: str) -> None:
    browser.open(address)
    found = browser.call("Page.printToPDF", printBackground=True)
    assert len(found["data"]) > 20_000
    assert browser.run("document.querySelectorAll('details[open]').length") == 0
