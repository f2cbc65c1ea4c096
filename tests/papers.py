"""PDFs of articles of chance, made as a build makes them, and the smallest article that fails.

What is made here is never in this process's children: Typst keeps threads.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from generator.base import digests
from generator.base.problems import PortalError
from generator.engine.queries import SiteContext
from generator.markdown.convert import convert
from generator.media.pdf import ladder
from generator.media.pdf.ladder import Document
from generator.model import article as articles
from generator.model.article import Correction, Image, SourceLink, When
from generator.templates import documents
from generator.templates.context import PortalContext
from tests import paper
from tests.articles import Article, article
from tests.portals import NOW, ROOT

BATCH: Final = 20
"""So many articles are a process's task."""

LAYOUT: Final = ROOT / "layouts" / "pdf"
PHOTO: Final = ROOT / "assets" / "bilder" / "ratssaal.jpg"
FRAME: Final = "Amt & Alltag Politik © Verlag Amt & Alltag Seite von Anzeige"


def failures(seeds: Sequence[int], keep: Path | None = None) -> list[str]:
    """What is wrong with the PDFs of the articles of `seeds`, each with its smallest article."""
    found: list[str] = []
    for seed in seeds:
        made = article(seed)
        if wrong := complaints(made, keep and keep / f"{seed}.pdf"):
            smallest = _smallest(made, _kind(wrong[0]))
            said = "\n".join(wrong[:5])
            found.append(f"seed {seed}: {len(wrong)} wrong\n{said}\n{smallest.source()}\n")
    return found


def complaints(made: Article, keep: Path | None = None) -> list[str]:
    """What is wrong with the PDF of an article; it is written to `keep` if anything is."""
    try:
        result = ladder.make(document(made), LAYOUT).pdf
    except PortalError as error:
        return [
            f"no PDF: {problem.path}:{problem.line} {problem.what()}" for problem in error.problems
        ]
    article_words, byline = made.orders
    wrong = paper.wrong(result, article_words, byline, FRAME)
    if wrong and keep:
        keep.write_bytes(result)
    return wrong


def document(made: Article) -> Document:
    """The document of an article of chance, put together as for one of a portal."""
    values = {name: value for name, (value, _) in made.fields.items()}
    image = values.get("image")
    day = When.of(NOW, timed=False)
    header = articles.Article(
        path="2026/05/a.md",
        address="/2026/05/a/",
        slug="a",
        title=values["title"],
        kicker=values.get("kicker", ""),
        lead=values.get("lead", ""),
        date=day,
        updated=None,
        section="politik",
        keywords=tuple(values.get("keywords", ())),
        authors=tuple(values.get("author", ())),
        sources=tuple(SourceLink(**each) for each in values.get("sources", ())),
        image=Image(**image) if image else None,
        kind=values["kind"],
        aliases=(),
        draft=False,
        expires=None,
        corrections=tuple(Correction(day, text) for text in values.get("corrections", ())),
    )
    body = convert(made.text)
    html = re.sub(
        "\x02(\\d+)\x03",
        lambda mark: _figure(body.placeholders[int(mark[1])]),
        body.html,
    )
    return documents.document(
        header.path,
        cast("SiteContext", _Site(header, html)),
        cast("PortalContext", _Portal()),
        [Image("foto.jpg")],
        lambda _path, _file: (PHOTO, digests.of_bytes(b"foto")),
    )


def _figure(placeholder: Any) -> str:
    caption = placeholder.image.caption
    return f'<figure><img src="/foto.jpg" alt="Foto"><figcaption>{caption}</figcaption></figure>'


@dataclass
class _Picture:
    src: str = "/foto.jpg"


@dataclass
class _Site:
    header: articles.Article
    html: str

    def article(self, _path: str) -> articles.Article:
        return self.header

    def body(self, _path: str, *, absolute: bool) -> str:
        return (
            self.html.replace('"/foto.jpg"', '"https://www.amt.example/foto.jpg"')
            if absolute
            else self.html
        )

    def image(self, _path: str, _file: str) -> _Picture:
        return _Picture()


@dataclass
class _Section:
    id: str = "politik"
    name: str = "Politik"


class _Portal:
    address = "https://www.amt.example"
    title = "Amt & Alltag"
    publisher = "Verlag Amt & Alltag"
    language = "de"
    sections = (_Section(),)
    authors: Final[dict[str, str]] = {}


def _kind(complaint: str) -> str:
    return complaint.partition(":")[0]


def _smallest(failing: Article, kind: str) -> Article:
    """`failing` without what can be left out of it while it fails in the same way."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(failing):
            wrong = complaints(candidate)
            if any(_kind(each) == kind for each in wrong):
                failing, smaller = candidate, True
                break
    return failing


def _smaller(made: Article) -> Iterator[Article]:
    """`made` without a half of its blocks, without one of them, without a field."""
    blocks = made.blocks
    if half := len(blocks) // 2:
        yield from (replace(made, blocks=some) for some in (blocks[:half], blocks[half:]))
    for name in set(made.fields) - {"title", "kind"}:
        yield replace(made, fields={k: v for k, v in made.fields.items() if k != name})
    for place in range(len(blocks)):
        yield replace(made, blocks=(*blocks[:place], *blocks[place + 1 :]))
