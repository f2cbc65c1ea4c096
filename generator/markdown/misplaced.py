"""What an author's own HTML would break on the page: elements out of place, values without sense.

A browser shows such a page all the same, each in its way; a screen reader may not.
"""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Final

from generator.markdown.notes import Notes
from generator.markdown.source import line_and_column

_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = _HEADINGS | {
    "blockquote", "details", "div", "dl", "figure", "hr", "ol", "p", "pre", "section", "table",
    "ul",
}  # fmt: skip
_LINES: Final = _HEADINGS | {"p", "pre", "summary"}
"""Elements that hold a line of text, and no block."""

_PARENTS: Final = {
    "li": ("ol", "ul"), "dt": ("dl",), "dd": ("dl",), "figcaption": ("figure",),
    "summary": ("details",), "rt": ("ruby",), "rp": ("ruby",),
}  # fmt: skip
"""What may stand nowhere else; the parser has put parts of tables right already."""
_CHILDREN: Final = {"ol": ("li",), "ul": ("li",), "dl": ("dt", "dd", "div")}
_WRITTEN: Final = frozenset(
    {"bdo", "details", "dfn", "figcaption", "rp", "rt", "ruby", "section", "summary", "time"}
)
"""Elements that no Markdown becomes: the fifth on the page is the fifth in the text."""
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
        self._open: list[tuple[str, list[str], int]] = [("", [], 0)]
        """What is open, with the elements in it so far, and how many of its kind there were."""
        self._lines: list[str] = [""]
        """Of each the innermost element of a line that it is or stands in."""
        self._seen: Counter[str] = Counter()
        self._offsets: dict[str, list[int]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent, before, _ = self._open[-1]
        self._seen[tag] += 1
        if around := self._wrong(tag, parent, before):
            self._report(tag, around, self._seen[tag])
        if tag == "bdo" and "dir" not in dict(attrs):
            self._report(tag, parent, self._seen[tag])
        before.append(tag)
        if tag not in _VOID:
            undated = tag == "time" and "datetime" not in dict(attrs)
            # A division of a list of terms holds what the list does.
            group = tag == "div" and parent == "dl"
            name = "time " if undated else "dl" if group else tag
            self._open.append((name, [], self._seen[tag]))
            self._lines.append(name if name in _LINES else self._lines[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or len(self._open) == 1:
            return
        opened, inside, number = self._open.pop()
        self._lines.pop()
        if (
            opened == "dl"
            and "div" not in inside
            and not (inside[:1] == ["dt"] and inside[-1] == "dd")
        ):
            self._report("dl", self._open[-1][0], number)
        if opened == "details" and inside[:1] != ["summary"]:
            self._report("details", self._open[-1][0], number)

    def handle_data(self, data: str) -> None:
        parent, before, number = self._open[-1]
        if parent == "time ":
            if not _DATE.fullmatch(data.strip()):
                self._notes.report(
                    "markdown-attribute-value", self._place("time", number), attribute="datetime",
                    tag="time", value=data.strip(),
                )  # fmt: skip
        elif data.strip():
            if parent in _CHILDREN:
                self._report(parent, self._open[-2][0], number)
            before.append("text")

    def _wrong(self, tag: str, parent: str, before: list[str]) -> str:
        """The element in which a `tag` element may not stand; "" where all is well."""
        strange = tag in _PARENTS and parent not in _PARENTS[tag]
        if strange or (parent in _CHILDREN and tag not in _CHILDREN[parent]):
            return parent or "body"
        second = tag in ("summary", "caption") and before
        if second or (parent == "figure" and _ended(tag, before)):
            return parent
        if tag == "dfn" and any(name == "dfn" for name, _, _ in self._open):
            return "dfn"
        return self._lines[-1] if tag in _BLOCKS else ""

    def _report(self, tag: str, around: str, number: int) -> None:
        place = self._place(tag, number)
        self._notes.report("markdown-html-misplaced", place, tag=tag, around=around or "body")

    def _place(self, tag: str, number: int) -> tuple[int, int]:
        """Where the element of that number among its kind stands in the text."""
        if tag in _WRITTEN:
            if tag not in self._offsets:
                tags = re.finditer(rf"<{tag}[\s>]", self._notes.seen, re.IGNORECASE)
                self._offsets[tag] = [found.start() for found in tags]
            if number <= len(self._offsets[tag]):
                return line_and_column(self._notes.text, self._offsets[tag][number - 1])
        return self._notes.place_of(f"<{tag}>", f"<{tag} ")
