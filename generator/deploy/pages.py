"""What readers notice of the pages that were built last.

It is remembered by the store's chunks of pages, so that only those are looked at which changed, or
of whose sources one did.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from generator.base import digests
from generator.base.problems import PortalError, problem
from generator.build.last_build import RESOLUTION, Begun, ask
from generator.config.portal import Portal
from generator.deploy.manifest import PublishedPage
from generator.deploy.output import recalled, remember
from generator.load.store import FOLDER, Meta
from generator.model.article import Article, Firm
from generator.site.ledger import Resolution, digest_of_text, kind_of, name_of
from generator.site.pages import Page

SOURCES: Final = frozenset({"article", "standing", "firm"})
"""Kinds of pages that are about a source; its other ones follow from them."""

_REMEMBERED: Final = "deploy-pages"
"""The file in the store's folder; it may be deleted."""


class _Remembered(msgspec.Struct, frozen=True, array_like=True):
    """Pages by chunk, each with its checksum; those of the chunks that tell sources apart; and what
    else decides, as a digest."""

    around: bytes = b""
    sources: tuple[bytes, ...] = ()
    chunks: tuple[tuple[bytes, tuple[PublishedPage, ...]], ...] = ()


def published_pages(portal: Portal) -> tuple[PublishedPage, ...]:
    """What readers notice of the pages that were built last.  PortalError: nothing was."""
    file = portal.folders.root / FOLDER / _REMEMBERED
    before = recalled(file, _Remembered)
    found = ask(portal, lambda meta: _looked_at(meta, before), _Remembered)
    if not found.chunks:
        raise PortalError((problem("nothing-built", str(portal.folders.output)),))
    if found != before:
        remember(file, found)
    return tuple(page for _, pages in found.chunks for page in pages)


def _looked_at(meta: Meta, before: _Remembered) -> _Remembered:
    ids = meta.get(RESOLUTION, Resolution).ids
    around = digests.of_value((meta.fingerprint, ids))
    outline, pages = meta.list("outline", tuple[str, object]), meta.list("pages", Begun)
    sources = outline.seals
    if around != before.around or len(sources) != len(before.sources):
        before = _Remembered(around, sources)
    parts = (n for n, (a, b) in enumerate(zip(sources, before.sources, strict=True)) if a != b)
    edited = {path for part in parts for path, _ in outline.chunk(part)}

    def chunks() -> Iterator[tuple[bytes, tuple[PublishedPage, ...]]]:
        for part, seal in enumerate(pages.seals):
            old = before.chunks[part] if part < len(before.chunks) else (b"", ())
            if old[0] == seal and not (edited and any(_path(one) in edited for one in old[1])):
                yield old
            else:
                begun = ((one.page, kind_of(one.page)) for one in pages.chunk(part))
                yield seal, tuple(_page(page, kind, meta, ids) for page, kind in begun if kind)

    return _Remembered(around, sources, tuple(chunks()))


def _path(page: PublishedPage) -> str:
    """The path of its source, if it has one."""
    return page.path or page.id


def _page(page: Page, kind: str, meta: Meta, ids: Mapping[str, str]) -> PublishedPage:
    entry = meta.record(page.source).entry if page.source else None
    if entry is None:
        title = page.section or page.keyword or page.author
        return PublishedPage(page.address, name_of(page), kind, title)
    source = entry.source
    own = source.guid if isinstance(source, Article) else ""
    identity = own or ids.get(page.source, page.source)
    path = "" if identity == page.source else page.source
    if kind not in SOURCES:
        return PublishedPage(page.address, identity, kind, path=path)
    picture = source.image if isinstance(source, Article) else None
    picture = source.logo if isinstance(source, Firm) else picture
    shown = digest_of_text(digests.of_value(picture)) if picture else ""
    text = digest_of_text(entry.text)
    return PublishedPage(page.address, identity, kind, source.title, text, shown, path)
