"""Lighthouse on each kind of page, and what an article weighs and when it shows on a slow line.

npm ci --prefix tools/lighthouse
python -m tools.lighthouse [address …]
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from tests import needs
from tests.browser import serving, start
from tests.sample import build_sample

PROGRAM: Final = Path(__file__).parent / "node_modules" / ".bin" / "lighthouse"
CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
PLAIN: Final = "/2024/02/obertal-breitband-zwischenstand/"
"""An article without pictures."""

PAGES: Final = (
    "/", "/2026/11/wernried-haushalt-entwurf/", PLAIN, "/2026/10/kassenlotse-mahnwesen/",
    "/2026/11/wernried-haushalt-entwurf/druck/", "/politik/", "/anzeigen/", "/autor/ve/",
    "/stichwort/", "/stichwort/sensorik/", "/archiv/", "/archiv/2026/", "/archiv/2026/11/",
    "/bildnachweise/", "/suche/", "/it-guide/", "/it-guide/kassenlotse/", "/barrierefreiheit/",
    "/404.html",
)  # fmt: skip

SLOW_4G: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 // 8,
    "uploadThroughput": 750_000 // 8,
}
"""What Lighthouse calls slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back."""

PAINTS: Final = """
() => new Promise(resolve => {
  let shifts = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) shifts += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  new PerformanceObserver(list => {
    const largest = list.getEntries().at(-1).startTime;
    requestAnimationFrame(() => resolve([largest, shifts]));
  }).observe({type: "largest-contentful-paint", buffered: true});
})
"""


def lighthouse(address: str) -> tuple[dict[str, Any], list[str]]:
    """The four scores of a page in percent, and the audits that cost some of them."""
    done = subprocess.run(  # noqa: S603 - a program of ours with arguments of ours
        [
            PROGRAM, address, "--quiet", "--output=json", "--output-path=stdout",
            f"--only-categories={','.join(CATEGORIES)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ],
        env={**os.environ, "CHROME_PATH": str(needs.CHROMIUM)},
        stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    report = json.loads(done.stdout)
    missed = [
        name
        for category in report["categories"].values()
        for name in (
            reference["id"] for reference in category["auditRefs"] if reference["weight"] > 0
        )
        if (score := report["audits"][name]["score"]) is not None and score < 1
    ]
    scores = {name: report["categories"][name]["score"] for name in CATEGORIES}
    return scores, sorted(set(missed))


def on_a_slow_line(browser: Browser, address: str) -> tuple[float, float, int, int]:
    """Largest contentful paint in ms, layout shift, bytes over the line, and requests."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_4G)
    sizes: list[int] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    largest, shifts = page.evaluate(PAINTS)
    context.close()
    return largest, shifts, int(sum(sizes)), len(sizes)


def main() -> None:
    """Prints a table of scores, and the figures on a slow line."""
    with tempfile.TemporaryDirectory() as folder:
        output = build_sample(Path(folder))
        with serving(output) as home, sync_playwright() as playwright:
            print(f"{'page':44}{''.join(f'{name:>15}' for name in CATEGORIES)}  missed")  # noqa: T201
            for address in sys.argv[1:] or PAGES:
                scores, missed = lighthouse(home + address)
                shown = "".join(f"{(scores[name] or 0) * 100:15.0f}" for name in CATEGORIES)
                print(f"{address:44}{shown}  {' '.join(missed)}", flush=True)  # noqa: T201
            browser = start(playwright)
            for address in ("/", PLAIN, "/2026/11/wernried-haushalt-entwurf/"):
                largest, shifts, size, requests = on_a_slow_line(browser, home + address)
                print(  # noqa: T201
                    f"slow 4G {address}: LCP {largest:.0f} ms, CLS {shifts:.3f},"
                    f" {size / 1000:.1f} kB in {requests} requests"
                )
            browser.close()


if __name__ == "__main__":
    main()
