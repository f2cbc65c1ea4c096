"""What a browser gets that asks for an address: a page, made now, and what is to be said over it.

A page is a pure function of its layout, its subject and the answers to its layout's questions, so
that none has to be made before, and none has to be kept but to stand in for one that is wrong.
"""

import mimetypes
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote

from markupsafe import Markup

from generator.base import digests
from generator.base.problems import PortalError, Problem
from generator.base.scan import read_bytes
from generator.base.words import Language, word
from generator.build.workspace import Workspace
from generator.engine import printing
from generator.engine.render import Answers
from generator.load.pictures import Imagined
from generator.model.addresses import path_of
from generator.model.answers import ImageSet
from generator.model.article import ends
from generator.serve import overlay
from generator.serve.protocol import Answer, Ask
from generator.site.assets import PREFIX, Assets
from generator.site.pages import Page, front_page, not_found

KEPT: Final = 200
"""So many pages, the latest ones, are kept as they were when they could be made."""

PDF_BUDGET: Final = 15.0
"""Seconds that a PDF may take."""

NOT_FOUND: Final = "/404.html"
NOT_THERE: Final = 404
PLAIN: Final = "text/plain; charset=utf-8"

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


class State(NamedTuple):
    """How the portal is: `pages` is None where there is nothing to show yet."""

    pages: "Pages | None"
    errors: Sequence[Problem]
    warnings: Sequence[Problem]
    token: str


class Responses:
    """Answers browsers, and remembers what was shown to them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._last: dict[str, str] = {}
        """The text of pages, by address."""
        self._sources: dict[str, str] = {}
        """The path of the source that a page was about, by address."""

    def answer(self, ask: Ask, state: State) -> Answer:
        """What a browser gets that asks for `ask`."""
        pages, path = state.pages, unquote(ask.path)
        if pages is None:
            return self._html(ask, state, 503, "")
        try:
            if answer := pages.asset(path, state.token):
                return answer
            if page := pages.at(path):
                return self._made(ask, state, pages, page)
        except PortalError as error:
            return Answer(state.token, 500, PLAIN, str(error).encode())
        if pages.at(f"{path}/"):
            return Answer(state.token, 302, PLAIN, b"", location=f"{ask.path}/")
        return self._missing(ask, state, pages, path)

    def _made(self, ask: Ask, state: State, pages: "Pages", page: Page) -> Answer:
        """A page, or what it was like before it was wrong.  PortalError: no HTML, and wrong."""
        kind = kind_of(page.target)
        if page.is_pdf or page.file:
            data = pages.pdf(page) if page.is_pdf else pages.download(page)
            return Answer(state.token, 200, kind, data)
        text, problems = self._text(pages, page)
        if kind.startswith("text/html"):
            state = state._replace(errors=sorted({*state.errors, *problems, *pages.damaged}))
            source = pages.workspace.portal.folders.in_content(page.source) if page.source else ""
            return self._html(ask, state, 200 if text else 500, text, source)
        if problems:
            raise PortalError(problems)
        return Answer(state.token, 200, kind, text.encode())

    def _missing(self, ask: Ask, state: State, pages: "Pages", path: str) -> Answer:
        """The portal's own page for addresses that do not exist, and why this one does not."""
        page = pages.at(NOT_FOUND)
        text = self._text(pages, page)[0] if page else ""
        if not (state.errors or pages.pending) and (
            panel := self._why(pages.workspace, path, ask.language)
        ):
            text = overlay.with_panel(text or overlay.empty(ask.language), panel)
        return self._html(ask, state, NOT_THERE, text)

    def _text(self, pages: "Pages", page: Page) -> tuple[str, tuple[Problem, ...]]:
        """The text of a page, or the last that it had, and what is wrong with it."""
        last = self._last.pop(page.address, "")
        problems: tuple[Problem, ...] = ()
        try:
            text = pages.text(page)
        except PortalError as error:
            text, problems = last, error.problems
        if text:
            self._last[page.address] = text
            if len(self._last) > KEPT:
                del self._last[next(iter(self._last))]
        if source := page.source:
            self._sources[page.address] = source
        return text, problems

    def _why(self, workspace: Workspace, address: str, language: Language) -> str:
        """The panel that says what became of the page at an address, or ""."""
        found = (p for p, entry in workspace.entries.items() if entry.source.address == address)
        path = self._sources.get(address) or next(found, "")
        if not path:
            return ""
        entry, link = workspace.entries.get(path), ""
        if entry is None:
            reason = "page-deleted"
        elif entry.source.address != address:
            reason, link = "page-moved", entry.source.address
        else:
            end = ends(entry.source)
            is_over = end and end.at <= workspace.site.at
            reason = "page-expired" if is_over else "page-held-back"
        note = word(reason, language, path=workspace.portal.folders.in_content(path))
        return overlay.hint(word("page-missing", language), note, language=language, link=link)

    def _html(self, ask: Ask, state: State, status: int, text: str, source: str = "") -> Answer:
        """A page that reloads itself, with what is wrong over it, in its own `source` first."""
        language, pending = ask.language, state.pages.pending if state.pages else 0
        html = text or overlay.empty(language)
        if state.errors:
            panel = overlay.mistakes(
                state.errors, root=self._root, language=language, behind=bool(text)
            )
            html = overlay.with_panel(html, panel)
        elif pending:
            note = word("page-pending", language, count=pending)
            panel = overlay.hint(word("page-waiting", language), note, language=language)
            html = overlay.with_panel(html, panel)
        if state.warnings:
            own = [one for one in state.warnings if one.path == source]
            others = [one for one in state.warnings if one.path != source]
            high = bool(state.errors or pending) or status == NOT_THERE
            panel = overlay.warnings(own, others, root=self._root, language=language, high=high)
            html = overlay.with_panel(html, panel)
        html = overlay.live(html, host=ask.host, token=state.token)
        return Answer(state.token, status, _KINDS[".html"], html.encode())


class Pages:
    """The pages of a workspace as it is now, and its assets.

    `read` is called with the path of a source whose text has to be read first.
    """

    def __init__(self, workspace: Workspace, read: Callable[[str], None]) -> None:
        self.workspace = workspace
        self._read = read
        self._asked: _Answers | None = None

    def __iter__(self) -> Iterator[Page]:
        """All pages, in the order of publishing; planned when they have to be known."""
        return iter(self.workspace.pages)

    @property
    def pending(self) -> int:
        """How many sources have not been looked into yet: pages do not know them."""
        return len(self.workspace.sources.pending)

    def at(self, path: str) -> Page | None:
        """The page that a browser means which asks for `path`."""
        site, target = self.workspace.site, path_of(path)
        first = (page for page in (*front_page(site), *not_found(site)) if page.target == target)
        return next(first, None) or self.workspace.targets.get(target)

    def text(self, page: Page) -> str:
        """The text of a page.  PortalError: it cannot be made."""
        return self._once_read(lambda answers: answers.render(page).data).decode()

    @property
    def damaged(self) -> tuple[Problem, ...]:
        """What is wrong with pictures that pages were to show."""
        return tuple(self._answers.pictures.damaged)

    def problems(self, page: Page) -> tuple[Problem, ...]:
        """Why the text of a page cannot be made, if it cannot, and the pictures that it lacks;
        reads and remembers nothing."""
        try:
            self._answers.render(page)
        except PortalError as error:
            return error.problems
        except _Unread:  # it is read when somebody looks at the page
            pass
        return self.damaged

    def pdf(self, page: Page) -> bytes:
        """A page that is a PDF.  PortalError: it cannot be made."""

        def make(answers: _Answers) -> bytes:
            answers.want(page.article)
            # Typst starts threads; this process has to be able to fork.
            ((_, made),) = printing.printed(answers, [page], jobs=1, budget=PDF_BUDGET)
            return made.data

        return self._once_read(make)

    def download(self, page: Page) -> bytes:
        """A page that is a file as it is.  PortalError: it cannot be read."""
        return b"".join(self.workspace.assets.pieces(page.file))

    def asset(self, path: str, token: str) -> Answer | None:
        """The asset with the address `path`, or what it has become since; None: there is none.

        PortalError: it cannot be read.
        """
        assets, name = self.workspace.assets, _DIGEST.sub("", path.removeprefix(PREFIX))
        if not path.startswith(PREFIX) or not assets.exists(name):
            return None
        lasting = assets.asset(name).address == path
        return Answer(token, 200, kind_of(name), assets.content(name), lasting=lasting)

    def _once_read(self, make: "Callable[[_Answers], bytes]") -> bytes:
        """What `make` makes, all sources that it wants read before."""
        read: set[str] = set()
        while True:
            try:
                return make(self._answers)
            except _Unread as unread:
                path = unread.path
                if path not in read:
                    read.add(path)
                    self._read(path)
                elif problems := self.workspace.sources.records[path].problems:
                    raise PortalError(problems) from unread
                else:
                    raise RuntimeError(f"{path} has been read, and has no text") from unread

    @property
    def _answers(self) -> "_Answers":
        """What layouts are told; anew where the portal became another."""
        workspace, asked = self.workspace, self._asked
        if not (asked and asked.is_of(workspace)):
            asked = self._asked = _Answers(
                workspace.site, workspace.layouts, workspace.assets, _Originals(workspace.assets),
                self, workspace.store.texts,
            )  # fmt: skip
        return asked


class _Unread(BaseException):
    """A page shows the text of a source that has not been read yet.

    No mistake of the layout through which it passes, and therefore no Exception.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class _Answers(Answers):
    """Answers that say which source has to be read first."""

    pictures: "_Originals"

    def is_of(self, workspace: Workspace) -> bool:
        """Whether a workspace is still what they are of."""
        return (
            self.site is workspace.site
            and self.layouts is workspace.layouts
            and self.assets is workspace.assets
        )

    def want(self, path: str) -> None:
        """_Unread: the text of the source at `path` is not there."""
        text = self.site.entries[path].text
        try:
            if text:
                self._texts(text)
        except LookupError:  # the store has lost it
            text = b""
        if not text:
            raise _Unread(path)

    def body(self, path: str, absolute: int) -> Markup:
        self.want(path)
        return super().body(path, absolute)


class _Originals(Imagined):
    """Pictures as they lie in the folder: to make smaller ones takes longer than to show one."""

    def __init__(self, assets: Assets) -> None:
        super().__init__()
        self._assets = assets
        self._known = cache(self._look)
        self.damaged: list[Problem] = []
        """What is wrong with those in whose place one was shown that is not there."""

    def image(self, name: str) -> ImageSet:
        """The picture called `name`; where that is none, an imagined one."""
        return self._known(name)

    def fallback(self, name: str) -> tuple[Path, bytes]:
        """Where the picture lies, and its digest."""
        file = self._assets.file(name)
        return file, digests.of_bytes(read_bytes(file, str(file)))

    def _look(self, name: str) -> ImageSet:
        try:
            data = self._assets.content(name)
            size, address = _size(data, self._assets.file(name)), self._assets.asset(name).address
        except PortalError as error:
            if self._assets.exists(name):  # one that is missing is told of as a broken link is
                self.damaged += error.problems
            return super().image(name)
        return ImageSet(address, *size, kind_of(name), len(data), (), None)


def _size(data: bytes, file: Path) -> tuple[int, int]:
    """Width and height as shown, from the picture's head where that says it.

    PortalError: it is no picture.
    """
    # Imported here: most pages have no picture of their own, and Pillow takes its time.
    from PIL import Image  # noqa: PLC0415

    try:
        with Image.open(BytesIO(data)) as picture:
            turned = picture.getexif().get(_ORIENTATION, 1) >= _ON_ITS_SIDE
            return picture.size[::-1] if turned else picture.size
    except Exception:  # a decoder that is fed with anything raises anything
        from generator.media import images  # noqa: PLC0415

        found = images.look(data, str(file))  # a drawing, or it says what is wrong
        return found.width, found.height


def kind_of(name: str) -> str:
    """The media type of a file, from its name."""
    ending = posixpath.splitext(name)[1].lower()
    return _KINDS.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
