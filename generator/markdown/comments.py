"""What in a text no reader is to read as text: code, comments, and instructions for programs.

Code is claimed only where it is certain.  What is taken out of code by mistake is put back, since
Markdown itself says in the end what is code; what is taken for code by mistake would be read.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple
from xml.etree.ElementTree import Element

from markdown.util import AtomicString, HtmlStash, code_escape

Kind = Literal["code", "comment", "open", "nested", "instruction"]


class Hidden(NamedTuple):
    """A piece of a text, from `start` to before `end`.

    `open` is a comment that nothing ends, `nested` one that ends before a sign that seems to be
    its own; an instruction is what other languages write as `<?…?>`, `<![CDATA[…]]>`, `<!DOCTYPE>`.
    """

    kind: Kind
    start: int
    end: int


_BEGIN: Final = re.compile(
    r"(?P<fence>^[ ]{0,3}(?:`{3,}(?=[^`\n]*$)|~{3,}))"
    r"|(?P<indented>(?:\A|(?<=\n\n))(?:[ ]{4}|\t))"
    r"|(?P<escaped>\\[\\`<])"
    r"|(?P<ticks>`+)"
    r"|(?P<comment><!--)"
    r"|(?P<instruction><\?(?=[a-zA-Z=])|<!\[CDATA\[|<!(?=doctype\b))",
    re.MULTILINE | re.IGNORECASE,
)
_INDENTED: Final = re.compile(
    r"(?:(?:(?:[ ]{4}|\t)[^\n]*|[ \t]*)(?:\n|\Z))+?(?=[ ]{0,3}[^ \t\n]|\Z)"
)
_ITEM: Final = re.compile(r"^[ ]{0,3}(?:(?:[*+-]|\d+[.)])[ \t]|[:>]|\[\^)", re.MULTILINE)
"""With this begins what may go on in indented lines: an item, a definition, a footnote."""
_BLOCK_END: Final = re.compile(r"\n[ \t]*(?=\n|[*+>#|:-]|\d+[.)][ \t]|\Z)")
"""A piece of code in a line ends with its paragraph."""
_TICKS: Final = re.compile("`+")
_COMMENT_END: Final = re.compile(r"--!?>")
_EMPTY_COMMENT: Final = re.compile(r"<!---?>")
"""Only where nothing else ends it: who writes `<!-->x-->` means that nobody reads the x."""
_ENDS: Final = {"<?": "?>", "<![CDATA[": "]]>", "<!": ">"}

MARK: Final = "\ufdd0"
"""No text holds it: what is no character at all is taken out first."""
_ASIDE: Final = re.compile(f"<!--{MARK}([0-9]+)-->")
_ASIDE_IN_CODE: Final = re.compile(f"&lt;!--{MARK}([0-9]+)--&gt;")
_LEFT_OVER: Final = re.compile(f"(?:<|&lt;)!--{MARK}[0-9]+--(?:>|&gt;)|{MARK}")
_NOT_A_LINE_END: Final = re.compile(r"[^\n]")


def pieces(text: str) -> tuple[Hidden, ...]:
    """The hidden pieces of `text`, in its order; none is inside another."""
    if text[:1] not in (" ", "\t") and not (
        "`" in text
        or ("~" in text and "~~~" in text)
        or _may_comment(text)
        or "\n    " in text
        or ("\t" in text and "\n\t" in text)
    ):
        return ()
    return tuple(_Scanner(text).pieces())


def with_comments(text: str) -> tuple[Hidden, ...]:
    """As `pieces`; none where there is nothing but code."""
    return pieces(text) if _may_comment(text) else ()


def _may_comment(text: str) -> bool:
    # One character is found twenty times as fast as two: with the others here 5 % of Markdown.
    return "<" in text and ("<!" in text or "<?" in text)


class _Scanner:
    """Goes through a text once; what it has looked for in vain it does not look for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._block_end = 0
        self._item_end = 0
        self._vain: set[str] = set()

    def pieces(self) -> Iterator[Hidden]:
        place = 0
        while begin := _BEGIN.search(self._text, place):
            found = self._piece(begin)
            place = found.end if found else begin.end()
            if found:
                yield found

    def _piece(self, begin: re.Match[str]) -> Hidden | None:
        start, sign = begin.start(), begin[0]
        match begin.lastgroup:
            case "fence":
                return self._fenced(start, sign)
            case "ticks":
                return self._span(start, sign)
            case "indented":
                return self._indented(start)
            case "comment":
                return self._comment(start)
            case "instruction":
                end = self._behind(_ENDS[sign.upper()], begin.end())
                return Hidden("instruction", start, end) if end else None
        return None

    def _behind(self, sign: str, place: int) -> int:
        """The place behind the next `sign`; 0 if there is none."""
        if sign in self._vain:
            return 0
        found = self._text.find(sign, place)
        if found < 0:
            self._vain.add(sign)
        return found + len(sign) if found >= 0 else 0

    def _fenced(self, start: int, fence: str) -> Hidden:
        sign = fence.lstrip(" ")
        end = re.compile(rf"^[ ]{{0,3}}{sign}{sign[0]}*[ \t]*$", re.MULTILINE).search(
            self._text, start + len(fence)
        )
        return Hidden("code", start, end.end() if end else len(self._text))

    def _span(self, start: int, ticks: str) -> Hidden | None:
        if self._block_end <= start:
            end = _BLOCK_END.search(self._text, start)
            self._block_end = end.start() if end else len(self._text)
        place = start + len(ticks)
        while (end_at := self._text.find(ticks, place, self._block_end)) >= 0:
            place = end_at + len(ticks)
            longer = _TICKS.match(self._text, place)
            if not longer:
                return Hidden("code", start, place)
            place = longer.end()
        return None

    def _indented(self, start: int) -> Hidden | None:
        if start < self._item_end:
            return None
        block = _INDENTED.match(self._text, start)
        if not block:
            return None
        if self._belongs_to_item(start):
            self._item_end = block.end()
            return None
        return Hidden("code", start, block.end())

    def _belongs_to_item(self, start: int) -> bool:
        """Whether the block before the indented lines at `start` holds an item of a list."""
        end = start
        while end and self._text[end - 1].isspace():
            end -= 1
        return _ITEM.search(self._text, self._text.rfind("\n\n", 0, end) + 1, end) is not None

    def _comment(self, start: int) -> Hidden:
        text = self._text
        found = _COMMENT_END.search(text, start + 4) or _EMPTY_COMMENT.match(text, start)
        if not found:
            return Hidden("open", start, len(text))
        end = found.end()
        if text.find("<!--", start + 4, end) >= 0 and (following := self._behind("-->", end)):
            another = text.find("<!--", end, following)
            return Hidden("nested" if another < 0 else "comment", start, end)
        return Hidden("comment", start, end)


def without(text: str, hidden: tuple[Hidden, ...]) -> str:
    """`text` with blanks for the `hidden` pieces; all else stays where it is."""
    parts: list[str] = []
    place = 0
    for piece in hidden:
        blank = _NOT_A_LINE_END.sub(" ", text[piece.start : piece.end])
        parts += (text[place : piece.start], blank)
        place = piece.end
    return "".join([*parts, text[place:]])


class Aside(NamedTuple):
    """A piece that was set aside, and what to put where it turns out to be code."""

    piece: Hidden
    code: str


def set_aside(text: str, hidden: tuple[Hidden, ...]) -> tuple[str, tuple[Aside, ...]]:
    """`text` with a short comment for each of the `hidden` pieces but code, and what stood there.

    An empty line in a comment would else end the block that it stands in.
    """
    aside: list[Aside] = []
    parts: list[str] = []
    place = 0
    for piece in hidden:
        if piece.kind != "code":
            parts += (text[place : piece.start], f"<!--{MARK}{len(aside)}-->")
            aside.append(Aside(piece, _out_dented(text, piece)))
            place = piece.end
    return "".join([*parts, text[place:]]), tuple(aside)


def _out_dented(text: str, piece: Hidden) -> str:
    """The piece as it stands in code: its lines begin where the first one does."""
    line = text[text.rfind("\n", 0, piece.start) + 1 : piece.start]
    indent = len(line) - len(line.lstrip(" "))
    return re.sub(rf"\n[ ]{{0,{indent}}}", "\n", text[piece.start : piece.end])


def put_back(root: Element, stash: HtmlStash, aside: tuple[Aside, ...]) -> set[int]:
    """Put what was set `aside` back where it is code after all; the numbers of such pieces."""
    back: set[int] = set()

    def original(mark: re.Match[str]) -> str:
        back.add(int(mark[1]))
        return code_escape(aside[int(mark[1])].code)

    for code in root.iter("code"):
        if code.text and MARK in code.text:
            code.text = AtomicString(_ASIDE_IN_CODE.sub(original, code.text))
    for place, raw in enumerate(stash.rawHtmlBlocks):
        if isinstance(raw, str) and MARK in raw and raw.startswith("<pre"):
            stash.rawHtmlBlocks[place] = _ASIDE_IN_CODE.sub(original, raw)
    return back


def forgotten(html: str) -> str:
    """`html`, or what is written in an attribute, without marks of what was set aside."""
    return _LEFT_OVER.sub("", html) if MARK in html else html
