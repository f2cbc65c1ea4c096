"""What stands on the pages of a PDF, as PDFium shows it: words with their boxes, and what is wrong.

pypdf will not do: it finds words that stand below the paper.
"""

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import pypdfium2
from pypdfium2 import raw

MM: Final = 72 / 25.4
LEFT, RIGHT = 24 * MM, (210 - 24) * MM
TOP, BOTTOM = (297 - 33) * MM, 25 * MM
"""The room for the article on A4, from the lower left corner."""
MARGIN_COLUMN: Final = (24 + 42) * MM
"""Left of it stands the byline."""
END: Final = 4
"""So many letters at its end tell a word."""
EDGE: Final = 8 * MM
"""No printer reaches nearer to the paper's edge; head and foot of the pages must not either."""
HANGING: Final = 4.0
"""Signs may hang so far over the margin, in points."""
TOUCHING: Final = 1.2
"""Boxes may reach so far into each other."""


Known = Sequence[str | frozenset[str]]
"""Words in their order; those of a set in any."""


class Word(NamedTuple):
    """A word with its box, in points from the lower left corner of page `page`."""

    page: int
    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def is_plain(self) -> bool:
        """Whether PDFium tells the box right: not of marks that combine, nor from right to left."""
        return not any(
            unicodedata.category(sign) in {"Mn", "Me"}
            or unicodedata.bidirectional(sign) in {"R", "AL"}
            for sign in self.text
        )

    @property
    def is_frame(self) -> bool:
        """Whether it stands in the head or the foot of its page."""
        return self.bottom > TOP or self.top < BOTTOM


def words(pdf: bytes) -> list[Word]:
    """All words of a PDF, in the order in which it holds them."""
    found: list[Word] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            found += _words(number, text.raw)
            text.close()
            page.close()
    finally:
        document.close()
    return found


def _words(page: int, text: object) -> list[Word]:
    numbers = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = numbers
    found: list[Word] = []
    signs: list[str] = []
    box = [0.0] * 4
    for place in range(raw.FPDFText_CountChars(text)):
        sign = chr(raw.FPDFText_GetUnicode(text, place))
        if sign.isspace() or raw.FPDFText_IsGenerated(text, place) == 1:
            if signs:
                found.append(Word(page, "".join(signs), *box))
            signs = []
            continue
        raw.FPDFText_GetCharBox(text, place, *map(ctypes.byref, numbers))
        here = [left.value, bottom.value, right.value, top.value]
        if here[2] <= here[0] or unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
            if signs:
                signs.append(sign)
            continue
        # A line may end within a word.
        if signs and (here[0] < box[0] - 1 or here[1] > box[3] or here[3] < box[1]):
            found.append(Word(page, "".join(signs), *box))
            signs = []
        signs.append(sign)
        box = (
            [min(box[0], here[0]), min(box[1], here[1]), max(box[2], here[2]), max(box[3], here[3])]
            if len(signs) > 1
            else here
        )
    if signs:
        found.append(Word(page, "".join(signs), *box))
    return found


def letters(text: str) -> str:
    """`text` as what can be compared: Latin, Greek and Cyrillic letters and digits alone."""
    return "".join(re.findall("[0-9A-Za-zßŁłøæœıΑ-ωА-я]", unicodedata.normalize("NFKD", text)))


def wrong(pdf: bytes, article: Known, byline: Known, frame: str) -> list[str]:
    """What a reader of the paper would complain about; `frame` is what head and foot may say.

    `article` and `byline` are the words that must be there.
    """
    found = words(pdf)
    return [
        *_outside(found),
        *overlapping(found),
        *_in_frame(found, frame),
        *_missing(found, article, byline),
    ]


def _outside(found: Iterable[Word]) -> list[str]:
    return [
        f"outside of the margins: {word}"
        for word in found
        if word.left < LEFT - HANGING
        or word.right > RIGHT + HANGING
        or word.bottom < EDGE
        or word.top > 297 * MM - EDGE
    ]


def overlapping(found: Sequence[Word]) -> list[str]:
    """Words that stand on each other."""
    wrong: list[str] = []
    pages: dict[int, list[Word]] = {}
    for word in filter(lambda word: word.is_plain, found):
        pages.setdefault(word.page, []).append(word)
    for several in pages.values():
        several.sort(key=lambda word: word.bottom)
        for place, word in enumerate(several):
            for other in several[place + 1 :]:
                if other.bottom > word.top - TOUCHING:
                    break
                if (
                    min(word.right, other.right) - max(word.left, other.left) > TOUCHING
                    and min(word.top, other.top) - max(word.bottom, other.bottom) > TOUCHING
                ):
                    wrong.append(f"on each other: {word} {other}")
    return wrong


def _in_frame(found: Iterable[Word], frame: str) -> list[str]:
    return [
        f"in the head or foot of the page: {word}"
        for word in found
        if word.is_frame and letters(word.text) not in letters(frame) and not word.text.isdigit()
    ]


def _missing(found: Iterable[Word], article: Known, byline: Known) -> list[str]:
    """Words of which letters are lost, or that are not in their order.

    The byline stands beside the article, on several pages if it is long: a PDF holds first what
    is in one, then what is in the other.
    """
    # Of some marks PDFium says twice what they stand on; the numbered words are whole.
    shown = [
        word
        for word in found
        if not word.is_frame and (word.is_plain or re.search(r"\d", word.text))
    ]
    text = [word for word in shown if word.right > MARGIN_COLUMN]
    beside = [word for word in shown if word.right <= MARGIN_COLUMN]
    disorder = min(_disorder(shown, article), _disorder(text, article), key=len)
    return [*_lost(shown, [*article, *byline]), *disorder, *_disorder(beside, byline)]


def _lost(found: Iterable[Word], known: Known) -> list[str]:
    """Letters that should be there more often."""
    wanted = [word for each in known for word in ([each] if isinstance(each, str) else each)]
    lost = Counter(letters("".join(wanted))) - Counter(letters("".join(w.text for w in found)))
    return [f"lost letters: {dict(lost)}"] if lost else []


def _disorder(found: Iterable[Word], order: Known) -> list[str]:
    """Words whose end does not follow the word before; another page may have begun within one."""
    text = letters("".join(word.text for word in found))
    wrong: list[str] = []
    place = 0
    for each in order:
        several = [each] if isinstance(each, str) else sorted(each)
        ends = [_end(text, letters(word)[-END:], place) for word in several]
        for word, end in zip(several, ends, strict=True):
            if end < 0:
                wrong.append(f"not there in its order: {word}")
        place = max([place, *ends])
    return wrong


def _end(text: str, word: str, start: int) -> int:
    place = text.find(word, start)
    return place + len(word) if place >= 0 else -1
