"""Takes the pictures of the README: the sample portal in Debian's Chromium.

python -m tools.screenshots
"""

import functools
import io
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.sample import build_sample

FOLDER: Final = Path(__file__).parent.parent / "docs" / "bilder"
ARTICLE: Final = "/2026/11/wernried-haushalt-entwurf/"


class Shot(NamedTuple):
    """One picture: its file, the address, the window, and whether it is dark."""

    file: str
    address: str
    width: int
    height: int
    dark: bool = False


SHOTS: Final = (
    Shot("startseite.jpg", "/", 1280, 1000),
    Shot("artikel.jpg", ARTICLE, 1280, 1000),
    Shot("telefon.jpg", ARTICLE, 390, 800),
    Shot("dunkel.jpg", "/politik/", 1280, 800, dark=True),
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


def main() -> None:
    """Builds the sample portal, serves it, and takes all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        output = build_sample(Path(folder))
        handler = functools.partial(_Quiet, directory=str(output))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            for shot in SHOTS:
                page = browser.new_page(
                    viewport={"width": shot.width, "height": shot.height},
                    color_scheme="dark" if shot.dark else "light",
                )
                # The first visit loads the fonts, the second shows them.
                for _ in range(2):
                    page.goto(f"http://127.0.0.1:{server.server_port}{shot.address}")
                    page.wait_for_load_state("networkidle")
                picture = Image.open(io.BytesIO(page.screenshot()))
                FOLDER.mkdir(parents=True, exist_ok=True)
                picture.convert("RGB").save(FOLDER / shot.file, quality=80, optimize=True)
            browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
