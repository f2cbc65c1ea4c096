"""The working tree beside another commit of the project: the rounds, and the table of ratios."""

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.articles import Article
from benchmarks.bench import Bench, say
from benchmarks.commits import ROOT, Commit
from benchmarks.count import Weight, weight
from benchmarks.dialects import write
from benchmarks.generators import Generator
from benchmarks.measure import Cost
from benchmarks.report import Result, machine, table


@dataclass(frozen=True, slots=True)
class Contest:
    """The same articles built by the working tree, the other commit, and the tree once more."""

    title: str
    here: Bench
    other: Bench
    again: Bench  # its ratio to `here` is what the machine makes of no difference at all
    guests: tuple[Bench, ...]  # other generators

    @property
    def benches(self) -> tuple[Bench, ...]:
        """All that take part; those that are compared stand side by side."""
        return (self.again, self.here, self.other, *self.guests)

    def round(self, turn: int) -> None:
        """Measure all once, row by row, so that only seconds lie between what is compared."""
        for row in self.here.rows:
            for bench in in_turn(self.benches, turn):
                if row in bench.rows:
                    bench.time_or_note(row, turn)


def in_turn(benches: Sequence[Bench], turn: int) -> list[Bench]:
    """The order of round `turn`, from 1 on: in each second round that of the one before, backwards.

    So any two of them go before each other equally often. Each two rounds, another one begins.
    """
    first = (turn - 1) // 2 % len(benches)
    order = [*benches[first:], *benches[:first]]
    return order if turn % 2 else order[::-1]


def contest(
    texts: Sequence[Article],
    here: Commit,
    other: Commit,
    folder: Path,
    *,
    guests: Iterable[Generator] = (),
    pdfs: bool = False,
) -> Contest:
    """Write the portals with `texts` below `folder`, each with the layouts of its own commit.

    With `pdfs` there is one row, the cold build of them all.
    """
    title = f"build of {len(texts):,} articles" + (" and their PDFs" if pdfs else "")

    def bench(name: str, generator: Generator, tree: Path) -> Bench:
        say(f"{title}: writing the articles for {generator.name}")
        if pdfs:
            generator = replace(generator, rows=(f"{len(texts):,} PDFs, cold",))
        portal, layouts, assets = folder / name, tree / "layouts", tree / "assets"
        dialect = generator.dialect
        sources = write(texts, portal, dialect, layouts=layouts, assets=assets, pdfs=pdfs)
        return Bench(generator, portal, sources)

    twin = replace(here.generator, name=f"{here.generator.name}, again")
    return Contest(
        title,
        here=bench("here", here.generator, here.tree),
        other=bench("other", other.generator, other.tree),
        again=bench("again", twin, here.tree),
        guests=tuple(bench(f"guest-{n}", guest, ROOT) for n, guest in enumerate(guests)),
    )


def tables(contests: Sequence[Contest], rounds: int, scratch: Path) -> str:
    """A table for each of `contests`, what was refused, and what the columns mean."""
    here, other = contests[0].here.result, contests[0].other.result
    return "\n".join(
        (
            *(line for one in contests for line in (*_table(one), "")),
            *(line for one in contests for line in _refusals(one)),
            f"Medians; rounds: {rounds}. Ratio: {here.name} to {other.name} in the same round; "
            f"the median, and the least to the greatest. Noise: likewise {here.name} to itself, "
            "with a second portal. A ratio no further from 1 than the noise gets says nothing.",
            f"{machine(scratch)}.",
            "",
            *(f"- {bench.result.version}" for bench in contests[0].benches[1:]),
            "",
        )
    )


def _table(one: Contest) -> list[str]:
    results = [bench.result for bench in (one.here, one.other, *one.guests)]
    here, other, *guests = results
    names = [here.name, other.name, "ratio", "noise", *(guest.name for guest in guests)]
    lines = []
    for row in one.here.rows:
        for unit, seconds in _UNITS:
            shown = [_seconds(result, row, seconds) for result in results]
            ratio = _ratio(here, other, row, seconds)
            noise = _ratio(here, one.again.result, row, seconds)
            lines.append((f"{row}: {unit}", [*shown[:2], ratio, noise, *shown[2:]]))
    weights = [weight(bench.output) for bench in (one.here, one.other, *one.guests)]
    for unit, told in _WEIGHTS:
        cells = [told(found) for found in weights]
        lines.append((unit, [*cells[:2], "", "", *cells[2:]]))
    return table(one.title, names, lines)


_UNITS: tuple[tuple[str, Callable[[Cost], float]], ...] = (
    ("wall", lambda cost: cost.wall),
    ("processor", lambda cost: cost.cpu),
)
_WEIGHTS: tuple[tuple[str, Callable[[Weight], str]], ...] = (
    ("files written", lambda found: f"{found.files:,}"),
    ("of them PDFs", lambda found: f"{found.pdfs:,}"),
    ("megabytes", lambda found: f"{found.size / 1e6:.1f}"),
)


def _seconds(result: Result, row: str, seconds: Callable[[Cost], float]) -> str:
    if row in result.refused:
        return "refused"
    spent = result.costs.get(row)
    return f"{statistics.median(map(seconds, spent)):.2f} s" if spent else ""


def _ratio(one: Result, other: Result, row: str, seconds: Callable[[Cost], float]) -> str:
    """`one` to `other`: the median of the rounds' ratios, which a slower machine cannot move."""
    if row in one.refused or row in other.refused:
        return ""
    pairs = zip(one.costs.get(row, ()), other.costs.get(row, ()), strict=True)
    ratios = [seconds(mine) / seconds(its) for mine, its in pairs]
    if not ratios:
        return ""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _refusals(one: Contest) -> Iterator[str]:
    for bench in one.benches:
        refused = bench.result.refused
        for words in dict.fromkeys(refused.values()):
            rows = "; ".join(row for row in refused if refused[row] == words)
            yield f"{bench.result.name} refused ({one.title}: {rows}) and said:"
            yield ""
            yield from (f"    {line}".rstrip() for line in words.splitlines())
            yield ""
