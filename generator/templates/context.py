"""What a layout calls `site` and `portal`: contexts that hand queries on and keep the trace.

A `Question` is one call of a query, as a tuple: its name, then its arguments; keyword arguments as
name and value in the order of their names, those for "any" left out.  Equal ones are equal tuples.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from generator.config.portal import Portal

Question = tuple[str | int, ...]
Trace = tuple[Question, ...]

CONSTANTS: Final = frozenset(Portal.__struct_fields__) - {"folders", "deploy"}
"""What a layout may know of the portal; where its folders lie is no business of a page."""


ROOM: Final = 16_000_000
"""So many characters of pieces are kept: what 2,500 articles are in feeds."""


class Piece(NamedTuple):
    """What a macro made of `values`, and what it asked for that."""

    text: str
    asked: Mapping[Question, None]
    values: tuple[Any, ...]


class Pieces(OrderedDict[object, Piece]):
    """What macros made for one site, the latest of it: the same teaser is in many lists."""

    # Ordered, since a `dict` looks for its first item among all places that were emptied before:
    # 15 µs a piece where 16,000 are kept, instead of 1.

    def __init__(self) -> None:
        self._room = ROOM

    def put(self, key: object, piece: Piece) -> None:
        """Keeps a piece, until others have come."""
        self[key] = piece
        self._room -= len(piece.text)
        while self._room < 0:
            self._room += len(self.popitem(last=False)[1].text)


class QueryContext:
    """The `site` of a layout; the queries that it offers are declared in `engine.queries`."""

    def __init__(
        self,
        answer: Callable[[Question], Any],
        mark: Callable[[Question, Any], Any] = lambda _question, fragment: fragment,
        pieces: "Pieces | None" = None,
    ) -> None:
        """`answer` answers a question; `mark` gives what a layout gets as a fragment; `pieces` are
        kept for all that has the same answers."""
        self._answer = answer
        self._mark = mark
        self._pieces = pieces
        self._asked: dict[Question, None] = {}

    def ask(self, *question: str | int) -> Any:
        """The answer to a question, which is noted in the trace."""
        self._asked[question] = None
        return self._answer(question)

    def kept(self, key: object, make: Callable[..., str], values: tuple[Any, ...]) -> str:
        """What `make` makes of this and frozen `values`; what it asks is noted each time."""
        if self._pieces is None:
            return make(self, *values)
        piece = self._pieces.get(key)
        if piece is None:
            asked, self._asked = self._asked, {}
            try:
                piece = Piece(make(self, *values), self._asked, values)
            finally:
                self._asked = asked
            self._pieces.put(key, piece)
        self._asked.update(piece.asked)
        return piece.text

    def trace(self) -> Trace:
        """All that was asked, in the order of asking."""
        return tuple(self._asked)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class PortalContext:
    """The `portal` of a layout: the constants of portal.toml, each noted when it is looked at."""

    def __init__(self, portal: Portal, ask: Callable[..., Any]) -> None:
        self._portal = portal
        self._ask = ask

    def __getattr__(self, name: str) -> Any:
        if name not in CONSTANTS:
            raise AttributeError(f"portal.toml has no {name!r}")
        self._ask("portal", name)
        value = self.__dict__[name] = getattr(self._portal, name)  # noted once, it is at hand
        return value


def pairs(values: Mapping[str, str | int]) -> tuple[str | int, ...]:
    """Arguments given by name, as they stand in a question."""
    found: list[str | int] = []
    for key in sorted(values):
        value = values[key]
        found += (key, value if type(value) is str else plain(key, value))
    return tuple(found)


def plain(name: str, value: str | int) -> str | int:
    """A value as it can be remembered, and told from others: `true` equals 1, HTML equals text.

    TypeError: `name` is neither a text nor a whole number.
    """
    if type(value) is bool:
        return int(value)
    if type(value) not in (str, int):
        raise TypeError(f"{name} is a {type(value).__name__}, and not a text or a whole number")
    return value
