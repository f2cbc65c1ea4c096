"""How a file stands in a text that readers may download: the link says of what kind and size."""

from typing import NamedTuple

from markupsafe import escape


class Offer(NamedTuple):
    """A file's address, its kind as readers know it ("PDF"), and its size as text."""

    address: str
    kind: str
    size: str


def offered(html: str, mark: str, offer: Offer) -> str:
    """`html` in which the link to `mark` leads to the file, its kind and size behind its words.

    They are part of the link, for those who hear a page link by link.  An editor's own "(PDF)" at
    the end of these words is left out: it says the same.
    """
    before, _, behind = html.partition(mark)
    words, end, rest = behind.partition("</a>")
    words = words.removesuffix(f"({offer.kind})").rstrip()
    note = f'<span class="download">({offer.kind}, {offer.size})</span>'
    return f"{before}{escape(offer.address)}{words} {note}{end}{rest}"
