"""What the PDF of an article is made from, learned as a layout learns it: by asking the site."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from markupsafe import escape

from generator.media.pdf.ladder import Document, PictureFile
from generator.model.article import Article, Image, Kind, When
from generator.templates import filters, html_addresses
from generator.templates.context import PortalContext, QueryContext

LABELS: Final[dict[Kind, str]] = {
    "interview": "Interview",
    "report": "Reportage",
    "comment": "Kommentar",
    "sponsored": "Anzeige",
}
"""What readers are told about a kind of article; plain news has no label."""

Fallback = Callable[[str, str], tuple[Path, bytes]]
"""Where the file of a picture lies that everything can show, and the digest of the picture; for the
path of a source and its name for the picture."""


def document(
    path: str,
    site: QueryContext,
    portal: PortalContext,
    inside: Iterable[Image],
    fallback: Fallback,
) -> Document:
    """The document of the article at `path`, whose text shows the pictures `inside`."""
    article: Article = site.article(path)
    body = str(site.body(path, absolute=True))
    images = [*inside, *([article.image] if article.image else ())]
    pictures: dict[str, PictureFile] = {}
    files: dict[str, str] = {}
    for file in dict.fromkeys(image.file for image in images):
        address = filters.absolute(site.image(path, file).src, portal.address)
        files[str(escape(address))] = str(escape(file))
        place, digest = fallback(path, file)
        pictures[file] = PictureFile(file, str(place), digest)
    body = html_addresses.changed(
        body, lambda tag, _name, place: files.get(place, place) if tag == "img" else place
    )
    sections = {section.id: section.name for section in portal.sections}
    return Document(
        path=path,
        address=filters.absolute(article.address, portal.address),
        title=article.title,
        kicker=article.kicker,
        label=LABELS.get(article.kind, ""),
        kind=article.kind,
        lead=article.lead,
        date=_moment(article.date, portal.language),
        updated=_moment(article.updated, portal.language) if article.updated else "",
        corrections=tuple(
            (_moment(each.date, portal.language), each.text) for each in article.corrections
        ),
        published=article.date.at,
        authors=tuple(portal.authors.get(name, name) for name in article.authors),
        section=sections.get(article.section, article.section),
        keywords=article.keywords,
        sources=article.sources,
        image=article.image,
        body=body,
        pictures=tuple(pictures.values()),
        portal=portal.title,
        publisher=portal.publisher,
        language=portal.language,
    )


def _moment(when: When, language: str) -> str:
    """A day, with the time where there is one."""
    day = filters.date_text(when, pattern="long", language=language)
    return f"{day}, {filters.time_text(when)} Uhr" if when.timed else day
