"""What the command says: in English or German, and on a terminal in colours."""

import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from generator.base.grouping import Group, Judged, groups
from generator.base.problems import LANGUAGES, Language, Problem

if TYPE_CHECKING:
    from generator.base.report import Progress, Report, Work

PATIENCE: Final = 0.1
"""Seconds between two showings of the progress."""

SHOWN: Final = 100
"""Characters of a line that are shown with a problem in it."""

GROUP: Final = 5
"""From so many pages with the same reason on, `--explain` counts them instead of naming them."""

WIDTH: Final = 80
"""Columns of a terminal."""

LEFT_OUT: Final = 30
"""So many sources that were left out are named; their mistakes are said all."""

WORDS: Final[Mapping[str, Mapping[Language, str]]] = {
    "error": {"en": "error", "de": "Fehler"},
    "warning": {"en": "warning", "de": "Warnung"},
    "one mistake": {"en": "1 mistake", "de": "1 Fehler"},
    "mistakes": {"en": "{} mistakes", "de": "{} Fehler"},
    "one warning": {"en": "1 warning", "de": "1 Warnung"},
    "warnings": {"en": "{} warnings", "de": "{} Warnungen"},
    "one article": {"en": "1 article", "de": "1 Artikel"},
    "articles": {"en": "{} articles", "de": "{} Artikel"},
    "one page": {"en": "1 page", "de": "1 Seite"},
    "pages": {"en": "{} pages", "de": "{} Seiten"},
    "one source": {"en": "1 source", "de": "1 Artikel"},
    "sources": {"en": "{} sources", "de": "{} Artikel"},
    "unpublished": {
        "en": "{}; nothing was published.",
        "de": "{}; nichts wurde veröffentlicht.",
    },
    "also": {"en": "also", "de": "auch"},
    "one more": {"en": "and 1 more", "de": "und 1 weitere"},
    "mores": {"en": "and {} more", "de": "und {} weitere"},
    "shown": {
        "en": "Shown: {} of {}; {} shows the rest.",
        "de": "Gezeigt: {} von {}; {} zeigt die übrigen.",
    },
    "left out": {
        "en": "Published without these, which have mistakes:",
        "de": "Veröffentlicht, aber ohne diese, denn sie haben Fehler:",
    },
    "left out more": {"en": "    and {} more", "de": "    und {} weitere"},
    "group": {"en": "{} pages, such as {}: {}", "de": "{} Seiten, etwa {}: {}"},
    "report": {
        "en": "{}, {}: {} written, {} kept, {} removed in {} s",
        "de": "{}, {}: {} geschrieben, {} behalten, {} entfernt in {} s",
    },
    "due": {
        "en": "Build again at {}: an article is due.",
        "de": "Bauen Sie wieder um {}: Dann ist ein Artikel fällig.",
    },
    "progress": {"en": "{}: {} of {}", "de": "{}: {} von {}"},
    "reading": {"en": "reading", "de": "Lesen"},
    "rendering": {"en": "rendering", "de": "Seiten"},
    "pictures": {"en": "pictures", "de": "Bilder"},
    "pdf": {"en": "PDFs", "de": "PDFs"},
    "search": {"en": "search index", "de": "Suchindex"},
    "checking": {"en": "checking", "de": "Prüfen"},
    "links": {"en": "links", "de": "Links"},
    "checked": {"en": "{}, {}.", "de": "{}, {}."},
    "made": {
        "en": "\nA new portal. Its name, sections and authors stand in {file}. Next:\n\n"
        "    cd {folder}\n"
        '    {call} new "My first title"  # begins an article\n'
        "    {call} serve  # shows the portal while you write\n"
        "    {call} check  # says what is wrong or missing\n"
        "    {call} build  # makes the folder output/ for the web server",
        "de": "\nEin neues Portal. Name, Bereiche und Autoren stehen in {file}. "
        "Weiter geht es so:\n\n"
        "    cd {folder}\n"
        '    {call} new "Mein erster Titel"  # beginnt einen Artikel\n'
        "    {call} serve  # zeigt das Portal beim Schreiben\n"
        "    {call} check  # sagt, was falsch ist oder fehlt\n"
        "    {call} build  # macht daraus den Ordner output/ für den Webserver",
    },
    "imported": {
        "en": "{kind}: {articles} articles, {pages} pages, {drafts} drafts, {pictures} pictures "
        "copied; {left} items left out, {missing} words without a place.\n"
        "Where each thing went: {report}\nNext: {call} build --portal {folder}",
        "de": "{kind}: {articles} Artikel, {pages} Standseiten, {drafts} Entwürfe, {pictures} "
        "Bilder kopiert; {left} Einträge weggelassen, {missing} Wörter ohne Platz.\n"
        "Wo jedes Ding geblieben ist: {report}\nAls Nächstes: {call} build --portal {folder}",
    },
    "begun": {
        "en": "A draft: write it in any editor, and see it with {call} serve.\n"
        'Delete the line "entwurf: ja", and the next {call} build publishes it.',
        "de": "Ein Entwurf: Schreiben Sie ihn in einem beliebigen Editor, {call} serve zeigt ihn.\n"
        "Löschen Sie die Zeile „entwurf: ja“, dann veröffentlicht ihn der nächste {call} build.",
    },
    "nothing found": {"en": "Nothing to say.", "de": "Nichts zu beanstanden."},
}


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


def word(name: str, language: Language, *values: object, **named: object) -> str:
    """A word or sentence of the console, filled with `values`."""
    return WORDS[name][language].format(*values, **named)


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
    rest = _say(judged, language, root, sys.stderr, everything=everything)
    errors = sum(one.is_error for one in found)
    if errors and closing:
        mistakes = counted(errors, "mistake", language)
        print(word("unpublished", language, mistakes), file=sys.stderr)
    if rest:
        print(rest, file=sys.stderr)


def say_findings(
    findings: Sequence[Judged], *, language: Language, root: Path, everything: bool = False
) -> None:
    """Says problems that somebody judged, as compilers do, and how many there are.

    Those of one kind are said together, unless `everything` is wanted.
    """
    rest = _say(findings, language, root, sys.stdout, everything=everything)
    errors = sum(severity == "error" for _, severity in findings)
    if findings:
        mistakes = counted(errors, "mistake", language)
        warnings = counted(len(findings) - errors, "warning", language)
        print(word("checked", language, mistakes, warnings))
    else:
        print(word("nothing found", language))
    if rest:
        print(rest)


def _say(
    found: Sequence[Judged],
    language: Language,
    root: Path | None,
    stream: TextIO,
    *,
    everything: bool,
) -> str:
    """Says problems, and gives back the line that says how many of them were not shown."""
    together = [Group(*one) for one in found] if everything else groups(found)
    for group in together:
        print(group_text(group, language, root, stream), file=stream)
    return not_shown(together, language, "--all")


def not_shown(together: Sequence[Group], language: Language, way: str) -> str:
    """The line that says how much of `together` was shown, and the `way` to the rest, or ""."""
    shown = sum(group.shown for group in together)
    total = shown + sum(group.more for group in together)
    numbers = (number(each, language) for each in (shown, total))
    return word("shown", language, *numbers, way) if total > shown else ""


def group_text(group: Group, language: Language, root: Path | None, stream: TextIO) -> str:
    """Problems of one kind: the first as a whole, and where the others are."""
    lines = [problem_text(group.first, group.level, language, root, stream)]
    for one in group.others:
        place = _typed(one, root)[0]
        what = "" if group.alike else f": {_shown(one.what(language))}"
        line = f"    {word('also', language)} {place}{what}"
        lines.append(line if len(line) <= WIDTH or not what else f"{line[: WIDTH - 1]}…")
    if group.more:
        lines.append(f"    {counted(group.more, 'more', language)}")
    return "\n".join(lines)


def number(value: int, language: Language) -> str:
    """A number with its thousands apart."""
    return f"{value:,}".replace(",", "." if language == "de" else ",")


def say_reasons(report: "Report", *, language: Language = "en") -> None:
    """Says for each rendered page why it was, grouped where many share the reasons."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for address, reasons in report.reasons.items():
        groups.setdefault(reasons, []).append(address)
    for reasons, addresses in groups.items():
        why = "; ".join(reasons)
        if len(addresses) >= GROUP:
            print(word("group", language, len(addresses), addresses[0], why))
        else:
            for address in addresses:
                print(f"{address}: {why}")


def say_report(report: "Report", *, language: Language = "en") -> None:
    """Says how many articles and pages there are, what was written, and how long it took."""
    seconds = f"{sum(report.seconds.values()):.2f}"
    print(
        word(
            "report", language,
            counted(report.articles, "article", language), counted(report.pages, "page", language),
            report.written, report.kept, report.removed,
            seconds if language == "en" else seconds.replace(".", ","),
        )
    )  # fmt: skip
    if report.due:
        print(word("due", language, report.due.isoformat(timespec="minutes")))


def say_left_out(report: "Report", *, language: Language = "en") -> None:
    """Says last of all which sources were not published for their mistakes."""
    print(word("left out", language), file=sys.stderr)
    for path in report.left_out[:LEFT_OUT]:
        print(f"    {_shown(path)}", file=sys.stderr)
    if (more := len(report.left_out) - LEFT_OUT) > 0:
        print(word("left out more", language, more), file=sys.stderr)


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
            stream.write(f"\r\x1b[K{word('progress', language, word(work, language), done, of)}")
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
    the line that is meant and what to write instead."""
    place, file = _typed(one, root)
    severity = word(level, language)
    if _has_colours(stream):
        colour = "31" if level == "error" else "33"
        severity = f"\x1b[1;{colour}m{severity}\x1b[0m"
        place = place and f"\x1b[1m{place}\x1b[0m"
    before = f"{place}: " if place else ""
    text = f"{before}{severity} {one.message.number} {one.name}: {_shown(one.what(language))}"
    return "\n".join([text, *excerpt(one, file), f"    {_shown(one.hint(language))}"])


def counted(count: int, name: str, language: Language) -> str:
    """So many of what `name` names in English."""
    return word(f"one {name}", language) if count == 1 else word(f"{name}s", language, count)


def _typed(one: Problem, root: Path | None) -> tuple[str, Path]:
    """The place of a problem, as one would type it, and its file."""
    path, file = _place(one.path, root)
    return ":".join(str(part) for part in (path, one.line, one.column) if part), file


def _place(path: str, root: Path | None) -> tuple[str, Path]:
    """A path as one would type it here, and the file that it means."""
    file = Path(root or "", path)
    if not path or not os.path.lexists(file):
        return _shown(path), file
    try:
        return _shown(os.path.relpath(file)), file
    except ValueError:  # on another drive
        return _shown(str(file)), file


def _shown(text: str) -> str:
    """Text without what would steer a terminal or end the line."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def excerpt(one: Problem, file: Path) -> list[str]:
    """The line that is meant, with a caret below where the column is known."""
    if not one.line:
        return []
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        line = text.split("\n")[one.line - 1]
    except (OSError, IndexError):
        return []
    start = max(0, one.column - 60) if len(line) > SHOWN else 0
    shown = "".join(c if c.isprintable() else " " for c in line[start : start + SHOWN])
    if not shown.strip():
        return []
    caret = [f"    {' ' * (one.column - 1 - start)}^"] if one.column else []
    return [f"    {shown}", *caret]


def _has_colours(stream: TextIO) -> bool:
    return stream.isatty() and "NO_COLOR" not in os.environ
