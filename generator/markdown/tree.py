"""The tree that Markdown made of a text, finished: outline, links, pictures, tables, footnotes."""

from typing import Final
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from generator.markdown import comments as markup_hidden
from generator.markdown import headings as markup_headings
from generator.markdown import html as markup_html
from generator.markdown import links as markup_links
from generator.markdown import pictures as markup_pictures
from generator.markdown import tables as markup_tables
from generator.markdown.elements import parents_in, unwrap
from generator.markdown.footnotes import GermanFootnotes
from generator.markdown.notes import Notes
from generator.markdown.source import line_and_column, shortened

_WANTED: Final = markup_headings.TAGS | {"a", "table"}


class Finisher(Treeprocessor):
    """The last tree processor: what Markdown leaves to the site is settled here, in one pass."""

    def __init__(
        self, md: Markdown, footnotes: GermanFootnotes, sanitizer: markup_html.Sanitizer
    ) -> None:
        super().__init__(md)
        self.footnotes = footnotes
        self.sanitizer = sanitizer
        self.notes = Notes("")

    def run(self, root: Element) -> None:
        """Finish the tree below `root`, noting what is found."""
        notes, stash = self.notes, self.md.htmlStash
        if notes.aside:
            _report_hidden(markup_hidden.put_back(root, stash, notes.aside), notes)
        if stash.html_counter:
            markup_html.escape_unknown_references(stash)
            if markup_html.may_hold_raw(notes.text):
                self.sanitizer.prepare(stash, notes)
                markup_html.close_inline(root.iter(), stash, notes)
                markup_html.end_paragraphs(root.iter("p"), stash)
        if "{" in notes.text:
            markup_html.check_attributes(list(root.iter()), notes)
        if self.footnotes.footnotes or ("^" in notes.text and "[^" in notes.text):
            self.footnotes.finish(list(root.iter()), notes)
        if pictures := list(root.iter("img")):
            markup_pictures.place(root, pictures, notes)
        wanted = [element for element in root.iter() if element.tag in _WANTED]
        if links := [element for element in wanted if element.tag == "a"]:
            _settle_links(root, links, notes)
        if headings := [element for element in wanted if element.tag in markup_headings.TAGS]:
            markup_headings.arrange(root, headings, stash, notes)
        if tables := [element for element in wanted if element.tag == "table"]:
            markup_tables.wrap(tables, notes)


def _report_hidden(back: set[int], notes: Notes) -> None:
    """Report what was set aside and is more than a comment, but for what is `back` in code."""
    for number, (piece, code) in enumerate(notes.aside):
        if number in back or piece.kind == "comment":
            continue
        place = line_and_column(notes.text, piece.start)
        if piece.kind == "instruction":
            notes.report("markdown-instruction", place, shown=shortened(code))
        elif piece.kind == "open":
            notes.report("markdown-comment-open", place)
        else:
            notes.report("markdown-comment-nested", place)


def _settle_links(root: Element, links: list[Element], notes: Notes) -> None:
    """Let each of `links` lead where it may; of one that leads nowhere only the text stays."""
    idle = {inner for link in links if len(link) for inner in link.iter("a") if inner is not link}
    for link in idle:
        address = link.get("href", "")
        notes.report("markdown-link-nested", notes.place_of(f"]({address}", address))
    for link in links:
        address = link.get("href", "")
        if address.startswith("#") and notes.new_ids:
            link.set("href", notes.within(address))
        if link in idle or address.startswith("#") or AMP_SUBSTITUTE in address:
            continue  # a place in the same text, or an e-mail address that Markdown has disguised
        if not (link.text or len(link)):
            notes.report("markdown-link-empty", notes.place_of("[]("))
            idle.add(link)
        elif (href := markup_links.href(address, notes)) is None:
            idle.add(link)
        else:
            link.set("href", href)
    if idle:
        parents = parents_in(root)
        for link in links:
            if link in idle:
                unwrap(link, parents)
