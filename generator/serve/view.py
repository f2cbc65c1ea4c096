"""What the portal looks like at one moment: each page is made when somebody asks for it.

A page is a pure function of its layout, its subject and the answers to its layout's questions, so
that none has to be made before, and none has to be kept.
"""

import copy
import mimetypes
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

from markupsafe import Markup

from generator.base import digests
from generator.base.scan import read_bytes
from generator.engine import printing
from generator.engine.render import Answers
from generator.load.pictures import Pictures
from generator.model.addresses import path_of
from generator.model.answers import ImageSet
from generator.model.article import Body
from generator.serve.site import with_article, with_texts
from generator.site.assets import PREFIX, Assets
from generator.site.index import Entry, Site
from generator.site.pages import Page, front_page, leads_on, not_found, plan
from generator.templates.environment import Layouts

PDF_BUDGET: Final = 15.0
"""Seconds that a PDF may take."""

_ORIENTATION: Final = 0x0112
_ON_ITS_SIDE: Final = 5
"""From this value of the EXIF field "orientation" on, a picture is shown turned by a quarter."""

_DIGEST: Final = re.compile(r"\.[0-9a-f]{10}(?=\.[^./]+$|$)")
_KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
}
"""Media types by ending; what the machine says of others may differ from machine to machine."""


class Unread(BaseException):
    """A page shows the text of a source that has not been read yet.

    No mistake of the layout through which it passes, and therefore no Exception.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class File(NamedTuple):
    """An asset as browsers get it; `current`: the address has the digest of these bytes."""

    data: bytes
    kind: str
    current: bool


class Plan:
    """All pages of a site, in the order of publishing; planned when it has to be known."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._first = {page.target: page for page in (*front_page(site), *not_found(site))}

    def __iter__(self) -> Iterator[Page]:
        return iter(self._pages)

    def by_target(self, target: str) -> Page | None:
        """The page that would be published in the file `target`."""
        return self._first.get(target) or self._targets.get(target)

    @cached_property
    def _pages(self) -> tuple[Page, ...]:
        return plan(self._site)

    @cached_property
    def _targets(self) -> Mapping[str, Page]:
        server = self._site.portal.delivery.server
        return {page.target: page for page in reversed(self._pages) if leads_on(page, server)}


class View:
    """The pages of a site, by the file that each would be published in."""

    def __init__(
        self, site: Site, layouts: Layouts, assets: Assets, texts: Callable[[bytes], Body]
    ) -> None:
        self.site = site
        self.pages = Plan(site)
        self._layouts = layouts
        self._assets = assets
        self._texts = texts
        self._answers = self._ask_anew()

    def with_texts(self, entries: Iterable[Entry]) -> "View":
        """The same where the texts of some sources, and nothing else, became others."""
        entries = tuple(entries)
        return self._with_site(with_texts(self.site, entries), entries)

    def with_article(self, entry: Entry) -> "View | None":
        """The same with another version of one article; None where there may be other pages."""
        site = with_article(self.site, entry)
        return self._with_site(site, [entry]) if site else None

    def with_looks(self, layouts: Layouts, assets: Assets) -> "View":
        """The same with other layouts and assets."""
        other = copy.copy(self)
        other._layouts, other._assets = layouts, assets
        other._answers = other._ask_anew()
        return other

    def page(self, path: str) -> Page | None:
        """The page that a browser means which asks for `path`."""
        return self.pages.by_target(path_of(path))

    def render(self, page: Page) -> str:
        """The text of a page.  Unread: a source has to be read first.  PortalError: it fails."""
        return self._answers.render(page).data.decode()

    def download(self, page: Page) -> bytes:
        """A page that is a file as it is.  PortalError: it cannot be read."""
        return b"".join(self._assets.pieces(page.file))

    def pdf(self, page: Page) -> bytes:
        """A page that is a PDF.  Exceptions as for `render`."""
        self._answers.want(page.article)
        # Typst starts threads; this process has to be able to fork.
        ((_, made),) = printing.printed(self._answers, [page], jobs=1, budget=PDF_BUDGET)
        return made.data

    def file(self, path: str) -> File | None:
        """The asset with the address `path`, or what it has become since."""
        name = _DIGEST.sub("", path.removeprefix(PREFIX))
        if not path.startswith(PREFIX) or not self._assets.exists(name):
            return None
        current = self._assets.asset(name).address == path
        return File(self._assets.content(name), kind_of(name), current)

    def _with_site(self, site: Site, changed: Iterable[Entry]) -> "View":
        """The same pages of another site, but for the files that texts offer."""
        other = copy.copy(self)
        other.site = site
        before = ((self.site.entries.get(entry.source.path), entry) for entry in changed)
        if any(old and old.downloads != new.downloads for old, new in before):
            other.pages = Plan(site)
        other._answers = other._ask_anew()
        return other

    def _ask_anew(self) -> "_Answers":
        return _Answers(
            self.site, self._layouts, self._assets, _Originals(self._assets), self.pages,
            self._texts,
        )  # fmt: skip


class _Answers(Answers):
    """Answers that say which source has to be read first."""

    def want(self, path: str) -> None:
        """Unread: the text of the source at `path` is not there."""
        text = self.site.entries[path].text
        try:
            if text:
                self._texts(text)
        except LookupError:  # the store has lost it
            text = b""
        if not text:
            raise Unread(path)

    def body(self, path: str, absolute: int) -> Markup:
        self.want(path)
        return super().body(path, absolute)


class _Originals(Pictures):
    """Pictures as they lie in the folder: to make smaller ones takes longer than to show one."""

    def __init__(self, assets: Assets) -> None:
        super().__init__(Path(), {}, {})
        self._assets = assets
        self._known = cache(self._look)

    def image(self, name: str) -> ImageSet:
        """The picture called `name`.  PortalError: it is none."""
        return self._known(name)

    def fallback(self, name: str) -> tuple[Path, bytes]:
        """Where the picture lies, and its digest."""
        file = self._assets.file(name)
        return file, digests.of_bytes(read_bytes(file, str(file)))

    def _look(self, name: str) -> ImageSet:
        data = self._assets.content(name)
        address, length = self._assets.asset(name).address, len(data)
        return ImageSet(
            address, *_size(data, self._assets.file(name)), kind_of(name), length, (), None
        )


def _size(data: bytes, file: Path) -> tuple[int, int]:
    """Width and height as shown, from the picture's head where that says it."""
    # Imported here: most pages have no picture of their own, and Pillow takes its time.
    from PIL import Image  # noqa: PLC0415

    try:
        with Image.open(BytesIO(data)) as picture:
            turned = picture.getexif().get(_ORIENTATION, 1) >= _ON_ITS_SIDE
            return picture.size[::-1] if turned else picture.size
    except (OSError, ValueError, SyntaxError):
        from generator.media import images  # noqa: PLC0415

        found = images.look(data, str(file))  # a drawing, or it says what is wrong
        return found.width, found.height


def kind_of(name: str) -> str:
    """The media type of a file, from its name."""
    ending = posixpath.splitext(name)[1].lower()
    return _KINDS.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
