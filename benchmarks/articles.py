"""N synthetic German news articles, the same for the same N and seed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from benchmarks.dice import Dice, Ranking
from benchmarks.prose import GERMAN, WORDS, Writer, address_words, compound

FIRST_DAY = date(2016, 1, 1)
DAYS = 3653  # ten years, to the end of 2025
KEYWORD_COUNT = 400
SECTIONS: dict[str, str] = GERMAN["sections"]
AUTHORS: dict[str, str] = GERMAN["authors"]
REFERENCE = "](article:"  # begins a link to an earlier article; each dialect writes its own

_SENTENCES = (
    (0.80, "plain"),
    (0.10, "quotes"),
    (0.04, "links"),
    (0.03, "emphasis"),
    (0.03, "references"),
)


@dataclass(frozen=True, slots=True)
class Article:
    """One article: what its front matter says, and its text as Markdown."""

    path: str  # below content/: "2021/03/slug.md"
    title: str
    kicker: str
    lead: str
    date: datetime
    section: str
    keywords: tuple[str, ...]
    author: str
    source_name: str
    source_url: str
    text: str


def articles(count: int, seed: int = 1) -> Iterator[Article]:
    """`count` articles from the oldest to the newest."""
    dice = Dice(seed)
    writer = Writer(dice)
    ranking = Ranking(keywords())
    sections, authors = tuple(SECTIONS), tuple(AUTHORS)
    paths: list[str] = []
    slugs: set[str] = set()
    for moment in _moments(dice, count):
        title = writer.one_of("titles")
        slug = address_words(title)
        if slug in slugs:
            slug = f"{slug}-{len(paths)}"
        slugs.add(slug)
        path = f"{moment:%Y/%m}/{slug}.md"
        yield Article(
            path=path,
            title=title,
            kicker=writer.one_of("kickers"),
            lead=writer.one_of("leads"),
            date=moment,
            section=dice.pick(sections),
            keywords=ranking.draw(dice, dice.between(2, 5)),
            author=dice.pick(authors),
            source_name=writer.fill("{firm}"),
            source_url=writer.fill("{url}"),
            text=_text(writer, paths),
        )
        paths.append(path)


def keywords() -> tuple[str, ...]:
    """The portal's keywords, the frequent ones first; no two share an address."""
    dice = Dice(KEYWORD_COUNT)
    firsts = WORDS["first_parts"].split()
    seconds = [line.split()[1] for line in WORDS["second_parts"].split("\n")[:-1]]
    by_address = {address_words(word): word for word in WORDS["keywords"]}
    while len(by_address) < KEYWORD_COUNT:
        word = compound(dice.pick(firsts), dice.pick(seconds))
        by_address.setdefault(address_words(word), word)
    return tuple(by_address.values())


def _moments(dice: Dice, count: int) -> Iterator[datetime]:
    """`count` different minutes in order, spread over the ten years, within office hours."""
    for day in range(DAYS):
        today = (day + 1) * count // DAYS - day * count // DAYS
        minutes: set[int] = set()
        while len(minutes) < today:
            minutes.add(dice.between(6 * 60, 20 * 60))
        for minute in sorted(minutes):
            clock = time(minute // 60, minute % 60)
            yield datetime.combine(FIRST_DAY + timedelta(days=day), clock)


def _text(writer: Writer, earlier: Sequence[str]) -> str:
    """The Markdown of one article of 300 to 900 words, 600 in the mean."""
    dice = writer.dice
    wanted = 300 + int(300 * (dice.random() + dice.random()))
    blocks: list[str] = []
    notes: list[str] = []
    written = 0
    until_subhead = dice.between(2, 3)
    while written < wanted - 40:  # half a paragraph early, so that the mean is `wanted`
        if until_subhead == 0:
            blocks.append("## " + writer.one_of("subheads"))
            until_subhead = dice.between(2, 4)
        block = _paragraph(writer, earlier)
        if dice.chance(0.02):
            notes.append(writer.one_of("notes"))
            block += f"[^{len(notes)}]"
        blocks.append(block)
        until_subhead -= 1
        written += block.count(" ") + 1
        if dice.chance(0.10):
            blocks.append(dice.weighted(_EXTRAS)(writer))
            written += blocks[-1].count(" ")
    blocks.extend(f"[^{number}]: {note}" for number, note in enumerate(notes, 1))
    return "\n\n".join(blocks) + "\n"


def _paragraph(writer: Writer, earlier: Sequence[str]) -> str:
    """Three to six sentences, about 80 words."""
    dice = writer.dice
    sentences = []
    for _ in range(dice.between(3, 6)):
        kind = dice.weighted(_SENTENCES)
        if kind != "references":
            sentences.append(writer.one_of(kind))
        elif earlier:
            sentences.append(writer.one_of(kind, ref=REFERENCE[2:] + dice.pick(earlier)))
    return " ".join(sentences) or writer.one_of("plain")


def _list(writer: Writer) -> str:
    return "\n".join("- " + writer.one_of("items") for _ in range(writer.dice.between(3, 6)))


def _quotation(writer: Writer) -> str:
    return "> " + writer.one_of("quotes")


def _table(writer: Writer) -> str:
    rows = "\n".join(
        writer.fill("| {place} | {big} | {decimal} | {noun} |")
        for _ in range(writer.dice.between(3, 8))
    )
    return f"| Kommune | Einwohner | Anteil | Vorhaben |\n|---|---:|---:|---|\n{rows}"


_EXTRAS: tuple[tuple[float, Callable[[Writer], str]], ...] = (
    (0.45, _list),
    (0.35, _quotation),
    (0.20, _table),
)
