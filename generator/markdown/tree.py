"""The tree that Markdown made of a text, finished: outline, links, pictures, tables, footnotes."""

from typing import Final
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from generator.markdown import comments, headings, html, links, pictures, tables
from generator.markdown.elements import parents_in, unwrap
from generator.markdown.footnotes import GermanFootnotes
from generator.markdown.notes import Notes
from generator.markdown.parser import UNCLOSED
from generator.markdown.source import line_and_column, shortened

_WANTED: Final = headings.TAGS | {"a", "pre", "table"}


class Finisher(Treeprocessor):
    """The last tree processor: what Markdown leaves to the site is settled here, in one pass."""

    def __init__(self, md: Markdown, footnotes: GermanFootnotes, sanitizer: html.Sanitizer) -> None:
        super().__init__(md)
        self.footnotes = footnotes
        self.sanitizer = sanitizer
        self.notes = Notes("")

    def run(self, root: Element) -> None:
        """Finish the tree below `root`, noting what is found."""
        notes, stash = self.notes, self.md.htmlStash
        if notes.aside:
            _report_hidden(comments.put_back(root, stash, notes.aside), notes)
        if stash.html_counter:
            html.escape_unknown_references(stash)
            if html.may_hold_raw(notes.text):
                self.sanitizer.prepare(root, stash, notes)
                html.close_inline(root.iter(), stash, notes)
                html.end_paragraphs(root.iter("p"), stash)
        if "{" in notes.text:
            html.check_attributes(list(root.iter()), notes)
        if self.footnotes.footnotes or ("^" in notes.text and "[^" in notes.text):
            self.footnotes.finish(list(root.iter()), notes)
        if found := list(root.iter("img")):
            pictures.place(root, found, notes)
        wanted = [element for element in root.iter() if element.tag in _WANTED]
        if found := [element for element in wanted if element.tag == "a"]:
            _settle_links(root, found, notes)
        if found := [element for element in wanted if element.tag in headings.TAGS]:
            headings.arrange(root, found, stash, notes)
        if found := [element for element in wanted if element.tag == "table"]:
            tables.wrap(found, notes)
        for element in wanted:
            if element.tag == "pre" and (begin := element.attrib.pop(UNCLOSED, "")):
                fence = begin.partition("\n")[0]
                notes.report("markdown-fence-open", notes.place_of(begin, fence), fence=fence)


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


def _settle_links(root: Element, anchors: list[Element], notes: Notes) -> None:
    """Let each of `anchors` lead where it may; of one that leads nowhere only the text stays."""
    idle = {inner for link in anchors if len(link) for inner in link.iter("a") if inner is not link}
    for link in idle:
        address = link.get("href", "")
        notes.report("markdown-link-nested", notes.place_of_address(address))
    for link in anchors:
        address = link.get("href", "")
        if address.startswith("#") and notes.new_ids:
            link.set("href", notes.within(address))
        if link in idle or address.startswith("#") or AMP_SUBSTITUTE in address:
            continue  # a place in the same text, or an e-mail address that Markdown has disguised
        if not (link.text or len(link)):
            notes.report("markdown-link-empty", notes.place_of("[]("))
            idle.add(link)
        elif (href := links.href(address, notes)) is None:
            idle.add(link)
        else:
            link.set("href", href)
    if idle:
        parents = parents_in(root)
        for link in anchors:
            if link in idle:
                unwrap(link, parents)
