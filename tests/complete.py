"""A small portal with all that there is: pictures, PDFs, search, firms, ads, compression.

It comes in editions, as if days of work lay between them: articles are new, changed or gone, parts
of the portal switched on or off.
"""

import io
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from tests.portals import PORTAL, SVG, TestPortal

AT: Final = "2026-06-15 12:00"
"""The moment for which it is built."""

TEXT: Final = "Im Rathaus ging es um die Akte, den Antrag und die Frage, wer sie liest. " * 8


class Edition(NamedTuple):
    """What a portal consists of at some time: numbers of articles, and what is switched on."""

    articles: tuple[int, ...]
    turn: int = 0
    pdfs: int = 0
    search: bool = False
    compress: tuple[str, ...] = ()
    server: str = ""
    firms: int = 0
    ads: int = 0
    pictures: bool = True


EDITIONS: Final = (
    Edition(tuple(range(12)), 0, 3, True, ("gzip", "brotli"), "nginx", 2, 3),
    Edition((0, *range(3, 15)), 1, 3, True, ("gzip", "brotli"), "nginx", 3, 2),
    Edition(tuple(range(2, 15)), 2, 0, False, (), "netlify", 1, 3),
    Edition(tuple(range(1, 10)), 1, 2, False, ("gzip",)),
    Edition((0, 11), 0, 0, True, pictures=False),
)
"""The first two have everything; from one to another everything is switched on or off."""


def write(root: Path, edition: int) -> TestPortal:
    """The portal as it is in an edition; what stays the same is not touched."""
    portal = TestPortal(root)
    if not root.exists():
        TestPortal.make(root)
    wanted = files(EDITIONS[edition])
    for file in [path for path in (root / "content").rglob("*") if path.is_file()]:
        if file.relative_to(root).as_posix() not in wanted:
            file.unlink()
    for path, data in wanted.items():
        file = root / path
        if not file.exists() or file.read_bytes() != data:
            portal.write(path, data)
    return portal


@cache
def files(edition: Edition) -> dict[str, bytes]:
    """The files of an edition but its layouts and assets, and the layout that differs."""
    found: dict[str, bytes] = {"portal.toml": settings(edition).encode()}
    for number in edition.articles:
        found |= article(edition, number)
    for number in range(edition.firms):
        found[f"content/firmen/firma-{number}.md"] = (
            f"---\nname: Firma {number}\ntown: Aachhausen {edition.turn}\nlogo: logo.svg\n"
            f"keywords: Rat\npaid: ja\n---\n{TEXT}\n"
        ).encode()
        found["content/firmen/logo.svg"] = SVG.encode()
    for number in range(edition.ads):
        found[f"content/anzeigen/anzeige-{number}.md"] = (
            f"---\nname: Anzeige {number}\nslot: {('top', 'side', 'top')[number]}\n"
            f"image: {{file: anzeige.svg, alt: Ein Angebot}}\n"
            f"link: https://www.firma.example/?runde={edition.turn}\n---\n"
        ).encode()
        found["content/anzeigen/anzeige.svg"] = SVG.replace("h9", "h8").encode()
    for name in ("impressum", "datenschutz"):
        found[f"content/seiten/{name}.md"] = f"---\ntitle: {name.title()}\n---\n{TEXT}\n".encode()
    layout = Path(__file__).parent.parent / "layouts" / "print.html"
    found["layouts/print.html"] = layout.read_bytes() + f"<!-- {edition.turn} -->".encode()
    return found


def article(edition: Edition, number: int) -> dict[str, bytes]:
    """An article that links to those before and behind it, and its picture."""
    folder = f"content/2026/0{1 + number % 4}"
    at = edition.articles.index(number)
    near = [edition.articles[at - 1], edition.articles[(at + 1) % len(edition.articles)]]
    links = [f"[mehr](../0{1 + n % 4}/artikel-{n}.md)" for n in near]
    is_changed = number % 4 == 0 or number == edition.articles[-1]
    changed = f" in Runde {edition.turn}" if is_changed else ""
    picture = f"{{file: bild-{number % 3}.png, alt: Ein Bild, credit: Foto}}"
    head = {
        "title": f"Beschluss {number}{changed}",
        "date": f"2026-0{1 + number // 4}-{1 + number % 4:02}",
        "section": ("politik", "technik")[number % 2],
        "keywords": f"Rat, Wort {number % 3}",
        "author": ("ve", "tl")[number % 2],
        "lead": "Ein Vorspann.",
        "kind": "sponsored" if number == 5 else "news",
        **({"image": picture} if edition.pictures and number % 2 else {}),
        **({"aliases": f"/alt/{number}/"} if number == 3 else {}),
    }
    header = "".join(f"{name}: {value}\n" for name, value in head.items())
    text = f"---\n{header}---\n{TEXT} {' '.join(links)}\n"
    found = {f"{folder}/artikel-{number}.md": text.encode()}
    if "image" in head:
        found[f"{folder}/bild-{number % 3}.png"] = photo(number % 3 + 3 * edition.turn)
    return found


@cache
def photo(number: int) -> bytes:
    """A picture unlike others, in pixels."""
    stream = io.BytesIO()
    picture = Image.linear_gradient("L").resize((360, 240)).rotate(17 * number)
    picture.convert("RGB").save(stream, "png")
    return stream.getvalue()


def settings(edition: Edition) -> str:
    """The portal.toml of an edition."""
    pdf = f"newest = {edition.pdfs}" if edition.pdfs else "enabled = false"
    compress = ", ".join(f'"{way}"' for way in edition.compress)
    server = f'server = "{edition.server}"\n' if edition.server else ""
    title = PORTAL.replace("enabled = false", pdf)
    search = f"[search]\nenabled = {str(edition.search).lower()}\n"
    return f"{title}\n{search}\n[delivery]\ncompress = [{compress}]\n{server}"
