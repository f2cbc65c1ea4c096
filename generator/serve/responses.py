"""What a browser gets that asks for an address of the portal, whatever state the portal is in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote

from generator.base.problems import Language, PortalError, Problem
from generator.serve import overlay
from generator.serve.protocol import Answer, Ask
from generator.serve.view import kind_of
from generator.serve.words import word
from generator.serve.workspace import PreviewWorkspace
from generator.site.pages import Page

KEPT: Final = 200
"""So many pages, the latest ones, are kept as they were when they could be made."""

NOT_FOUND: Final = "/404.html"
NOT_THERE: Final = 404
PLAIN: Final = "text/plain; charset=utf-8"


class State(NamedTuple):
    """How the portal is: `workspace` is None where there is nothing to show yet."""

    workspace: PreviewWorkspace | None
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
        workspace, path = state.workspace, unquote(ask.path)
        if workspace is None:
            return self._html(ask, state, 503, "")
        try:
            file = workspace.view.file(path)
        except PortalError as error:
            return Answer(state.token, 500, PLAIN, str(error).encode())
        if file:
            return Answer(state.token, 200, file.kind, file.data, lasting=file.current)
        if page := workspace.view.page(path):
            return self._made(ask, state, workspace, page)
        if workspace.view.page(f"{path}/"):
            return Answer(state.token, 302, PLAIN, b"", location=f"{ask.path}/")
        return self._missing(ask, state, workspace, path)

    def _made(self, ask: Ask, state: State, workspace: PreviewWorkspace, page: Page) -> Answer:
        """A page, or what it was like before it was wrong."""
        if page.is_pdf or page.file:
            return self._file(state, workspace, page)
        text, problems = self._text(workspace, page)
        kind = kind_of(page.target)
        if kind.startswith("text/html"):
            state = state._replace(errors=sorted({*state.errors, *problems}))
            source = workspace.portal.folders.in_content(page.source) if page.source else ""
            return self._html(ask, state, 200 if text else 500, text, source)
        if problems:
            return Answer(state.token, 500, PLAIN, str(PortalError(problems)).encode())
        return Answer(state.token, 200, kind, text.encode())

    def _file(self, state: State, workspace: PreviewWorkspace, page: Page) -> Answer:
        make = workspace.view.download if page.file else workspace.pdf_of
        try:
            return Answer(state.token, 200, kind_of(page.target), make(page))
        except PortalError as error:
            return Answer(state.token, 500, PLAIN, str(error).encode())

    def _missing(self, ask: Ask, state: State, workspace: PreviewWorkspace, path: str) -> Answer:
        """The portal's own page for addresses that do not exist, and why this one does not."""
        page = workspace.view.page(NOT_FOUND)
        text = self._text(workspace, page)[0] if page else ""
        if not (state.errors or workspace.pending) and (
            panel := self._why(workspace, path, ask.language)
        ):
            text = overlay.with_panel(text or overlay.empty(ask.language), panel)
        return self._html(ask, state, NOT_THERE, text)

    def _text(self, workspace: PreviewWorkspace, page: Page) -> tuple[str, tuple[Problem, ...]]:
        """The text of a page, or the last that it had, and what is wrong with it."""
        last = self._last.pop(page.address, "")
        problems: tuple[Problem, ...] = ()
        try:
            text = workspace.text_of(page)
        except PortalError as error:
            text, problems = last, error.problems
        if text:
            self._last[page.address] = text
            if len(self._last) > KEPT:
                del self._last[next(iter(self._last))]
        if source := page.source:
            self._sources[page.address] = source
        return text, problems

    def _why(self, workspace: PreviewWorkspace, address: str, language: Language) -> str:
        """The panel that says what became of the page at an address, or ""."""
        path = self._sources.get(address) or workspace.source_at(address)
        if not path:
            return ""
        now = workspace.address_of(path)
        if now is None:
            reason = "deleted"
        elif now != address:
            reason = "moved"
        else:
            reason = "expired" if workspace.has_expired(path) else "held-back"
        link = now if now and reason == "moved" else ""
        note = word(reason, language, path=f"{workspace.portal.folders.content.name}/{path}")
        title = word("missing", language)
        return overlay.hint(title, note, language=language, link=link)

    def _html(self, ask: Ask, state: State, status: int, text: str, source: str = "") -> Answer:
        """A page that reloads itself, with what is wrong over it, in its own `source` first."""
        language, workspace = ask.language, state.workspace
        html = text or overlay.empty(language)
        if state.errors:
            panel = overlay.mistakes(
                state.errors, root=self._root, language=language, behind=bool(text)
            )
            html = overlay.with_panel(html, panel)
        elif workspace and workspace.pending:
            note = word("pending", language, count=workspace.pending)
            panel = overlay.hint(word("reading", language), note, language=language)
            html = overlay.with_panel(html, panel)
        if state.warnings:
            own = [one for one in state.warnings if one.path == source]
            others = [one for one in state.warnings if one.path != source]
            high = bool(state.errors or (workspace and workspace.pending)) or status == NOT_THERE
            panel = overlay.warnings(own, others, root=self._root, language=language, high=high)
            html = overlay.with_panel(html, panel)
        html = overlay.live(html, host=ask.host, token=state.token)
        return Answer(state.token, status, "text/html; charset=utf-8", html.encode())
