"""A text divided into its blocks, as CommonMark and GitHub divide it, and as German is written.

A block is a string of a class that says what it is; one that holds others (a list, a quotation)
has their lines without the signs before them, and is divided in its turn.  Lines are gone through
once on each level.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from generator.markdown import html_blocks, references, tables
from generator.markdown.items import BULLETS, CODE_INDENT, RULE, TASK, Item, counts_on, item_in
from generator.markdown.kinds import (
    Code,
    Definitions,
    Heading,
    Html,
    Listing,
    Note,
    Quotation,
    Rule,
)

LAZY: Final = "\ufdd1"
"""Before a line that goes on a paragraph in a quotation or an item without the signs for it, and
begins no block whatever is in it.  No text holds it: what is no character is taken out first."""

_HEADING: Final = re.compile(r" {0,3}(#{1,6})(?:[ ]+(.*?))??(?:[ ]+#+)?[ ]*$")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)[ ]*$")
_FENCE: Final = re.compile(r"( {0,3})(?:(`{3,})([^`]*)|(~{3,})(.*))$")
_QUOTE: Final = re.compile(r" {0,3}> ?")
_DEFINITION: Final = re.compile(r" {0,3}:( +)(?=\S)")
_NOTE: Final = re.compile(r" {0,3}\[\^([^\]]+)\]:[ ]*")
_COLON: Final = re.compile(r":[*_]*[ ]*$")
_INNER: Final = re.compile(r"[ ]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ ]))[ ]?")
_SIGNS: Final = frozenset("#>`~<[*-+_=:|0123456789 " + LAZY)
"""With one of these begins what ends a paragraph, or makes something else of it."""
_AFTER_TERM: Final = (":", " ")


class Divided(NamedTuple):
    """The blocks of a text, and whether a blank line stands between two of them."""

    blocks: list[str]
    spaced: bool


def divided(text: str, item: bool = False) -> Divided:
    """The blocks of `text`, which may be what an `item` of a list holds."""
    if "\n" not in text and text[:1] not in _SIGNS:
        return Divided([text] if text else [], False)
    divider = _Divider(text.split("\n"), item)
    return Divided(divider.blocks(), divider.spaced)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


class _Open:
    """Whether lines end within a paragraph, which a line without their signs can go on.

    They are looked at when this is asked, each one once.
    """

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._seen = 0
        self._text = False
        self._fence = self._above = ""
        self._rows = self._list = False
        """Whether what stands here, rows or raw HTML, ends with a blank line; is within a list."""

    def text(self) -> bool:
        for line in self._lines[self._seen :]:
            if line[:1] != LAZY:
                self._add(line)
        self._seen = len(self._lines)
        return self._text

    def _add(self, line: str) -> None:
        if not line.strip():
            self._text = self._rows = False
            return
        if not (self._text or self._list or self._fence) and _indent(line) >= CODE_INDENT:
            return
        while not self._fence and (found := _INNER.match(line)):
            self._list = self._list or found[0].strip() != ">"
            self._text = self._rows = False
            line = line[found.end() :]
        bare = line.lstrip(" ")
        fence = _FENCE.match(bare)
        if self._fence:
            if bare.startswith(self._fence) and not bare.strip(self._fence[0] + " "):
                self._fence = ""
        elif fence:
            self._text, self._fence = False, fence[2] or fence[4]
        elif not self._text:
            self._rows = self._rows or html_blocks.begins(bare, "") is not None
            ended = _HEADING.match(bare) or RULE.match(bare)
            self._text = bool(bare) and not (self._rows or ended)
        elif tables.begins(self._above, bare):
            self._text, self._rows = False, True
        elif _HEADING.match(bare) or _UNDERLINE.match(bare) or RULE.match(bare):
            self._text = False
        self._above = bare


class _Divider:
    """Goes through lines once."""

    def __init__(self, lines: list[str], item: bool) -> None:
        self.spaced = False
        self._lines = lines
        self._item = item
        self._at = 0
        self._blocks: list[str] = []
        self._raw_end = True  # until one is looked for in vain

    def blocks(self) -> list[str]:
        lines, blocks, blank = self._lines, self._blocks, False
        end = len(lines)
        while (at := self._at) < end:
            line = lines[at]
            if not line or (line[0] == " " and line.isspace()):
                self._at += 1
                blank = bool(blocks)
                continue
            self.spaced = self.spaced or blank
            if (
                line[0] not in _SIGNS
                and at + 2 < end
                and not lines[at + 1]
                and lines[at + 2][:1] not in _AFTER_TERM
            ):  # the usual paragraph, in one line
                blocks.append(line)
                self._at, blank = at + 2, True
                continue
            blank = False
            blocks.append(self._take(self._kind(at, None)))
        return blocks

    def _kind(  # noqa: PLR0911 - a return for each kind
        self, at: int, before: str | None, lazy: bool = False
    ) -> type[str]:
        """What begins in the line at `at`; `before` is the line of text above it, if there is one.

        `str` where it is text, or goes on the text above; this may stand in a quotation or an item
        to which the line does not belong by its signs: then it is `lazy`.
        """
        line = self._lines[at]
        sign = line[0]
        if sign not in _SIGNS or sign == LAZY:
            return str
        if sign == " ":
            bare = line.lstrip(" ")
            if len(line) - len(bare) >= CODE_INDENT:
                return str if before is not None else Code
            sign = bare[0]
        if sign == "#":
            return Heading if _HEADING.match(line) else str
        if sign == ">":
            return Quotation if before is None or self._quotes(at, before) else str
        if sign in "`~":
            return Code if _FENCE.match(line) else str
        if sign == "<":
            return Html if html_blocks.begins(line.lstrip(" "), before) else str
        if sign == "[":
            return Note if _NOTE.match(line) else str
        if sign in "*-_" and RULE.match(line):
            return Rule
        return Listing if self._lists(at, before, lazy) else str

    def _take(self, kind: type[str]) -> str:
        """The block of a `kind` that begins in the next line; goes behind it."""
        if take := _TAKE.get(kind):
            return take(self)
        line = self._lines[self._at]
        self._at += 1
        found = _HEADING.match(line)
        return _heading(found[2] or "", len(found[1])) if found else kind(line)

    def _text(self) -> str:
        """A paragraph, or what the line behind one makes of it."""
        lines, start = self._lines, self._at
        self._at += 1
        if lines[start].lstrip(" ")[0] == "[" and references.whole(lines[start : start + 2]):
            return lines[start].lstrip(" ")
        while self._at < len(lines):
            line = lines[self._at]
            if not line or line.isspace():
                break
            sign = line[0] if line[0] != " " else line.lstrip(" ")[0]
            if sign in _SIGNS:
                above = lines[self._at - 1]
                if sign in "|-:" and tables.begins(above, line):
                    return self._table(start)
                if sign in "=-" and _UNDERLINE.match(line):
                    self._at += 1
                    return _heading(_joined(lines[start : self._at - 1]), 1 if sign == "=" else 2)
                if sign == ":" and _DEFINITION.match(line):
                    return self._definitions(_joined(lines[start : self._at]))
                if self._kind(self._at, above) is not str:
                    break
            self._at += 1
        made = _joined(lines[start : self._at])
        following = lines[self._at + 1 : self._at + 2]
        if following and not lines[self._at].strip() and _DEFINITION.match(following[0]):
            self._at += 1
            return self._definitions(made)
        return made

    def _table(self, start: int) -> str:
        """The table whose second row is the next line; text may stand above it, from `start`."""
        lines, head = self._lines, self._at - 1
        if head > start:
            self._at = head
            return _joined(lines[start:head])
        self._at += 1
        while (
            self._at < len(lines)
            and lines[self._at].strip()
            and _indent(lines[self._at]) < CODE_INDENT
            and self._kind(self._at, None) is str
        ):
            self._at += 1
        return tables.Table(_joined(lines[head : self._at]))

    def _inside(self, first: str, width: int, sign: str = "") -> list[str]:
        """The lines of what begins with `first` and goes on in lines indented by `width`.

        The next item, or meaning, with the `sign` of this one ends it.
        """
        lines, inside, blank = self._lines, [first], 0
        state = _Open(inside)
        self._at += 1
        while self._at < len(lines):
            line = lines[self._at]
            if not line or line.isspace():
                if not first and len(inside) == 1:
                    break  # an item that begins with two blank lines is empty
                blank += 1
            elif line[0] == LAZY:
                if blank or not state.text():
                    break
                inside.append(line)
            elif _indent(line) >= width:
                inside += [""] * blank + [line[width:]]
                blank = 0
            elif blank or self._ends(inside[-1], sign) or not state.text():
                break
            else:
                inside.append(LAZY + line.lstrip(" "))
            self._at += 1
        self._at -= blank
        return inside

    def _ends(self, before: str, sign: str = "") -> bool:
        """Whether something begins in the next line that ends a paragraph, in a list or not."""
        at = self._at
        if sign == ":" and _DEFINITION.match(self._lines[at]):
            return True
        if sign and (item := item_in(self._lines[at])) and item.sign in (sign, ")"):
            return True
        if self._kind(at, before, lazy=True) is not str:
            return True
        following = self._lines[at + 1] if at + 1 < len(self._lines) else ""
        return following.lstrip(" ")[:1] == ":" and _DEFINITION.match(following) is not None

    def _quotation(self) -> str:
        lines, inside = self._lines, list[str]()
        state = _Open(inside)
        while self._at < len(lines):
            line = lines[self._at]
            if found := _QUOTE.match(line):
                inside.append(line[found.end() :])
            elif not line.strip() or self._ends(inside[-1]) or not state.text():
                break
            else:
                inside.append(LAZY + line.lstrip(f" {LAZY}"))
            self._at += 1
        return Quotation("\n".join(inside))

    def _quotes(self, at: int, before: str) -> bool:
        """Whether a sign directly below text quotes: "> 30 Prozent" may be what that text says."""
        line = self._lines[at]
        following = self._lines[at + 1] if at + 1 < len(self._lines) else ""
        more = _QUOTE.match(following) or _COLON.search(before)
        return bool(more) or not line.lstrip(" >")[:1].isdecimal()

    def _lists(self, at: int, before: str | None, lazy: bool) -> bool:
        """Whether a list begins at a line; see EDITORS: "40. Sitzung", "+ 5 Prozent" are text."""
        item = item_in(line := self._lines[at])
        if not item:
            return False
        if before is None:
            return item.sign != "." or self._resumes(item) or self._goes_on(at, item)
        if lazy:
            if self._resumes(item) or (item.number is None and line[0] == " "):
                return True
        elif item.empty or item.number not in (None, 1):
            return False
        above = item_in(before)
        if (
            (above and above.sign == item.sign)
            or TASK.match(line, item.width)
            or (item.sign != "." and ((self._item and not self._blocks) or _COLON.search(before)))
        ):
            return True
        return self._goes_on(at, item)

    def _resumes(self, item: Item) -> bool:
        """Whether `item` goes on a list that only a few other lists stand behind."""
        for block in reversed(self._blocks[-4:]):
            if not isinstance(block, Listing):
                break
            if block.sign == item.sign:
                return block.last is None or counts_on(block.last, item.number)
        return False

    def _goes_on(self, at: int, first: Item) -> bool:
        """Whether a second item, or more of the first one, follows the line at `at`."""
        blank = False
        if self._begins(self._lines[at][first.width :]):
            return True
        for place in range(at + 1, len(self._lines)):
            line = self._lines[place]
            if not line or line.isspace():
                blank = True
                continue
            if line[0] == LAZY:
                continue
            inside = _indent(line) >= first.width
            item = None if inside else item_in(line)
            if (
                item
                and item.sign == first.sign
                and (first.number is None or counts_on(first.number, item.number))
            ):
                return True
            if blank or (inside and self._begins(line[first.width :])):
                return inside
        return False

    @staticmethod
    def _begins(line: str) -> bool:
        """Whether a block begins in a line of an item, so that the item is one."""
        if _FENCE.match(line) or line[:1] == ">":
            return True
        return (found := item_in(line)) is not None and found.sign in BULLETS

    def _list(self) -> str:
        lines, items, loose = self._lines, list[str](), False
        first = last = None
        while self._at < len(lines):
            item = item_in(lines[self._at])
            if not item or (first and item.sign != first.sign):
                break
            blank = first is not None and not lines[self._at - 1].strip()
            if blank and last is not None and not counts_on(last, item.number):
                break
            first, last = first or item, item.number if item.sign == "." else None
            loose = loose or blank
            first_line = lines[self._at][item.width :]
            items.append("\n".join(self._inside(first_line, item.width, item.sign)))
            end = self._at
            self._skip_blank()
        made = Listing()
        self._at = end
        made.items, made.start, made.loose = items, first.number if first else None, loose
        made.sign, made.last = first.sign if first else "", last
        return made

    def _definitions(self, terms: str) -> str:
        """`terms` and their meanings; the first of these begins in the next line."""
        lines, made = self._lines, Definitions()
        made.groups, made.loose = [], False
        end = self._at
        while True:
            made.groups.append((terms.strip().split("\n"), []))
            while self._at < len(lines) and (found := _DEFINITION.match(lines[self._at])):
                made.loose = made.loose or (bool(made.groups[-1][1]) and self._at > end)
                width = found.end() if len(found[1]) <= CODE_INDENT else found.start(1) + 1
                first = lines[self._at][width:]
                made.groups[-1][1].append("\n".join(self._inside(first, found.start(1) + 1, ":")))
                end = self._at
                self._skip_blank()
            start = self._at
            while (
                self._at < len(lines)
                and lines[self._at].strip()
                and self._kind(self._at, None) is str
                and not _DEFINITION.match(lines[self._at])
            ):
                self._at += 1
            if self._at == start or not any(map(_DEFINITION.match, lines[self._at : self._at + 1])):
                break
            terms = _joined(lines[start : self._at])
        self._at = end
        return made

    def _skip_blank(self) -> None:
        while self._at < len(self._lines) and not self._lines[self._at].strip():
            self._at += 1

    def _note(self) -> str:
        line = self._lines[self._at]
        found = _NOTE.match(line)
        assert found  # noqa: S101 - that is why this is asked
        note = Note("\n".join(self._inside(line[found.end() :], CODE_INDENT)))
        note.label = found[1]
        return note

    def _code(self) -> str:
        if _indent(self._lines[self._at]) < CODE_INDENT:
            return self._fenced()
        lines, start = self._lines, self._at
        end = start
        while self._at < len(lines):
            line = lines[self._at]
            if line and not line.isspace():
                if _indent(line) < CODE_INDENT:
                    break
                end = self._at + 1
            self._at += 1
        self._at = end
        return Code("\n".join(line[CODE_INDENT:] for line in lines[start:end]))

    def _fenced(self) -> str:
        lines, fence = self._lines, self._lines[self._at]
        indent, bare = _indent(fence), fence.lstrip(" ")
        info = bare.lstrip(bare[0])
        sign = bare[: len(bare) - len(info)]
        inside: list[str] = []
        for line in lines[self._at + 1 :]:
            own = _indent(line)
            if line.startswith(sign, own) and own < CODE_INDENT and not line.strip(f"{sign[0]} "):
                break
            inside.append(line[min(indent, own) :])
        made = Code("\n".join(inside))
        self._at += len(inside) + 2
        if self._at > len(lines):
            made.unclosed = "\n".join([bare, *inside[:1]])
        made.info = info.strip()
        return made

    def _html(self) -> str:
        lines, start = self._lines, self._at
        kind = html_blocks.begins(lines[start].lstrip(" "), None)
        if kind == "line":
            self._at += 1
        elif kind == "raw" and (end := self._end_of_raw()):
            self._at = end
        else:
            while self._at < len(lines) and lines[self._at].strip():
                self._at += 1
        return Html("\n".join(lines[start : self._at]))

    def _end_of_raw(self) -> int:
        """The place behind the line in which `</script>` or the like ends raw HTML; 0: in none."""
        if self._raw_end:
            for place in range(self._at, len(self._lines)):
                if html_blocks.RAW_END.search(self._lines[place]):
                    return place + 1
        self._raw_end = False
        return 0


_TAKE: Final[dict[type[str], Callable[[_Divider], str]]] = {
    str: _Divider._text,
    Code: _Divider._code,
    Html: _Divider._html,
    Listing: _Divider._list,
    Note: _Divider._note,
    Quotation: _Divider._quotation,
}
"""What is more than a line."""


def _heading(text: str, level: int) -> Heading:
    made = Heading(text.strip())
    made.level = level
    return made


def _joined(lines: list[str]) -> str:
    """`lines` as a text, without what stands before them."""
    if any(line[0] in f" {LAZY}" for line in lines):
        lines = [line.lstrip(f" {LAZY}") for line in lines]
    return "\n".join(lines)
