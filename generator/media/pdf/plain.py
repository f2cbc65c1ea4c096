"""Plainer forms of what a layout gets: some elements, or all, as paragraphs of their words.

Each form is a pure function of the one before, and loses no word, no address and no description.
"""

from collections.abc import Callable, Collection, Iterator
from itertools import count
from typing import Final

import msgspec

from generator.media.pdf.document import BLOCKS, Attributes, Node, Nodes, Sheet, elements, joined

TRIES: Final = 60
"""So often is an article tried out until it is clear what the layout cannot set."""

NODES_TRIED: Final = 20_000
"""So many nodes may be set in all these tries: a long text is tried less often."""

_PLACED: Final = frozenset({"td", "th", "li", "dt", "dd", "caption", "figcaption", "summary"})
"""Elements that stay what they are, as what they stand in expects them; plain is what they hold."""

_OF_CELLS: Final = ("x", "y", "colspan", "rowspan", "class")
_RAISED: Final = ("sub", "sup")
"""Elements without which words would mean something else: 10² is not 102."""
_AFTER_MARKS: Final = {"ul": "– "}
_BETWEEN_CELLS: Final = " · "

LEAD_PICTURE: Final = -1
"""What stands for the lead picture among the numbers of elements."""


def words(nodes: Nodes) -> str:
    """The words of `nodes`, in one line."""
    return " ".join(" ".join(map(joined, lines(nodes))).split())


def lines(nodes: Nodes) -> Iterator[Nodes]:
    """`nodes` as lines of words, in which nothing but what is raised or lowered is marked."""
    line: list[Node | str] = []
    for piece in (*_pieces(nodes), None):
        if piece is not None:
            line.append(piece)
            continue
        if any(map(_is_seen, line)):
            yield tuple(line)
        line = []


def paragraphs(nodes: Nodes) -> Nodes:
    """`nodes` as plain paragraphs."""
    return tuple(Node("p", {}, line) for line in lines(nodes))


def with_plain(sheet: Sheet, chosen: Collection[int]) -> Sheet:
    """`sheet` with the elements of the numbers `chosen` plain, numbered as `elements` has them."""
    numbers = count()

    def plainer(nodes: Nodes) -> Nodes:
        made: list[Node | str] = []
        for node in nodes:
            if isinstance(node, str):
                made.append(node)
                continue
            within = Node(node.tag, node.attrs, plainer(node.children))
            made += _plain(within) if next(numbers) in chosen else (within,)
        return tuple(made)

    made = msgspec.structs.replace(sheet, body=plainer(sheet.body))
    return without_picture(made) if LEAD_PICTURE in chosen else made


def without_picture(sheet: Sheet) -> Sheet:
    """`sheet` with the words of its lead picture before the text instead of the picture."""
    picture = sheet.picture
    if picture is None:
        return sheet
    shown = [text for text in (picture.alt, picture.caption, picture.credit) if text]
    first = tuple(Node("p", {}, (text,)) for text in shown)
    return msgspec.structs.replace(sheet, picture=None, body=first + sheet.body)


def all_plain(sheet: Sheet) -> Sheet:
    """`sheet` with nothing but paragraphs."""
    sheet = without_picture(sheet)
    return msgspec.structs.replace(sheet, body=paragraphs(sheet.body))


def culprits(
    sheet: Sheet, plain: Collection[int], reason: str, refusal: Callable[[Sheet], str]
) -> dict[int, str] | None:
    """The numbers of a few elements with which plain, besides those in `plain`, nothing is refused,
    each with the reason why it has to be; None where they are too many, or all do not help.

    `refusal` is why a sheet is refused, or ""; `reason` that for `sheet` itself.  Of the elements
    in their order, what is inside first, the fewest at the beginning are found that have to be
    plain; the last of these is to blame.  Then the same among those before it, with that one plain,
    until no other is needed.
    """
    length = sum(1 for _ in elements(sheet.body))
    left = min(TRIES, NODES_TRIED // (length + 1))
    found: dict[int, str] = {}

    def refused(first: int) -> str:
        """Why it is refused with the lead picture and the `first` elements plain."""
        return refusal(with_plain(sheet, {*range(LEAD_PICTURE, first), *found, *plain}))

    low, high = LEAD_PICTURE, length
    why = refused(low) if plain else reason
    if why and refused(high):
        return None
    while why:
        while high - low > 1:
            if left < 1:
                return None
            left -= 1
            middle = (low + high) // 2
            if found_why := refused(middle):
                low, why = middle, found_why
            else:
                high = middle
        high -= 1
        found[high] = why
        low = LEAD_PICTURE
        why = refused(low)
    return found


def _plain(node: Node) -> Nodes:
    """An element without what is special about it."""
    if node.tag in _PLACED:
        kept: Attributes = {name: node.attrs[name] for name in _OF_CELLS if name in node.attrs}
        return (Node(node.tag, kept, _in_one(lines(node.children)) or ("",)),)
    if node.tag in BLOCKS:
        return paragraphs((node,))
    return (Node("span", {}, _in_one(lines((node,))) or ("",)),)


def _in_one(several: Iterator[Nodes]) -> Nodes:
    """Lines as one."""
    made: list[Node | str] = []
    for line in several:
        made += [" ", *line] if made else line
    return tuple(made)


def _is_seen(piece: Node | str) -> bool:
    return isinstance(piece, Node) or bool(piece.strip())


def _pieces(nodes: Nodes) -> Iterator[Node | str | None]:
    """The words of `nodes`; None where a line ends."""
    for node in nodes:
        if isinstance(node, str):
            first, *others = node.split("\n")
            yield first
            for other in others:
                yield None
                yield other
            continue
        block = node.tag in BLOCKS
        if block:
            yield None
        yield from _of_element(node)
        if block:
            yield None


def _of_element(node: Node) -> Iterator[Node | str | None]:
    if node.tag in ("br", "hr"):
        yield None
    elif node.tag == "img":
        yield from (None, str(node.attrs.get("alt", "")), None)
    elif node.tag in _RAISED:
        yield Node(node.tag, {}, tuple(_in_one(lines(node.children))) or ("",))
    elif node.tag == "table":
        yield from _of_table(node)
    elif node.tag in ("ol", "ul"):
        yield from _of_list(node)
    else:
        yield from _pieces(node.children)
        if "href" in node.attrs:
            address, text = str(node.attrs["href"]), words(node.children)
            if text not in address or not text:
                yield f" ({address.removeprefix('mailto:').removeprefix('tel:')})"


def _of_table(table: Node) -> Iterator[Node | str | None]:
    """Each row is a line."""
    row: str | int | None = None
    for cell in table.children:
        if isinstance(cell, str):
            yield cell
            continue
        here = cell.attrs.get("y", -1)
        inner = _in_one(lines(cell.children))
        if here != row:
            yield None
        elif inner:
            yield _BETWEEN_CELLS
        row = here
        yield from inner


def _of_list(items: Node) -> Iterator[Node | str | None]:
    """Each item begins a line, with its number or a dash."""
    own = [item for item in items.children if isinstance(item, Node) and item.tag == "li"]
    step = -1 if "reversed" in items.attrs else 1
    number = int(items.attrs.get("start", len(own) if step < 0 else 1))
    for item in items.children:
        yield None
        if isinstance(item, Node) and item.tag == "li":
            number = int(item.attrs.get("value", number))
            yield _AFTER_MARKS.get(items.tag, f"{number}. ".replace("-", "\N{MINUS SIGN}"))
            number += step
            yield from _from_its_first(item)
        else:
            yield from _pieces((item,))


def _from_its_first(item: Node) -> Iterator[Node | str | None]:
    """The words of an item, the first of them behind its number."""
    seen = False
    for piece in _pieces(item.children):
        if piece is not None:
            seen = seen or _is_seen(piece)
            yield piece
        elif seen:
            yield None
