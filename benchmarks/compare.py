"""Stadtschreiber beside Hugo and Pelican, or beside another commit of itself: tables in Markdown.

python -m benchmarks.compare 10000 [--rounds 5] [--folder DIR] [--without pelican]
python -m benchmarks.compare 3000 --against REV [--pdfs 1000] [--rounds 9] [--with hugo]

Nothing is judged here, and nothing fails for being slow.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import against, commits, report
from benchmarks.articles import articles
from benchmarks.bench import Bench, say
from benchmarks.commits import ROOT
from benchmarks.dialects import write
from benchmarks.generators import Generator, available

# The generators' short names.
GUESTS = ("hugo", "hugo-unrelated", "pelican")


def compare(asked: argparse.Namespace, scratch: Path) -> str:
    """Build with each generator as `asked`, below `scratch`, and return the tables."""
    benches = []
    sources: dict[str, tuple[Path, ...]] = {}
    for short, generator in available().items():
        if short in asked.without:
            continue
        dialect = generator.dialect
        if dialect not in sources:
            say(f"writing {asked.count} articles for {generator.name}")
            sources[dialect] = write(
                articles(asked.count, asked.seed),
                scratch / dialect,
                dialect,
                layouts=(asked.layouts or ROOT / "layouts").resolve(),
                assets=(asked.assets or ROOT / "assets").resolve(),
            )
        benches.append(Bench(generator, scratch / dialect, sources[dialect]))
    for turn in range(asked.rounds):
        first = turn % len(benches)  # so that none always follows the same one
        for bench in benches[first:] + benches[:first]:
            for row in bench.rows:
                bench.time(row, turn + 1)
    for bench in benches:
        bench.weigh()
    return report.tables([bench.result for bench in benches], asked.count, asked.rounds, scratch)


def compare_commits(asked: argparse.Namespace, guests: Sequence[Generator], scratch: Path) -> str:
    """Build with the working tree and the other commit as `asked`, and return the tables."""
    say(f"installing {asked.against} and the working tree")
    other = commits.other(asked.against, scratch / "other")  # first: git may not know it
    here = commits.here(scratch / "here")
    contests = []
    if asked.count:
        texts = list(articles(asked.count, asked.seed))
        folder = scratch / "articles"
        contests.append(against.contest(texts, here, other, folder, guests=guests))
    for count in dict.fromkeys(asked.pdfs):
        texts = list(articles(count, asked.seed))
        folder = scratch / f"pdfs-{count}"
        contests.append(against.contest(texts, here, other, folder, pdfs=True))
    for turn in range(1, asked.rounds + 1):
        for contest in contests:
            contest.round(turn)
    return against.tables(contests, asked.rounds, scratch)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure as the command line says, and write the tables to standard output."""
    parser = argparse.ArgumentParser(
        description="Build N articles with each generator, or with another commit of this one."
    )
    parser.add_argument("count", type=int, metavar="N", help="0 with --pdfs: nothing but these")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to build; default: the system's own")
    parser.add_argument("--without", action="append", default=[], metavar="NAME")
    parser.add_argument("--layouts", type=Path)
    parser.add_argument("--assets", type=Path)
    commit = parser.add_argument_group("another commit of this project, instead of generators")
    commit.add_argument("--against", metavar="REV", help="what git calls the commit")
    commit.add_argument(
        "--pdfs",
        type=int,
        action="append",
        default=[],
        metavar="N",
        help="also N articles with PDFs",
    )
    commit.add_argument(
        "--with",
        action="append",
        default=[],
        dest="guests",
        choices=GUESTS,
        metavar="NAME",
        help=f"this generator as well: {', '.join(GUESTS)}",
    )
    asked = parser.parse_args(arguments)
    _refuse_nonsense(parser, asked)
    guests = [found for name, found in available().items() if name in asked.guests]
    if len(guests) < len(set(asked.guests)):
        parser.error(f"not all of these are installed: {', '.join(asked.guests)}")
    scratch = Path(tempfile.mkdtemp(prefix="benchmark-", dir=asked.folder)).resolve()
    try:
        told = compare_commits(asked, guests, scratch) if asked.against else compare(asked, scratch)
        sys.stdout.write(told)
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stderr}")
    except commits.NotMeasurableError as error:
        sys.exit(str(error))
    finally:
        shutil.rmtree(scratch)


def _refuse_nonsense(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> None:
    """End with a message where options of one kind of comparison stand with the other."""
    if asked.rounds < 1:
        parser.error("--rounds wants 1 or more")
    if asked.against:
        if asked.without or asked.layouts or asked.assets:
            parser.error("--against brings each commit's own layouts and assets, and no generators")
        if asked.count < 1 and not asked.pdfs:
            parser.error("with no articles, --pdfs N has to say what is built")
    elif asked.pdfs or asked.guests:
        parser.error("--pdfs and --with belong to --against REV")
    if min(asked.pdfs, default=1) < 1 or asked.count < bool(not asked.against):
        parser.error("a number of articles below 1")


if __name__ == "__main__":
    main()
