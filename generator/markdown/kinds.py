"""The kinds of blocks: each is its text, as a string of a class of its own."""


class Heading(str):
    """The words of a heading, and its level."""

    level: int


class Rule(str):
    """A line across the page."""


class Code(str):
    """Code, what stands behind the signs that fence it, and how it begins where nothing ends it."""

    info: str = ""
    unclosed: str = ""


class Html(str):
    """Raw HTML that stands on its own."""


class Quotation(str):
    """What is quoted."""


class Listing(str):
    """A list: what each item holds, the sign before it, the number of the first, and of the last
    where that has to count on, whether blank lines part them."""

    items: list[str]
    sign: str
    start: int | None
    last: int | None
    loose: bool


class Definitions(str):
    """Terms, and what each means."""

    groups: list[tuple[list[str], list[str]]]
    loose: bool


class Note(str):
    """The text of a footnote, and what it is called."""

    label: str
