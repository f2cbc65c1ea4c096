"""What an author's own HTML would break on the page: elements out of place, values without sense.

A browser shows such a page all the same, each in its way; a screen reader may not.
"""

import re
from html.parser import HTMLParser
from typing import Final

from generator.markdown.notes import Notes

_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = _HEADINGS | {
    "blockquote", "details", "div", "dl", "figure", "hr", "ol", "p", "pre", "section", "table",
    "ul",
}  # fmt: skip
_LINES: Final = _HEADINGS | {"p", "pre", "summary"}
"""Elements that hold a line of text, and no block."""

_TABLE_PARTS: Final = frozenset({"thead", "tbody", "tfoot"})
_PARENTS: Final[dict[str, frozenset[str]]] = {
    "li": frozenset({"ol", "ul"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "figcaption": frozenset({"figure"}),
    "summary": frozenset({"details"}),
    "rt": frozenset({"ruby"}),
    "rp": frozenset({"ruby"}),
}
"""What may stand nowhere else; the parser has put parts of tables right already."""
_CHILDREN: Final[dict[str, frozenset[str]]] = {
    "ol": frozenset({"li"}),
    "ul": frozenset({"li"}),
    "dl": frozenset({"dt", "dd", "div"}),
}
_VOID: Final = frozenset({"br", "col", "hr", "wbr"})

_COUNT: Final = re.compile(r"[1-9][0-9]{0,2}")
_WHOLE: Final = re.compile(r"-?[0-9]{1,9}")
_DATE: Final = re.compile(
    r"\d{4}(?:-\d\d(?:-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?"
    r"|\d\d:\d\d(?::\d\d)?|--?\d\d-\d\d|\d{4}-W\d\d|P(?=[\dT])(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?"
)
_VALUES: Final[dict[str, re.Pattern[str]]] = {
    "cite": re.compile(r"[^\s<>\"{}|\\^`]*"),
    "colspan": _COUNT,
    "datetime": _DATE,
    "dir": re.compile(r"ltr|rtl|auto", re.IGNORECASE),
    "lang": re.compile(r"(?:[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*)?"),
    "open": re.compile(r"(?:open)?", re.IGNORECASE),
    "rowspan": _COUNT,
    "scope": re.compile(r"row|col|rowgroup|colgroup", re.IGNORECASE),
    "span": _COUNT,
    "start": _WHOLE,
    "type": re.compile(r"[1aAiI]"),
}
"""What an attribute may say, by its name."""


def fits(tag: str, attribute: str, value: str) -> bool:
    """Whether `attribute` of a `tag` element may have `value`."""
    wanted = _WHOLE if (tag, attribute) == ("li", "value") else _VALUES.get(attribute)
    return wanted is None or wanted.fullmatch(value) is not None


def note_misplaced(html: str, notes: Notes) -> None:
    """Note which elements of the well-formed `html` stand where HTML does not allow them."""
    places = _Places(notes)
    places.feed(html)
    places.close()


def _ended(tag: str, before: list[str]) -> bool:
    """Whether a figure with these children is complete: its caption is the first or the last."""
    return "figcaption" in (before if tag == "figcaption" else before[1:])


class _Places(HTMLParser):
    """Follows the elements of a text, and what stands before them in the same one."""

    def __init__(self, notes: Notes) -> None:
        super().__init__(convert_charrefs=True)
        self._notes = notes
        self._open: list[tuple[str, list[str]]] = [("", [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent, before = self._open[-1]
        if around := self._wrong(tag, parent, before):
            self._report(tag, around)
        if tag == "bdo" and "dir" not in dict(attrs):
            self._report(tag, parent)
        before.append(tag)
        if tag not in _VOID:
            undated = tag == "time" and "datetime" not in dict(attrs)
            # A division of a list of terms holds what the list does.
            group = tag == "div" and parent == "dl"
            self._open.append(("time " if undated else "dl" if group else tag, []))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or len(self._open) == 1:
            return
        opened, inside = self._open.pop()
        if (
            opened == "dl"
            and "div" not in inside
            and not (inside[:1] == ["dt"] and inside[-1] == "dd")
        ):
            self._report("dl", self._open[-1][0])
        if opened == "details" and inside[:1] != ["summary"]:
            self._report("details", self._open[-1][0])

    def handle_data(self, data: str) -> None:
        parent, before = self._open[-1]
        if parent == "time ":
            if not _DATE.fullmatch(data.strip()):
                self._notes.report(
                    "markdown-attribute-value", self._place("time"), attribute="datetime",
                    tag="time", value=data.strip(),
                )  # fmt: skip
        elif data.strip():
            if parent in _CHILDREN:
                self._report(parent, self._open[-2][0])
            before.append("text")

    def _wrong(self, tag: str, parent: str, before: list[str]) -> str:
        """The element in which a `tag` element may not stand; "" where all is well."""
        strange = tag in _PARENTS and parent not in _PARENTS[tag]
        if strange or (parent in _CHILDREN and tag not in _CHILDREN[parent]):
            return parent or "body"
        second = tag in ("summary", "caption") and before
        if second or (parent == "figure" and _ended(tag, before)):
            return parent
        names = [name for name, _ in self._open]
        if tag == "dfn" and "dfn" in names:
            return "dfn"
        if tag in _BLOCKS:
            return next((name for name in reversed(names) if name in _LINES), "")
        return ""

    def _report(self, tag: str, around: str) -> None:
        self._notes.report(
            "markdown-html-misplaced", self._place(tag), tag=tag, around=around or "body"
        )

    def _place(self, tag: str) -> tuple[int, int]:
        return self._notes.place_of(f"<{tag}>", f"<{tag} ")
