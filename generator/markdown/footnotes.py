"""Footnotes in German, numbered as the text refers to them, with ids of their own in a feed."""

import re
from collections import deque
from hashlib import blake2b
from typing import Final
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension, FootnoteInlineProcessor

from generator.markdown.kinds import Note
from generator.markdown.notes import Notes
from generator.markdown.parser import KindProcessor

_LABEL: Final = r"\[\^([^\]]{0,999})\]"
"""No longer than labels are in CommonMark: so what does not end is not searched to the end."""
_REFERENCE: Final = re.compile(rf"(?<!!){_LABEL}(?!\s*:)")
_ARROW: Final = "\N{LEFTWARDS ARROW WITH HOOK}\N{VARIATION SELECTOR-15}"


class _NoteProcessor(KindProcessor[Note]):
    """Keeps the text of a note for the end."""

    kind = Note

    def __init__(self, footnotes: FootnoteExtension) -> None:
        super().__init__(footnotes.parser)
        self._footnotes = footnotes

    def make(self, parent: Element, block: Note) -> None:  # noqa: ARG002 - it stands elsewhere
        """Keep `block`."""
        self._footnotes.setFootnote(block.label, str(block))


class GermanFootnotes(FootnoteExtension):
    """Python-Markdown's footnotes with ids that are valid, and the same in every process.

    They are numbered when all references are known, and stand in the order of writing until then.

    Its own unique ids count the texts that a process has converted; here a digest of the notes
    tells two bodies on one page apart, and a number stands for the label, which may hold spaces.
    """

    def __init__(self) -> None:
        super().__init__(BACKLINK_TEXT=_ARROW, BACKLINK_TITLE="")

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - its name
        """Register the processors."""
        super().extendMarkdown(md)
        md.parser.blockprocessors.register(_NoteProcessor(self), "footnote", 17)
        md.inlinePatterns.register(FootnoteInlineProcessor(_LABEL, self), "footnote", 175)

    def makeFootnotesDiv(self, root: Element) -> Element | None:  # noqa: N802 - its name
        """The notes as an element, in the order in which they are written."""
        if not self.footnotes:
            return None
        notes = repr(list(self.footnotes.items())).encode("utf-8", "replace")
        self.prefix = blake2b(notes, digest_size=3).hexdigest()
        self._keys = {
            label: f"{self.prefix}-{number}" for number, label in enumerate(self.footnotes, 1)
        }
        return super().makeFootnotesDiv(root)

    def findFootnotesPlaceholder(self, root: Element) -> None:  # noqa: N802 - its name
        """The notes stand at the end: no words of an editor are a mark for another place."""

    def addFootnoteRef(self, id: str) -> None:  # noqa: N802, A002 - its names
        """Nothing: the order of the references is read from the finished text."""

    def makeFootnoteId(self, id: str) -> str:  # noqa: N802, A002 - its names
        """The id of the note labelled `id`."""
        return f"fn:{self._keys[id]}"

    def makeFootnoteRefId(self, id: str, found: bool = False) -> str:  # noqa: N802, A002
        """The id of the places that refer to the note labelled `id`, until they are told apart."""
        name = f"fnref:{self._keys[id]}"
        if found:
            self.found_refs[name] = self.found_refs.get(name, 0) + 1
        return name

    def finish(self, elements: list[Element], notes: Notes) -> None:
        """Number the notes among `elements` as the text refers to them, and make them accessible.

        Reports labels without a note and notes without a reference.
        """
        sections = [one for one in elements if one.get("class") == "footnote" and one.tag == "div"]
        if sections:
            self._finish_notes(sections[-1], [one for one in elements if _refers(one)], notes)
        _report_missing(elements, notes)

    def _finish_notes(self, section: Element, references: list[Element], notes: Notes) -> None:
        section.tag = "section"
        section.attrib = {"class": "footnotes", "role": "doc-endnotes", "aria-label": "Fußnoten"}
        section.remove(section[0])
        labels, items = list(self.footnotes), list(section[0])
        leading: dict[int, list[Element]] = {}
        for reference in references:
            leading.setdefault(_place(reference), []).append(reference)
        for number, place in enumerate(_order(references, items), 1):
            item, key = items[place], f"{self.prefix}-{number}"
            section[0][number - 1] = item
            item.set("id", f"fn:{key}")
            ids = list[str]()
            for reference in leading.get(place, ()):
                ids.append(f"fnref{len(ids) + 1 if ids else ''}:{key}")
                reference.set("id", ids[-1])
                _lead(reference[0], f"fn:{key}", "doc-noteref", f"Fußnote {number}")
                reference[0].text = str(number)
            if not ids:
                unused = notes.place_of(f"[^{labels[place]}]:")
                notes.report("markdown-footnote-unused", unused, label=labels[place])
            _finish_ways_back(item, ids, f"Zurück zur Textstelle (Fußnote {number})")


def _refers(element: Element) -> bool:
    return element.tag == "sup" and len(element) > 0 and element[0].get("class") == "footnote-ref"


def _place(reference: Element) -> int:
    """The place of the note that a reference leads to, as they are written, from 0."""
    return int(reference[0].get("href", "").rpartition("-")[2]) - 1


def _order(references: list[Element], items: list[Element]) -> list[int]:
    """The places of the notes in the order of the text, then of the notes that refer to others."""
    within = {one for item in items for one in item.iter("sup")}
    order = dict.fromkeys(_place(one) for one in references if one not in within)
    waiting = deque(order)
    while waiting:
        for one in items[waiting.popleft()].iter("sup"):
            if _refers(one) and (place := _place(one)) not in order:
                order[place] = None
                waiting.append(place)
    return [*order, *(place for place in range(len(items)) if place not in order)]


def _finish_ways_back(item: Element, ids: list[str], title: str) -> None:
    """Let the links at the end of a note lead to the references with these `ids`."""
    for parent in list(item.iter()):
        for number, link in enumerate(parent.findall("a[@class='footnote-backref']")):
            if number < len(ids):
                name = f"{title}, {number + 1}. Stelle" if number else title
                _lead(link, ids[number], "doc-backlink", name)
                link.set("title", title)
            else:
                parent.remove(link)
    if not ids and len(item) and not (len(item[-1]) or item[-1].text):
        item.remove(item[-1])


def _lead(link: Element, target: str, role: str, name: str) -> None:
    link.set("href", f"#{target}")
    link.set("role", role)
    link.set("aria-label", name)


def _report_missing(elements: list[Element], notes: Notes) -> None:
    """Report each reference that stayed text, since there is no such note."""
    for element in elements:
        text = ("" if element.tag == "code" else element.text or "") + (element.tail or "")
        for label in _REFERENCE.findall(text) if "[^" in text else ():
            written = f"[^{label}]"
            if written in notes.seen and f"\\{written}" not in notes.seen:
                notes.report("markdown-footnote-missing", notes.place_of(written), label=label)
