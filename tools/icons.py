"""Draws the icons of the web manifest from the SVG, in Debian's Chromium.

python -m tools.icons [folder]

The folder holds icon.svg; it is assets/icons, unless another one is named.  Run it whenever the
SVG changed.
"""

import io
import sys
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser import start

FOLDER: Final = Path(__file__).parent.parent / "assets" / "icons"
PAPER: Final = "#fdfcf9"


class Icon(NamedTuple):
    """One file: its size in pixels, how much of it the drawing takes, what lies below it."""

    file: str
    size: int
    share: float = 1.0
    ground: str = "transparent"


ICONS: Final = (
    Icon("icon-192.png", 192),
    Icon("icon-512.png", 512),
    # A platform may cut everything off that is outside a circle of 80 percent of the width.
    Icon("icon-maskable-512.png", 512, 0.54, PAPER),
    # Telephones that know no manifest put black below what is transparent.
    Icon("apple-touch-icon.png", 180, 0.7, PAPER),
)


def main() -> None:
    """Draws every icon into the folder."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    drawing = (folder / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = start(playwright)
        for icon in ICONS:
            page = browser.new_page(viewport={"width": icon.size, "height": icon.size})
            page.set_content(
                f"<style>body {{ margin: 0; height: 100vh; display: grid; place-items: center;"
                f" background: {icon.ground} }} svg {{ width: {icon.share:%} }}</style>{drawing}"
            )
            picture = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
            # A drawing of few colours needs no more than 64, with their transparency.
            few = picture.convert("RGBA").quantize(64, Image.Quantize.FASTOCTREE)
            few.save(folder / icon.file, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
