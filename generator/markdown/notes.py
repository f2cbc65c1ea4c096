"""What one conversion of a text notes besides its HTML: placeholders, headings, links, problems.

The one mutable value of this package.  It lives as long as one conversion.
"""

import re
from functools import cached_property
from html import unescape
from typing import Final

from generator.base.problems import Problem, problem
from generator.markdown.comments import Aside, forgotten, pieces, without
from generator.markdown.source import line_and_column
from generator.model.article import Heading, Picture, Placeholder

# Markdown's own placeholders are \x02…\x03, too, and `\x02N\x03` is among them (an escaped
# character); the final form of a placeholder appears only when Markdown has finished.
_FIGURE: Final = ('<figure class="', '"></figure>')
"""Around the mark for a picture, so that everything before the end knows it for a block."""
_MARK: Final = re.compile("h[0-9]+")
_LEFT_OVER: Final = re.compile("\x02[^\x02\x03]*\x03?|\x03")


def unmarked(written: str) -> str:
    """`written` without the marks that Markdown has forgotten in it."""
    written = forgotten(written)
    return _LEFT_OVER.sub("", written) if "\x02" in written or "\x03" in written else written


def plain(written: str) -> str:
    """`written` as it is meant: without marks, and with characters for references to them."""
    return unescape(unmarked(written)) if "&" in written else unmarked(written)


def _place_of_link(written: str, text: str, start: int) -> int:
    """Where the first link in `text`, from `start` on, to the address `written` has its `](`."""
    begin = f"]({written}"
    place = text.find(begin, start)
    while place >= 0 and text[place + len(begin) : place + len(begin) + 1] not in (")", " "):
        place = text.find(begin, place + 1)
    angled = text.find(f"](<{written}>", start) if "<" in text else -1
    return max(place, angled) if place < 0 or angled < 0 else min(place, angled)


class Notes:
    """What is found in `text` while it is converted; lines count from 1."""

    def __init__(
        self, text: str, problems: tuple[Problem, ...] = (), aside: tuple[Aside, ...] = ()
    ) -> None:
        self.text = text
        self.aside = aside
        self.problems = list(problems)
        self._known = set(problems)
        self.headings: list[Heading] = []
        self.links: dict[str, None] = {}
        self.ids: set[str] = set()
        self.new_ids: dict[str, str] = {}
        self._placeholders: list[Placeholder] = []
        self._found_to: dict[str, int] = {}
        self._altered = {found.line for found in problems}
        """Lines that are not as in the source any more, so that nobody knows their columns."""

    @cached_property
    def seen(self) -> str:
        """The text with blanks for code and comments; all else stands where it does there."""
        return without(self.text, pieces(self.text))

    def placeholder(self, content: Placeholder) -> str:
        """The mark that stands for `content` until the text is finished.

        In an attribute: the address of a link, the class of an otherwise empty `figure`.
        """
        self._placeholders.append(content)
        return f"\x02h{len(self._placeholders) - 1}\x03"

    def report(self, name: str, place: tuple[int, int], **values: object) -> None:
        """Note a problem at a line and column; what follows from a shortcode in the same line goes
        without saying."""
        self.add(problem(name, "", 0, 0, **values), place)

    def add(self, found: Problem, place: tuple[int, int]) -> None:
        """As `report`, of a problem without a place."""
        line, column = place
        name = found.name
        found = found.at("", line, 0 if line in self._altered else column)
        implied = name in {"markdown-link-empty", "markdown-picture-empty"} and any(
            other.name == "markdown-shortcode" and other.line == line for other in self.problems
        )
        if not implied and found not in self._known:
            self._known.add(found)
            self.problems.append(found)

    def renamed(self, given: str) -> str:
        """What the id `given` of a layout is in the text; links to it in the text follow."""
        if given not in self.new_ids:
            self.new_ids[given] = f"text-{given.lower()}"
        return self.new_ids[given]

    def within(self, address: str) -> str:
        """The address of a place in the same page, `#…`, as that is called now."""
        return f"#{self.new_ids.get(address[1:], address[1:])}"

    def place_of(self, *needles: str) -> tuple[int, int]:
        """Line and column of the first of `needles` that is in the text; 0 and 0 if none is.

        What stands in code or in a comment is meant only where it stands nowhere else.  Asked
        again for the same needle, those of its next occurrence.
        """
        wanted = [needle for needle in needles if needle and needle in self.text]
        for text in (self.seen, self.text) if wanted else ():
            for needle in wanted:
                place = text.find(needle, self._found_to.get(needle, 0))
                if place < 0:
                    place = text.find(needle)
                if place >= 0:
                    self._found_to[needle] = place + len(needle)
                    return line_and_column(text, place)
        return 0, 0

    def place_of_address(self, written: str) -> tuple[int, int]:
        """Line and column of the address `written` of a link or a picture.

        Asked again for the same one, those of the next link that leads there, with a title or not.
        The column is 0 if the address stands there with other signs, or nowhere.
        """
        for text in (self.seen, self.text):
            for start in (self._found_to.get(written, 0), 0):
                if (found := _place_of_link(written, text, start)) >= 0:
                    self._found_to[written] = found + 2
                    return line_and_column(text, found + 2)
        if (place := self.place_of(f"]: {written}", f"<{written}>", written)) != (0, 0):
            return place
        bare = self.text.replace("\\", "")  # an address may be written with more of these
        line, _ = line_and_column(bare, max(0, bare.find(plain(written).replace("\\", ""))))
        return line, 0

    def finished(self, html: str) -> tuple[str, tuple[Placeholder, ...]]:
        """`html` with its placeholders numbered as they come, and what belongs into them.

        No other STX or ETX is left, whatever Markdown may have forgotten.
        """
        if "\x02" not in html and "\x03" not in html:
            return html, ()
        first, *others = html.split("\x02")
        pieces = [first]
        placeholders: list[Placeholder] = []
        for other in others:
            mark, _, text = other.partition("\x03")
            if _MARK.fullmatch(mark) and int(mark[1:]) < len(self._placeholders):
                placeholder = self._placeholders[int(mark[1:])]
                if isinstance(placeholder, Picture):
                    pieces[-1] = pieces[-1].removesuffix(_FIGURE[0])
                    text = text.removeprefix(_FIGURE[1])
                pieces.append(f"\x02{len(placeholders)}\x03")
                placeholders.append(placeholder)
            pieces.append(text.replace("\x03", ""))
        return "".join(pieces), tuple(placeholders)
