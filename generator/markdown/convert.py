"""Markdown to a `Body`, for texts of editors: what is wrong in one is said, with its line."""

import re
import string
from threading import local
from typing import TYPE_CHECKING, Final

from markdown import Markdown
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.attr_list import AttrListExtension
from pymdownx.betterem import BetterEmExtension  # type: ignore[import-untyped]

from generator.markdown import comments, misplaced
from generator.markdown.footnotes import GermanFootnotes
from generator.markdown.html import Sanitizer, may_hold_raw, without_empty_paragraphs
from generator.markdown.inline import InlineExtension
from generator.markdown.left_over import LeftOverProcessor
from generator.markdown.notes import Notes
from generator.markdown.parser import DEPTH, ArticleMarkdown, BlocksExtension, TooDeep
from generator.markdown.shortcuts import QuickMarkdown, Shortcuts
from generator.markdown.source import prepared
from generator.markdown.tree import Finisher
from generator.model.article import Body

if TYPE_CHECKING:
    from markdown.extensions import Extension

_NESTED: Final = re.compile(r"^[> \t]*(?:[-*+] *)*", re.MULTILINE)


class _Converter:
    """Turns one text after the other into HTML; one that has failed is not to be used again."""

    def __init__(self, shortcuts: bool, bare_links: bool) -> None:
        footnotes = GermanFootnotes()
        self._markdown = _markdown(footnotes, shortcuts, bare_links)
        self._sanitizer = Sanitizer()
        self._finisher = Finisher(self._markdown, footnotes, self._sanitizer)
        self._left_over = LeftOverProcessor(self._markdown)
        self._markdown.treeprocessors.register(self._left_over, "left_over", 5)
        self._markdown.treeprocessors.register(self._finisher, "finish", -10)

    def html(self, text: str, notes: Notes) -> str:
        """`text` as HTML with marks for its placeholders; what is found in it is noted in `notes`.

        `text` is that of `notes` with comments set aside.

        TooDeep, RecursionError: blocks, or signs of emphasis, are nested too deeply.
        """
        self._finisher.notes = self._left_over.notes = notes
        html = self._markdown.reset().convert(text)
        if not may_hold_raw(text):
            return html
        html = comments.forgotten(self._sanitizer.clean(html, notes))
        html = without_empty_paragraphs(html)
        misplaced.note_misplaced(html, notes)
        return html


def _markdown(footnotes: GermanFootnotes, shortcuts: bool, bare_links: bool) -> Markdown:
    extensions: list[Extension] = [
        BlocksExtension(),
        footnotes,
        AttrListExtension(),
        AbbrExtension(),
        BetterEmExtension(smart_enable="all"),
        InlineExtension(bare_links),
    ]
    markdown = (
        QuickMarkdown(extensions=[*extensions, Shortcuts()], output_format="html")
        if shortcuts
        else ArticleMarkdown(extensions=extensions, output_format="html")
    )
    markdown.ESCAPED_CHARS[:] = string.punctuation  # as in CommonMark
    return markdown


class _Converters(local):
    """Each thread's own, since a converter serves one text at a time."""

    def __init__(self) -> None:
        self.made: dict[tuple[bool, bool], _Converter] = {}


_CONVERTERS: Final = _Converters()


def convert(text: str, *, bare_links: bool = True, shortcuts: bool = True) -> Body:
    """What the Markdown `text` becomes; depends on `text` and `bare_links` alone.

    `text` is what follows the front matter, in NFC, with `\\n` at the ends of its lines; lines in
    the body count from its first.  With `bare_links`, addresses that stand in it become links.
    Without `shortcuts` the body is the same and takes longer.
    """
    source, problems = prepared(text)
    marked, aside = comments.set_aside(source, comments.with_comments(source))
    notes = Notes(source, problems, aside)
    made, kind = _CONVERTERS.made, (shortcuts, bare_links)
    if kind not in made:
        made[kind] = _Converter(*kind)
    try:
        html, placeholders = notes.finished(made[kind].html(marked, notes))
    except (TooDeep, RecursionError) as error:
        del made[kind]  # it may be in any state
        return _failed(notes, isinstance(error, TooDeep))
    found = tuple(sorted(notes.problems, key=lambda problem: problem.line))
    return Body(html, placeholders, tuple(notes.headings), tuple(notes.links), found)


def _deepest(text: str) -> str:
    """The signs and blanks that begin the line of a text which is nested deepest."""
    return max((found[0] for found in _NESTED.finditer(text)), key=len)


def _failed(notes: Notes, too_deep: bool) -> Body:
    """An empty body with the problem why."""
    place = notes.place_of(_deepest(notes.text))
    if too_deep:
        notes.report("markdown-nesting", place, limit=DEPTH)
    else:
        notes.report("markdown-failed", place)
    return Body("", (), (), (), tuple(sorted(notes.problems)))
