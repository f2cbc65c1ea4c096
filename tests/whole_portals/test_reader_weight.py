"""What a page costs on a slow line: bytes, which are the same on every machine, and no time."""

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from tests.browser import SLOW, serving

ARTICLE: Final = "/2024/02/obertal-breitband-zwischenstand/"
"""One without pictures, with a table and a footnote."""

SHIFTS: Final = """
() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})
"""


@pytest.mark.parametrize("width", [390, 1440])
def test_an_article_without_pictures_weighs_no_more_than_60_kilobytes(
    browser: Browser, sample: Path, width: int
) -> None:
    """Over the line, packed, with fonts, style, icons and the heads of all answers."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.set_default_timeout(SLOW)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    line.on(
        "Network.responseReceived",
        lambda event: names.update({event["requestId"]: event["response"]["url"]}),
    )
    line.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    with serving(sample) as home:
        page.goto(home + ARTICLE, wait_until="networkidle")
        assert page.evaluate("document.fonts.status") == "loaded"
        assert page.evaluate(SHIFTS) == 0
    context.close()
    seen = {names.get(request, request).rpartition("/")[2]: size for request, size in sizes.items()}
    assert [name for name in seen if name.endswith(".woff2")], "the fonts are part of the weight"
    assert sum(seen.values()) <= 60_000, seen
