"""Blocks of raw HTML: where they begin and end, and that what one opens another may close."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, Literal, NamedTuple
from xml.etree.ElementTree import Element

from markdown.util import HTML_PLACEHOLDER_RE

_BLOCK: Final = re.compile(
    r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd"
    r"|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]"
    r"|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option"
    r"|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)"
    r"(?:\s|/?>|$)",
    re.IGNORECASE,
)
_RAW: Final = re.compile(r"<(?:script|pre|style|textarea)(?:\s|>|$)", re.IGNORECASE)
RAW_END: Final = re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE)
_COMMENT: Final = re.compile(r"<!--(?:(?!-->).)*-->[ ]*$")
TAG: Final = (
    r"<(?:[a-zA-Z][a-zA-Z0-9-]*+(?:\s+[a-zA-Z_:][\w.:-]*+(?:\s*+=\s*+(?:[^\s\"'=<>`]++|'[^']*+'"
    r"|\"[^\"]*+\"))?+)*+\s*+/?|/[a-zA-Z][a-zA-Z0-9-]*+\s*+)>"
)
"""A tag, as CommonMark knows one."""
_PART: Final = re.compile(rf"({TAG}|<!--.*?-->)", re.DOTALL)
_NAME: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
VOID: Final = frozenset({"br", "col", "hr", "wbr"})
_ENDS_BY_ITSELF: Final = frozenset(
    ("colgroup", "dd", "dt", "li", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr")
)
_ALONE: Final = re.compile(rf"{TAG}[ ]*$")


def begins(line: str, before: str | None) -> Literal["block", "raw", "line"] | None:
    """What kind of raw HTML begins in `line`, which may stand below text; None: it is no block.

    `raw` reaches to its own end, a `block` to the next blank line, a comment is a `line`.
    """
    if line[:1] != "<":
        return None
    if _BLOCK.match(line):
        return "block"
    if _RAW.match(line):
        return "raw"
    if _COMMENT.match(line):
        return "line"
    return "block" if before is None and _ALONE.match(line) else None


def groups(root: Element) -> Iterator[list[int]]:
    """The numbers in the stash of the blocks of raw HTML below `root`, for each parent."""
    for parent in root.iter():
        texts = [child.text or "" for child in parent if child.tag is None]
        if texts:
            yield [int(found[1]) for text in texts for found in HTML_PLACEHOLDER_RE.finditer(text)]


class Balanced(NamedTuple):
    """Pieces of raw HTML in which each tag has its other half, or needs none."""

    pieces: list[str]
    whole: list[bool]
    """Whether a piece stands by itself: nothing is open before it and behind it."""
    unclosed: list[tuple[str, str]]
    """What was left open: the names and the tags."""


def balanced(pieces: list[str]) -> Balanced:
    """`pieces` of raw HTML, made well-formed.

    What a piece opens, a later one may close; otherwise it ends with its piece.  An end without a
    beginning goes, and what only looks like the beginning of a tag is text.
    """
    parts = [_PART.split(piece) for piece in pieces]
    opened: list[tuple[str, int, str]] = []
    depths = [0]
    for number, piece in enumerate(parts):
        piece[::2] = [text.replace("<", "&lt;") for text in piece[::2]]
        for place in range(1, len(piece), 2):
            found = _NAME.match(tag := piece[place])
            if not found or tag.endswith("/>") or (name := found[2].lower()) in VOID:
                continue
            if not found[1]:
                opened.append((name, number, tag))
            elif name in (names := [name for name, *_ in opened]):
                start = len(names) - names[::-1].index(name)
                piece[place] = _ends(names[start:]) + tag
                del opened[start - 1 :]
            else:
                piece[place] = ""
        depths.append(len(opened))
    for name, number, _ in reversed(opened):
        parts[number].append(_ends([name]))
    return Balanced(
        ["".join(piece) for piece in parts],
        [before == after == 0 for before, after in pairwise(depths)],
        [(name, tag) for name, _, tag in opened if name not in _ENDS_BY_ITSELF],
    )


def _ends(names: list[str]) -> str:
    """What closes the elements `names`, the last one first."""
    return "".join(f"</{name}>" for name in reversed(names) if name != "p")
