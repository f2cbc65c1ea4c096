"""Characters that no font of a PDF has: what is replaced, and where.

Typst names single code points.  What readers take for one character may be several: `1️⃣` is a 1,
a sign that asks for a picture, and a frame.  The 1 alone is in every font.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Set
from typing import Final
from urllib.parse import quote

import msgspec

from generator.media.pdf.document import Node, Nodes, Reference, Sheet

SHOWN: Final = "□"
"""What stands for a character that no font has, or for several in a row."""

_JOINER: Final = "\N{ZERO WIDTH JOINER}"
_TONES: Final = range(0x1F3FB, 0x1F400)
_TAGS: Final = range(0xE0020, 0xE0080)
_FLAGS: Final = range(0x1F1E6, 0x1F200)

_TEXTS: Final = (
    *("title", "kicker", "label", "lead", "date", "updated", "section", "portal", "publisher"),
)

_NOT_LATIN: Final = re.compile(r"[^ -~¡-ÿ–—„“”‚‘’…]")

Swap = Callable[[str], str]


def clusters(text: str) -> Iterator[str]:
    """`text` in pieces that readers take for one character each, near enough."""
    cluster = ""
    for letter in text:
        code = ord(letter)
        belongs = (
            unicodedata.category(letter)[0] == "M"
            or letter == _JOINER
            or code in _TONES
            or code in _TAGS
            or cluster.endswith(_JOINER)
            or (code in _FLAGS and len(cluster) == 1 and ord(cluster) in _FLAGS)
        )
        if cluster and not belongs:
            yield cluster
            cluster = ""
        cluster += letter
    if cluster:
        yield cluster


def lacking(sheet: Sheet, unknown: Set[str]) -> frozenset[str]:
    """The characters of `sheet` to be replaced, where fonts lack the code points `unknown`.

    A code point that may be lacking only as a part of a longer character is none of them: if that
    was not all, it will be named again.
    """
    found: set[str] = set()

    def look(text: str) -> str:
        found.update(each for each in clusters(text) if not unknown.isdisjoint(each))
        return text

    swapped(sheet, look, look)
    # Typst names signs without a shape with what stands beside them.
    found = {each for each in found if not _is_shapeless(each)} or found
    whole = {each for each in found if unknown >= set(each)}
    long = {each for each in whole if len(each) > 1}
    within = frozenset().union(*long)
    return frozenset(long | {each for each in whole if each not in within} or whole or found)


def _is_shapeless(character: str) -> bool:
    return all(unicodedata.category(sign) == "Cf" for sign in character)


def replaced(sheet: Sheet, characters: Set[str], shown: str = SHOWN) -> Sheet:
    """`sheet` with `shown` instead of `characters`; in addresses they are written as servers do."""
    if not characters:
        return sheet
    # The longest first: one may be the beginning of another.
    one = "|".join(map(re.escape, sorted(characters, key=lambda each: (-len(each), each))))
    several = re.compile(f"(?:{one})+")

    def in_text(text: str) -> str:
        """A part of a longer character is none."""
        if not several.search(text):
            return text
        marked = (("\0" if each in characters else each) for each in clusters(text))
        return re.sub("\0+", shown, "".join(marked))

    return swapped(sheet, in_text, lambda address: several.sub(lambda one: quote(one[0]), address))


def swapped(sheet: Sheet, text: Swap, address: Swap) -> Sheet:
    """`sheet` with other texts, and other addresses where readers see these; the rest as it is."""
    picture = sheet.picture
    return msgspec.structs.replace(
        sheet,
        **{name: text(getattr(sheet, name)) for name in _TEXTS},
        authors=tuple(map(text, sheet.authors)),
        keywords=tuple(map(text, sheet.keywords)),
        sources=tuple(
            msgspec.structs.replace(each, name=text(each.name), url=address(each.url))
            for each in sheet.sources
        ),
        picture=picture
        and msgspec.structs.replace(
            picture,
            alt=text(picture.alt),
            credit=text(picture.credit),
            caption=text(picture.caption),
        ),
        body=_swapped_nodes(sheet.body, text),
        links=tuple(Reference(text(each.text), address(each.address)) for each in sheet.links),
        corrections=tuple((text(day), text(what)) for day, what in sheet.corrections),
        address=address(sheet.address),
    )


def _swapped_nodes(nodes: Nodes, text: Swap) -> Nodes:
    return tuple(
        text(node)
        if isinstance(node, str)
        else Node(node.tag, _swapped_attributes(node, text), _swapped_nodes(node.children, text))
        for node in nodes
    )


def _swapped_attributes(node: Node, text: Swap) -> dict[str, str | int]:
    alt = node.attrs.get("alt")
    return node.attrs | {"alt": text(alt)} if isinstance(alt, str) else node.attrs


def printable(character: str) -> str:
    """A character as a message shows it: by its number where it cannot be seen."""
    seen = character.isprintable() and unicodedata.category(character[0])[0] != "M"
    return character if seen or len(character) > 1 else f"U+{ord(character):04X}"


def latin(sheet: Sheet) -> Sheet:
    """`sheet` with nothing but letters and signs that every font has."""

    def only(text: str) -> str:
        return _NOT_LATIN.sub("?", text)

    return swapped(sheet, only, only)
