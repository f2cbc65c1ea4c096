"""Rules about finished pages: a few are rendered to see whether their layouts work."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Final, NamedTuple

from generator.base.problems import PortalError, Problem, problem
from generator.engine import printing
from generator.engine.render import Answers
from generator.model.article import Article, Firm, Source
from generator.site import links
from generator.site.index import Site
from generator.site.pages import Page

POSTS: Final = 100
"""So many sponsored posts, the newest, and firms with a paid entry are rendered."""

PAID: Final = frozenset({"article.html", "firm.html"})
"""The layouts of pages for which somebody may have paid."""

_MAIN: Final = re.compile(r"<main\b.*?</main>", re.DOTALL)
_UNSEEN: Final = re.compile(r"<(script|style|template)\b.*?</\1>|<[^<>]*>", re.DOTALL)
_LABEL: Final = {"de": re.compile(r"\bAnzeige\b", re.IGNORECASE)}
_LABEL_ELSEWHERE: Final = re.compile(r"\b(?:Anzeige|Advert\w*|Sponsored)\b", re.IGNORECASE)
_LINK: Final = re.compile(r'<a [^>]*?href="(https?://[^"]*)"[^>]*>')
_REL: Final = re.compile(r' rel="[^"]*\bsponsored\b[^"]*"')


class Samples(NamedTuple):
    """The texts of a few pages, and what is wrong with their layouts."""

    texts: Mapping[Page, str]
    problems: tuple[Problem, ...]


def samples(answers: Answers, pages: Iterable[Page]) -> Samples:
    """One page of each layout, and those of the newest sponsored posts, rendered."""
    wanted: dict[str, Page] = {}
    for page in pages:
        if not (page.is_pdf or page.file):
            wanted.setdefault(page.layout, page)
    posts = [page for page in pages if page.layout in PAID and _post(answers.site, page)]
    texts: dict[Page, str] = {}
    problems: list[Problem] = []
    for page in dict.fromkeys((*wanted.values(), *posts[:POSTS])):
        try:
            texts[page] = answers.render(page).data.decode()
        except PortalError as error:
            problems += error.problems
    return Samples(texts, (*problems, *_of_pdf(answers, pages)))


def _of_pdf(answers: Answers, pages: Iterable[Page]) -> tuple[Problem, ...]:
    """What is wrong with the layout of PDFs; tried on an article without pictures, if there is one.

    A check makes no pictures.
    """
    entries = answers.site.entries
    possible = (p for p in pages if p.is_pdf and not list(links.images(entries[p.article])))
    page = next(possible, None)
    if page is None:
        return ()
    try:
        ((_, made),) = printing.printed(answers, [page], jobs=1)
    except PortalError as error:
        return error.problems
    return tuple(one for one in made.problems if one.path != page.article)


def sponsored_rel(site: Site, texts: Mapping[Page, str]) -> Iterator[Problem]:
    """Paid links without rel="sponsored": those of the text and the sources of a sponsored post."""
    for source, _, text in _posts(site, texts):
        own = {source.link} if isinstance(source, Firm) else {each.url for each in source.sources}
        found = (
            unescape(link[1])
            for part in _MAIN.findall(text)
            for link in _LINK.finditer(part)
            if not _REL.search(link[0])
        )
        for url in dict.fromkeys(found):
            if url in own - {""} or not url.startswith(f"{site.portal.address}/"):
                yield problem("sponsored-rel", _shown(site, source), 1, url=url)


def sponsored_label(site: Site, texts: Mapping[Page, str]) -> Iterator[Problem]:
    """Sponsored posts whose page does not say so where readers see it."""
    label = _label(site)
    for source, page, text in _posts(site, texts):
        seen = " ".join(_UNSEEN.sub(" ", part) for part in _MAIN.findall(text) or [text])
        if not label.search(seen):
            yield problem("sponsored-label", _shown(site, source), 1, address=page.address)


def ad_layout(site: Site, texts: Mapping[Page, str]) -> Iterator[Problem]:
    """Advertisements on whose page it does not say so, or whose link is not marked as paid."""
    for ad in site.advertising.all:
        for page, text in texts.items():
            links = [found[0] for found in _LINK.finditer(text) if unescape(found[1]) == ad.link]
            shown = [link for link in links if not _REL.search(link)]
            if shown or (links and not _label(site).search(_UNSEEN.sub(" ", text))):
                yield problem(
                    "ad-layout", _shown(site, ad), 1, layout=page.layout, address=page.address
                )


def _shown(site: Site, source: Source) -> str:
    """A source as messages name it."""
    return site.portal.folders.in_content(source.path)


def _label(site: Site) -> re.Pattern[str]:
    """How a page says in the portal's language that something on it is paid for."""
    return _LABEL.get(site.portal.language.partition("-")[0], _LABEL_ELSEWHERE)


def _posts(site: Site, texts: Mapping[Page, str]) -> Iterator[tuple[Article | Firm, Page, str]]:
    for page, text in texts.items():
        source = _post(site, page)
        if source and page.layout in PAID:
            yield source, page, text


def _post(site: Site, page: Page) -> Article | Firm | None:
    """The sponsored post or the paid entry that a page shows, or None."""
    if page.firm:
        firm = site.firm(page.firm)
        return firm if firm.paid else None
    if not page.article:
        return None
    article = site.article(page.article)
    return article if article.kind == "sponsored" else None
