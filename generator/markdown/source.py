"""A text before Markdown sees it: without control characters and other generators' commands."""

import re
import sys
from collections.abc import Iterator
from html import unescape
from typing import Final

from generator.base.problems import Problem, problem
from generator.markdown.comments import pieces, without

_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(
        f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
    )
    + "]"
)
"""What XML 1.0 forbids, and what HTML calls a control character or no character at all."""

_CONTROL: Final = re.compile(
    rf"{_FORBIDDEN.pattern}"
    r"|&#(?P<reference>[xX][0-9a-fA-F]{1,20}(?![0-9a-fA-F])|[0-9]{1,20}(?![0-9]));?"
)
_SUSPECT_BYTES: Final = bytes(
    {*range(0x20), 0x7F, 0xEF, 0xED, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4} - {9, 10}
)
"""In the UTF-8 of a forbidden character there is one of these, or C2 80 to C2 9F."""
_SUSPECT_PAIR: Final = re.compile(rb"\xc2[\x80-\x9f]")

_WINDOWS_LETTERS: Final = frozenset(range(0x80, 0xA0)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}
"""References to these control characters mean letters of Windows-1252, as old tools wrote them."""
_SPACE: Final = frozenset({0x0B, 0x0C, 0x85})
"""Word processors' ends of lines: what stood on either side must not become one word."""

_COMMAND: Final = (
    r"(?:\{\{<(?:(?!\{\{|\n\n).)*?>\}\}"  # Hugo
    r"|\{\{%(?:(?!\{\{|\n\n).)*?%\}\}"  # Hugo, content as Markdown
    r"|\{%(?:(?!\{%|\n\n).)*?%\})"  # Jekyll, Liquid, Nunjucks
)
_SHORTCODE: Final = re.compile(
    r"^[ >]*(?:(?:[-*+]|\d{1,9}[.)])[ ]+)*(?P<fence>~{3,}|`{3,}).*?^[ >]*(?P=fence)[ ]*$"  # is code
    r"|(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\n).)+?(?<!`)(?P=ticks)(?!`)"
    rf"|\]\([ <]*(?P<address>{_COMMAND})[^)\n]*\)"
    rf"|(?P<command>{_COMMAND})",
    re.DOTALL | re.MULTILINE,
)
_CLOSING: Final = re.compile(r"\{\{?[<%]\s*(?:/|end)")
_SHOWN: Final = 60
"""Characters of a shortcode or the like that a message shows."""


def prepared(text: str) -> tuple[str, tuple[Problem, ...]]:
    """`text` as Markdown may read it, with the same lines, and what was taken out of it."""
    text, problems = _without_controls(text)
    if "{" in text:
        text, more = _without_shortcodes(text)
        problems += more
    return text, problems


def _without_controls(text: str) -> tuple[str, tuple[Problem, ...]]:
    # Looking at bytes first is ten times as fast as looking at characters.
    data = text.encode("utf-8", "surrogatepass")
    clean = len(data.translate(None, _SUSPECT_BYTES)) == len(data) and not (
        b"\xc2" in data and _SUSPECT_PAIR.search(data)
    )
    if clean and not ("&" in text and "&#" in text):
        return text, ()
    problems: list[Problem] = []

    def without(found: re.Match[str]) -> str:
        code = _code(found["reference"]) if found["reference"] else ord(found[0])
        if code in _WINDOWS_LETTERS and found["reference"]:
            return unescape(f"&#{code};")
        if code <= sys.maxunicode and not _FORBIDDEN.match(chr(code)):
            return found[0]
        place = line_and_column(text, found.start())
        problems.append(problem("markdown-control-character", "", *place, code=f"{code:04X}"))
        return " " if code in _SPACE else ""

    text = _CONTROL.sub(without, text)
    return text, tuple(dict.fromkeys(problems))


def _code(reference: str) -> int:
    """The number of the character that a reference such as `8211` or `x2013` stands for."""
    return int(reference[1:], 16) if reference[0] in "xX" else int(reference)


def _without_shortcodes(text: str) -> tuple[str, tuple[Problem, ...]]:
    if not _SHORTCODE.search(text):
        return text, ()
    seen = without(text, pieces(text))
    problems = tuple(_foreign_commands(text, seen))

    def left_over(found: re.Match[str]) -> str:
        return found[0] if _is_hidden(found, seen) else _left_over(found)

    return _SHORTCODE.sub(left_over, text), problems


def _is_hidden(found: re.Match[str], seen: str) -> bool:
    """Whether a match begins in code, or in a comment: there it is no command."""
    return seen[found.start()] != found[0][0]


def _foreign_commands(text: str, seen: str) -> Iterator[Problem]:
    for found in _SHORTCODE.finditer(text):
        if _is_hidden(found, seen):
            continue
        command = found["address"] or found["command"]
        if command and not _CLOSING.match(command):
            place = line_and_column(text, found.start())
            yield problem("markdown-shortcode", "", *place, shortcode=shortened(command))


def _left_over(found: re.Match[str]) -> str:
    """What stays of a match: all of a piece of code, of a shortcode only the ends of its lines."""
    if found["address"]:
        return "]()" + "\n" * found["address"].count("\n")
    if found["command"]:
        return "\n" * found["command"].count("\n")
    return found[0]


def shortened(written: str) -> str:
    """What a message shows of something that may be long."""
    shown = " ".join(written.split())
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"


def line_and_column(text: str, place: int) -> tuple[int, int]:
    """Where a place in a text is, both counted from 1."""
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
