"""What the command says: in English or German, and on a terminal in colours."""

import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from generator.base.grouping import Group, Judged, groups
from generator.base.problems import Problem
from generator.base.words import LANGUAGES, Language, word

if TYPE_CHECKING:
    from generator.base.report import Progress, Reason, Report, Work

PATIENCE: Final = 0.1
"""Seconds between two showings of the progress."""

SHOWN: Final = 100
"""Characters of a line that are shown with a problem in it."""

GROUP: Final = 5
"""From so many pages with the same reason on, `--explain` counts them instead of naming them."""

WIDTH: Final = 80
"""Columns of a terminal."""

INDENT: Final = 4
"""Columns before what belongs to the first line of a message."""

LEFT_OUT: Final = 30
"""So many sources that were left out are named; their mistakes are said all."""


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """The language to speak: that of `--lang`, else that of the terminal, else English.

    The terminal's is in the first of LC_ALL, LC_MESSAGES and LANG that is not empty (POSIX).
    """
    wanted = ""
    for place, argument in enumerate(arguments):
        if argument == "--lang":
            wanted = "".join(arguments[place + 1 : place + 2])
        elif argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
    variables = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = wanted or next(filter(None, variables), "")
    return next((known for known in LANGUAGES if wanted.lower().startswith(known)), "en")


def call() -> str:
    """What to type for this command: its name where a shell finds it, else the path to it."""
    this = Path(sys.argv[0])
    found = shutil.which(this.name)
    if found and Path(found).samefile(this):
        return this.name
    return shlex.quote(str(this.parent.resolve() / this.name))


def say_problems(
    problems: Iterable[Problem],
    *,
    language: Language = "en",
    root: Path | None = None,
    closing: bool = True,
    everything: bool = False,
) -> None:
    """Says each problem: where, what, what to write instead, and the line itself.

    Paths of problems are relative to `root`, the portal's folder.  Those of one kind are said
    together, unless `everything` is wanted.  `closing`: at the end it is said that nothing was
    published.
    """
    found = sorted(problems)
    judged = [(one, one.message.severity) for one in found]
    errors = sum(one.is_error for one in found)
    end = ""
    if errors and closing:
        end = word("unpublished", language, mistakes=word("mistakes", language, count=errors))
    _say(judged, language, root, sys.stderr, everything=everything, end=end)


def say_findings(
    findings: Sequence[Judged], *, language: Language, root: Path, everything: bool = False
) -> None:
    """Says problems that somebody judged, as compilers do, and how many there are.

    Those of one kind are said together, unless `everything` is wanted.
    """
    end = word("nothing-found", language)
    if findings:
        errors = sum(severity == "error" for _, severity in findings)
        mistakes = word("mistakes", language, count=errors)
        warnings = word("warnings", language, count=len(findings) - errors)
        end = word("checked", language, mistakes=mistakes, warnings=warnings)
    _say(findings, language, root, sys.stdout, everything=everything, end=end)


def _say(
    found: Sequence[Judged],
    language: Language,
    root: Path | None,
    stream: TextIO,
    *,
    everything: bool,
    end: str,
) -> None:
    """Says problems, at their `end` a line on all of them, and how many were not shown."""
    together = [Group(*one) for one in found] if everything else groups(found)
    texts = (group_text(group, language, root, stream) for group in together)
    for text in (*texts, end, not_shown(together, language, "--all")):
        if text:
            print(text, file=stream)


def not_shown(together: Sequence[Group], language: Language, way: str) -> str:
    """The line that says how much of `together` was shown, and the `way` to the rest, or ""."""
    shown = sum(group.shown for group in together)
    total = shown + sum(group.more for group in together)
    return word("shown", language, shown=shown, total=total, way=way) if total > shown else ""


def group_text(group: Group, language: Language, root: Path | None, stream: TextIO) -> str:
    """Problems of one kind: the first as a whole, and where the others are."""
    lines = [problem_text(group.first, group.level, language, root, stream)]
    for one in group.others:
        place = _typed(one, root)[0]
        what = "" if group.alike else f": {_shown(one.what(language))}"
        line = f"    {word('also-at', language, place=place)}{what}"
        lines.append(line if len(line) <= WIDTH or not what else f"{line[: WIDTH - 1]}…")
    if group.more:
        lines.append(f"    {word('more', language, count=group.more)}")
    return "\n".join(lines)


def say_reasons(report: "Report", *, language: Language = "en") -> None:
    """Says for each rendered page why it was, grouped where many share the reasons."""
    groups: dict[tuple[Reason, ...], list[str]] = {}
    for address, reasons in report.reasons.items():
        groups.setdefault(reasons, []).append(address)
    for reasons, addresses in groups.items():
        why = "; ".join(word(reason.name, language, what=reason.what) for reason in reasons)
        if len(addresses) >= GROUP:
            count, address = len(addresses), addresses[0]
            print(word("pages-alike", language, count=count, address=address, reasons=why))
        else:
            for address in addresses:
                print(f"{address}: {why}")


def say_report(report: "Report", *, language: Language = "en") -> None:
    """Says how many articles and pages there are, what was written, and how long it took."""
    print(
        word(
            "report", language,
            articles=word("articles", language, count=report.articles),
            pages=word("pages", language, count=report.pages),
            written=report.written, kept=report.kept, removed=report.removed,
            seconds=sum(report.seconds.values(), 0.0),
        )
    )  # fmt: skip
    if report.due:
        print(word("build-due", language, when=report.due.isoformat(timespec="minutes")))


def say_left_out(report: "Report", *, language: Language = "en", root: Path) -> None:
    """Says last of all which sources were not published for their mistakes.

    Paths are relative to `root`, the portal's folder.
    """
    print(word("left-out", language), file=sys.stderr)
    for path in report.left_out[:LEFT_OUT]:
        print(f"    {_place(path, root)[0]}", file=sys.stderr)
    if (more := len(report.left_out) - LEFT_OUT) > 0:
        print(f"    {word('more', language, count=more)}", file=sys.stderr)


@contextmanager
def progress(*, quiet: bool, language: Language = "en") -> "Iterator[Progress]":
    """A function that shows the progress of a build, on a terminal only; wiped at the end."""
    stream = sys.stderr
    shown = not quiet and stream.isatty()
    last = 0.0

    def show(work: "Work", done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if shown and now - last > PATIENCE:
            last = now
            said = word("progress", language, work=word(work, language), done=done, of=of)
            stream.write(f"\r\x1b[K{said}")
            stream.flush()

    try:
        yield show
    finally:
        if shown and last:
            stream.write("\r\x1b[K")
            stream.flush()


def problem_text(
    one: Problem, level: str, language: Language, root: Path | None, stream: TextIO
) -> str:
    """A problem as compilers print one: `path:line:column: level number name: what`, and below it
    the line that is meant and what to write instead.

    A terminal gets lines that fit; a program gets what belongs together in one line.
    """
    place, file = _typed(one, root)
    severity, before = word(level, language), place and f"{place}: "
    head = f"{before}{severity} {one.message.number} {one.name}: "
    what, *more = _lines(_shown(one.what(language)), stream, first=len(head))
    if stream.isatty() and "NO_COLOR" not in os.environ:
        colour = "31" if level == "error" else "33"
        before = before and f"\x1b[1m{place}\x1b[0m: "
        head = f"{before}\x1b[1;{colour}m{severity}\x1b[0m {one.message.number} {one.name}: "
    hint = _lines(_shown(one.hint(language)), stream)
    told = (*more, *excerpt(one, file), *hint)
    return "\n".join([f"{head}{what}", *(f"{' ' * INDENT}{line}" for line in told)])


def _lines(text: str, stream: TextIO, *, first: int = INDENT) -> list[str]:
    """`text` in lines that fit on the terminal, the first of them behind so many characters."""
    if not stream.isatty():
        return [text]
    # Imported here: it compiles what most builds have no use for.
    from textwrap import wrap  # noqa: PLC0415

    width, indent = shutil.get_terminal_size().columns - INDENT, " " * (first - INDENT)
    one, *more = wrap(
        text, width, initial_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [one.removeprefix(indent), *more]


def _typed(one: Problem, root: Path | None) -> tuple[str, Path]:
    """The place of a problem, as one would type it, and its file."""
    path, file = _place(one.path, root)
    return ":".join(str(part) for part in (path, one.line, one.column) if part), file


def _place(path: str, root: Path | None) -> tuple[str, Path]:
    """A path as one would type it here, and the file that it means."""
    file = Path(root or "", path)
    is_there = path and os.path.lexists(file)
    return _shown(os.path.relpath(file) if is_there else path), file


def _shown(text: str) -> str:
    """Text without what would steer a terminal or end the line; emoji keep their joiners."""
    return "".join(c if c.isprintable() or c == "\u200d" else "\ufffd" for c in text)


def excerpt(one: Problem, file: Path) -> list[str]:
    """The line that is meant, with a caret below where the column is known."""
    if not one.line:
        return []
    try:
        line = _lines_of(file, file.stat().st_mtime_ns)[one.line - 1]
    except (OSError, IndexError):
        return []
    start = max(0, one.column - 60) if len(line) > SHOWN else 0
    shown = "".join(c if c.isprintable() else " " for c in line[start : start + SHOWN])
    if not shown.strip():
        return []
    return [shown, *([f"{' ' * (one.column - 1 - start)}^"] if one.column else [])]


@lru_cache(maxsize=1)
def _lines_of(file: Path, _saved: int) -> list[str]:
    """The lines of a file that was `_saved` then: of a long one a thousand things may be said."""
    return file.read_text(encoding="utf-8-sig", errors="replace").split("\n")
