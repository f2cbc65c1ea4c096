"""Footnotes in German, numbered as the text refers to them, with ids of their own in a feed."""

import re
from collections import OrderedDict
from hashlib import blake2b
from typing import Final
from xml.etree.ElementTree import Element

from markdown.extensions.footnotes import FootnoteExtension

from generator.markdown.notes import Notes

_REFERENCE: Final = re.compile(r"(?<!!)\[\^([^\]]*)\](?!\s*:)")
_ARROW: Final = "\N{LEFTWARDS ARROW WITH HOOK}\N{VARIATION SELECTOR-15}"


class GermanFootnotes(FootnoteExtension):
    """Python-Markdown's footnotes with ids that are valid, and the same in every process.

    Its own unique ids count the texts that a process has converted; here a digest of the notes
    tells two bodies on one page apart, and a number stands for the label, which may hold spaces.
    """

    def __init__(self) -> None:
        super().__init__(BACKLINK_TEXT=_ARROW, BACKLINK_TITLE="Zurück zur Textstelle (Fußnote {})")

    def makeFootnotesDiv(self, root: Element) -> Element | None:  # noqa: N802 - its name
        """The notes as an element, in the order in which the text refers to them."""
        if not self.footnotes:
            return None
        text = "".join(root.itertext())
        used = dict.fromkeys(_REFERENCE.findall(text))
        order = [label for label in used if label in self.footnotes]
        order += [label for label in self.footnotes if label not in used]
        self.footnotes = OrderedDict((label, self.footnotes[label]) for label in order)
        digest = blake2b(
            repr(list(self.footnotes.items())).encode("utf-8", "replace"), digest_size=3
        )
        self.prefix = digest.hexdigest()
        return super().makeFootnotesDiv(root)

    def findFootnotesPlaceholder(self, root: Element) -> None:  # noqa: N802 - its name
        """The notes stand at the end: no words of an editor are a mark for another place."""

    def makeFootnoteId(self, id: str) -> str:  # noqa: N802, A002 - its names
        """The id of the note labelled `id`."""
        return f"fn:{self._key(id)}"

    def makeFootnoteRefId(self, id: str, found: bool = False) -> str:  # noqa: N802, A002
        """The id of a place that refers to the note labelled `id`."""
        return self.unique_ref(f"fnref:{self._key(id)}", found)

    def _key(self, label: str) -> str:
        return f"{self.prefix}-{list(self.footnotes).index(label) + 1}"

    def finish(self, elements: list[Element], notes: Notes) -> None:
        """Make the notes among `elements`, and what leads there and back, accessible.

        Reports labels without a note and notes without a reference.
        """
        for element in elements:
            kind = element.get("class", "") if element.tag in {"a", "div"} else ""
            if kind == "footnote-ref":
                element.set("role", "doc-noteref")
                element.set("aria-label", f"Fußnote {element.text}")
            elif kind == "footnote":
                self._finish_notes(element, notes)
        _report_missing(elements, notes)

    def _finish_notes(self, element: Element, notes: Notes) -> None:
        element.tag = "section"
        element.attrib = {"class": "footnotes", "role": "doc-endnotes", "aria-label": "Fußnoten"}
        for line in element.findall("hr"):
            element.remove(line)
        for label, note in zip(self.footnotes, element.findall("ol/li"), strict=False):
            for parent in list(note.iter()):
                self._finish_ways_back(parent, label, notes)

    def _finish_ways_back(self, parent: Element, label: str, notes: Notes) -> None:
        for place, link in enumerate(parent.findall("a[@class='footnote-backref']"), 1):
            if link.get("href", "")[1:] in self.used_refs:
                which = f", {place}. Stelle" if place > 1 else ""
                link.set("role", "doc-backlink")
                link.set("aria-label", f"{link.get('title')}{which}")
            else:
                parent.remove(link)
                unused = notes.place_of(f"[^{label}]:")
                notes.report("markdown-footnote-unused", unused, label=label)


def _report_missing(elements: list[Element], notes: Notes) -> None:
    """Report each reference that stayed text, since there is no such note."""
    for element in elements:
        text = ("" if element.tag == "code" else element.text or "") + (element.tail or "")
        for label in _REFERENCE.findall(text) if "[^" in text else ():
            written = f"[^{label}]"
            if written in notes.seen and f"\\{written}" not in notes.seen:
                notes.report("markdown-footnote-missing", notes.place_of(written), label=label)
