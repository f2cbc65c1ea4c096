"""Articles of chance for PDFs: every construct, nested, empty and huge, in every place.

The same seed makes the same article on every machine.  Each word is numbered, so that a test can
find it again and see whether it stands in its order.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Final

WORDS: Final = (
    "Amt", "Rat", "Haushalt", "Straße", "Übung", "Glasfaser", "Bürgerbüro", "Müllabfuhr",
    "Register", "Verwaltungsdigitalisierung", "Kommunalrechenzentrum", "Vertretungsplan",
    "OZG", "É", "Łódź",
)  # fmt: skip
SCRIPTS: Final = (
    "Δημόσιο", "Міністерство", "Υπουργείο", "ministère", "żółć", "e\u0301tat", "V\u0303a\u0308",
)  # fmt: skip
"""Words in letters that the fonts have: Greek, Cyrillic, marks that combine."""
FOREIGN: Final = (
    "بلدية", "עירייה", "i̇stanbul", "市役所", "행정", "สำนักงาน", "👩‍🚒", "1️⃣", "🇩🇪", "👍🏽", "Z̸͑a̷l̶g̵o̸",
    "\u200b", "a\u00adb", "\u2060", "\u200eRat", "→", "½", "☎️",
)  # fmt: skip
"""What the fonts may lack, or what has no width of its own: it must not do harm."""
NUMBERS: Final = ("12.345.678", "0,5", "−3", "100 %", "1.000.000,00 €")
PICTURED: Final = 0.2
"""How often an article has a picture of its own."""
INLINE: Final = (
    "em", "i", "cite", "dfn", "var", "strong", "b", "code", "samp", "kbd", "u", "ins", "s", "del",
    "sub", "sup", "small", "mark", "q", "abbr", "bdi", "bdo", "data", "span", "time", "a", "ruby",
)  # fmt: skip
COLUMNS: Final = (1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20, 40)


Known = list[str | frozenset[str]]
"""Words that follow each other on the paper; those of a set may come in any order."""
Part = tuple[str, Known]
"""Some HTML or Markdown, and its words."""


@dataclass(frozen=True)
class Article:
    """What a source says: each field and each block of the text with the words to be found."""

    fields: dict[str, tuple[Any, Known]]
    blocks: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The text below the front matter."""
        return "\n\n".join(text for text, _ in self.blocks)

    @property
    def orders(self) -> tuple[Known, ...]:
        """What follows each other; the byline stands beside all else."""

        def of(*names: str) -> Known:
            return [word for name in names for word in self.fields.get(name, ("", []))[1]]

        text = [word for _, words in self.blocks for word in words]
        above = of("kicker", "title", "lead", "image")
        return [*above, *text, *of("corrections", "sources", "keywords")], of("author")

    def source(self) -> str:
        """The whole, as in a file."""
        head = "".join(
            f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
            for name, (value, _) in self.fields.items()
        )
        return f"---\n{head}---\n\n{self.text}\n"


def article(seed: int) -> Article:
    """The article of a seed."""
    return _Writer(Random(seed)).article()


class _Writer:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._numbers = count(1)
        self._notes: list[Part] = []

    def article(self) -> Article:
        head = self._head()
        blocks = [self._block() for _ in range(self._random.choice((0, 1, 2, 4, 8)))]
        notes = [(f"[^{n}]: {text}", words) for n, (text, words) in enumerate(self._notes)]
        return Article({**head, **self._foot()}, (*blocks, *notes))

    # The front matter.

    def _head(self) -> dict[str, tuple[Any, Known]]:
        random = self._random
        caption = self._plain(random.choice((3, 100)))
        picture = {"file": "foto.jpg", "alt": "Ein Foto", "credit": "Verlag", "caption": caption[0]}
        authors = self._several_plain((0, 1, 1, 2, 60), (2,))
        return {
            "kind": (random.choice(("news", "news", "interview", "sponsored")), []),
            "kicker": self._plain(random.choice((0, 1, 2, 12))),
            "title": self._plain(random.choice((1, 3, 6, 6, 40))),
            "lead": self._plain(random.choice((0, 8, 20, 200))),
            **({"image": (picture, caption[1])} if random.random() < PICTURED else {}),
            "author": ([text for text, _ in authors], _together(authors)),
        }

    def _foot(self) -> dict[str, tuple[Any, Known]]:
        random = self._random
        corrections = self._several_plain((0, 0, 1, 2, 30), (3, 30))
        sources = [(self._plain(2), self._address()) for _ in range(random.choice((0, 1, 2, 80)))]
        keywords = self._several_plain((0, 3, 3, 300), (1,))
        return {
            "corrections": ([text for text, _ in corrections], _together(corrections)),
            "sources": (
                [{"name": name, "url": url} for (name, _), (url, _) in sources],
                _together(part for both in sources for part in both),
            ),
            "keywords": ([text for text, _ in keywords], _together(keywords)),
        }

    def _several_plain(self, numbers: Sequence[int], lengths: Sequence[int]) -> list[Part]:
        return [
            self._plain(self._random.choice(lengths)) for _ in range(self._random.choice(numbers))
        ]

    # Words.

    def _word(self) -> tuple[str, str]:
        """A word, and what of it must be found: its letters and the number."""
        random = self._random
        number = f"{next(self._numbers):04}"
        chance = random.random()
        if chance < 0.04:
            # Latin letters end a run from right to left.
            return f"{random.choice(FOREIGN)} n{number}", f"n{number}"
        if chance < 0.10:
            word = random.choice(
                (
                    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
                    "X" * random.choice((30, 70, 200)),
                    "aktenzeichen_" * random.choice((3, 12)),
                    "a1b2" * random.choice((8, 50)),
                    "W" * 24,
                    "Ä.Ö/" * 20,
                    "Δημόσιο" * 8,
                )
            )
        elif chance < 0.2:
            word = random.choice(SCRIPTS)
        elif chance < 0.25:
            return f"{random.choice(NUMBERS)} n{number}", f"n{number}"
        else:
            word = random.choice(WORDS)
        return word + number, word + number

    def _plain(self, length: int) -> Part:
        words = [self._word() for _ in range(length)]
        return " ".join(text for text, _ in words), [found for _, found in words]

    def _address(self) -> Part:
        """An address, and its end; some can be broken at no sign."""
        number = f"{next(self._numbers):04}"
        middle = self._random.choice(
            ("", "pfad/zur/seite/", "?a=" + "x" * 200, "a1" * 60, "?b=1&c=2" * 30, "w" * 120 + "/")
        )
        return f"https://www.amt.example/{middle}n{number}", [f"n{number}"]

    # The text.

    def _some(self) -> int:
        return self._random.choice((0, 1, 3, 8, 30))

    def _inline(self, length: int, depth: int = 0) -> Part:
        """Running text as HTML with elements in it."""
        html: list[str] = []
        words: Known = []
        for _ in range(length):
            chance = self._random.random()
            if chance < 0.75 or depth > self._random.choice((1, 2, 6)):
                text, found = self._word()
                html.append(text)
                words.append(found)
                continue
            if chance < 0.80:
                html.append(
                    self._random.choice(("<br>", "<wbr>", "<b></b>", "<code></code>", "<a></a>"))
                )
                continue
            tag = self._random.choice(INLINE)
            inside, found_inside = self._inline(self._random.choice((0, 1, 2, 5)), depth + 1)
            words += found_inside
            if tag == "a":
                html.append(f'<a href="{self._address()[0]}">{inside}</a>')
            elif tag == "ruby":
                html.append(f"<ruby>{inside}<rt></rt></ruby>")
            else:
                html.append(f"<{tag}>{inside}</{tag}>")
        return " ".join(html), words

    def _block(self) -> Part:
        """A block at the top of the text, in Markdown."""
        kinds: tuple[Callable[[], Part], ...] = (
            self._paragraph, self._paragraph, self._heading, self._pipes, self._fence, self._noted,
            self._raw, self._raw, self._raw, self._figure,
        )  # fmt: skip
        return self._random.choice(kinds)()

    def _paragraph(self) -> Part:
        text, words = self._plain(self._random.choice((1, 10, 60, 300)))
        return text, words

    def _heading(self) -> Part:
        text, words = self._plain(self._random.choice((1, 4, 60)))
        return f"## {text}", words

    def _figure(self) -> Part:
        text, words = self._plain(self._random.choice((1, 5, 200)))
        return f'![Ein Foto](foto.jpg "{text}")', words

    def _noted(self) -> Part:
        text, words = self._plain(5)
        place = len(self._notes)
        self._notes.append(self._plain(self._random.choice((1, 10, 200))))
        return f"{text}[^{place}]", words

    def _pipes(self) -> Part:
        columns = self._random.choice(COLUMNS)
        rows = [
            [self._plain(self._random.choice((0, 1, 1, 3))) for _ in range(columns)]
            for _ in range(self._random.choice((1, 2, 4, 60)) if columns < 9 else 3)
        ]
        lines = ["| " + " | ".join(text for text, _ in row) + " |" for row in rows]
        rule = (
            "|" + "|".join(self._random.choice(("---", "--:", ":-:")) for _ in range(columns)) + "|"
        )
        return "\n".join([lines[0], rule, *lines[1:]]), _in_any_order(rows, columns)

    def _fence(self) -> Part:
        lines = [
            self._plain(self._random.choice((0, 1, 4, 40)))
            for _ in range(self._random.choice((1, 5, 300)))
        ]
        text = "\n".join(" " * self._random.choice((0, 4, 90)) + line for line, _ in lines)
        return f"```\n{text}\n```", [word for _, words in lines for word in words]

    def _raw(self) -> Part:
        return self._element(0)

    def _element(self, depth: int) -> Part:  # noqa: PLR0911 (one for each element)
        """A block element of the allowlist with what may stand in it, nested up to some depth."""
        random = self._random
        deeper = depth < random.choice((1, 1, 2, 3, 6))
        tag = random.choice(
            (
                "p",
                "p",
                "div",
                "section",
                "blockquote",
                "ul",
                "ol",
                "dl",
                "table",
                "figure",
                "pre",
                "details",
            )
        )
        if tag == "p" or (not deeper and tag in {"div", "section", "blockquote", "details"}):
            inside, words = self._inline(self._some())
            return f"<p>{inside}</p>", words
        if tag in {"div", "section", "blockquote"}:
            html, words = self._several(depth)
            return f"<{tag}>{html}</{tag}>", words
        if tag == "details":
            head, first = self._inline(random.choice((0, 2, 20)))
            html, words = self._several(depth)
            return f"<details><summary>{head}</summary>{html}</details>", [*first, *words]
        if tag == "pre":
            text, words = self._plain(random.choice((0, 3, 30)))
            return f"<pre>{text}</pre>", words
        if tag == "figure":
            caption, words = self._inline(random.choice((0, 3, 100)))
            html, inner = self._several(depth) if deeper else ("", [])
            return f"<figure>{html}<figcaption>{caption}</figcaption></figure>", [*inner, *words]
        if tag == "table":
            return self._table(depth, deeper=deeper)
        return self._list(tag, depth, deeper=deeper)

    def _several(self, depth: int) -> Part:
        parts = [self._element(depth + 1) for _ in range(self._random.choice((0, 1, 1, 2)))]
        return "".join(html for html, _ in parts), [word for _, words in parts for word in words]

    def _inside(self, depth: int, *, deeper: bool) -> Part:
        """What stands in an item, a term's definition or a cell."""
        html, words = self._inline(self._random.choice((0, 1, 5, 20)))
        if not deeper or self._random.random() < 0.6:
            return html, words
        more, found = self._element(depth + 1)
        return html + more, [*words, *found]

    def _list(self, tag: str, depth: int, *, deeper: bool) -> Part:
        items = [
            self._inside(depth, deeper=deeper)
            for _ in range(self._random.choice((0, 1, 3) if depth else (0, 1, 3, 20)))
        ]
        words = [word for _, found in items for word in found]
        if tag == "dl":
            pair = ("dt", "dd", "dd")
            html = "".join(
                f"<{pair[n % 3]}>{text}</{pair[n % 3]}>" for n, (text, _) in enumerate(items)
            )
            return f"<dl>{html}</dl>", words
        start = (
            self._random.choice(("", "", ' start="7"', " reversed", ' start="9999999"'))
            if tag == "ol"
            else ""
        )
        html = "".join(f"<li>{text}</li>" for text, _ in items)
        return f"<{tag}{start}>{html}</{tag}>", words

    def _table(self, depth: int, *, deeper: bool) -> Part:
        random = self._random
        columns = random.choice(COLUMNS[: 3 if depth else None])
        rows: list[list[Part]] = []
        html: list[str] = []
        for _ in range(random.choice((0, 1, 3, 20)) if columns < 9 and not depth else 2):
            cells = [
                self._inside(depth + 2, deeper=deeper and random.random() < 0.1)
                for _ in range(columns)
            ]
            rows.append(cells)
            tag = random.choice(("td", "td", "th"))
            span = random.choice(("", "", "", ' colspan="2"', ' rowspan="2"'))
            html.append(
                "<tr>"
                + "".join(
                    f"<{tag}{span if n == 1 else ''}>{text}</{tag}>"
                    for n, (text, _) in enumerate(cells)
                )
                + "</tr>"
            )
        caption, words = self._inline(random.choice((0, 2, 50)))
        head = f"<caption>{caption}</caption>" if caption else ""
        return f"<table>{head}{''.join(html)}</table>", [*words, *_in_any_order(rows, columns + 1)]


def _together(parts: Iterable[Part]) -> Known:
    return [word for _, words in parts for word in words]


def _in_any_order(rows: list[list[Part]], columns: int) -> Known:
    """The words of a table: one with many columns may be set in parts, one below the other."""
    words = [word for row in rows for _, found in row for word in found]
    if columns < 5:
        return words
    return [frozenset(_flat(words))]


def _flat(words: Known) -> Iterator[str]:
    for word in words:
        yield from [word] if isinstance(word, str) else word
