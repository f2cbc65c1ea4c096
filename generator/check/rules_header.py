"""Rules about the front matter of an article."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Final

from generator.base.problems import Problem, problem
from generator.check.rule import Circumstances, Piece, Rule
from generator.model.addresses import slug
from generator.model.article import Article, Firm, Image, Picture, Source, When
from generator.model.entry import Entry

LEAD_LENGTH: Final = 500
TITLE_LENGTH: Final = 90
"""Characters; longer ones are cut off by those who show them.  Of 586 articles of a real archive
one in five has a lead of more than 400 characters, one in eleven of more than 500."""

AHEAD: Final = timedelta(days=366)
"""Nobody plans an article further ahead; a date beyond is a slip of the finger."""


def picture_credit(piece: Piece, _: Circumstances) -> Iterator[Problem]:
    """Pictures without a credit: the law wants one, and photographers do."""
    for image, line in pictures(piece.entry):
        if not image.credit:
            yield problem("picture-credit", "", line, file=image.file)


def picture_alt(piece: Piece, _: Circumstances) -> Iterator[Problem]:
    """Pictures without an alternative text."""
    for image, line in pictures(piece.entry):
        if not image.alt:
            yield problem("picture-alt", "", line, file=image.file)


def pictures(entry: Entry) -> Iterator[tuple[Image, int]]:
    """The pictures of a source, above and within its text, each with its line."""
    if isinstance(entry.source, Article) and entry.source.image:
        yield entry.source.image, entry.lines.get("image", 1)
    yield from ((one.image, one.line) for one in entry.placeholders if isinstance(one, Picture))


def keyword_unlisted(piece: Piece, circumstances: Circumstances) -> Iterator[Problem]:
    """Keywords that are not on the portal's list, where it keeps one."""
    known = {slug(name): name for name in circumstances.portal.check.keywords}
    if not known or not isinstance(piece.source, Article):
        return
    for name in piece.source.keywords:
        if slug(name) not in known:
            nearest = get_close_matches(slug(name), known, n=1, cutoff=0)[0]
            yield problem(
                "keyword-unlisted", "", piece.line("keywords"), keyword=name, nearest=known[nearest]
            )


def keyword_missing(piece: Piece, _: Circumstances) -> Iterator[Problem]:
    """Articles without a keyword."""
    if isinstance(piece.source, Article) and not piece.source.keywords:
        yield problem("keyword-missing", "", piece.line("keywords"))


def lead_missing(piece: Piece, _: Circumstances) -> Iterator[Problem]:
    """Articles without a lead."""
    if isinstance(piece.source, Article) and not piece.source.lead:
        yield problem("lead-missing", "", piece.line("lead"))


def lead_long(piece: Piece, _: Circumstances) -> Iterator[Problem]:
    """Leads that are texts of their own."""
    length = len(piece.source.lead)
    if length > LEAD_LENGTH:
        yield problem("lead-long", "", piece.line("lead"), length=length, limit=LEAD_LENGTH)


def title_long(piece: Piece, _: Circumstances) -> Iterator[Problem]:
    """Titles that others cut off."""
    length = len(piece.source.title)
    if length > TITLE_LENGTH:
        yield problem("title-long", "", piece.line("title"), length=length, limit=TITLE_LENGTH)


def firm_fields_missing(piece: Piece, _: Circumstances) -> Iterator[Problem]:
    """Firms without a field of work."""
    if isinstance(piece.source, Firm) and not piece.source.fields:
        yield problem("firm-fields-missing", "", piece.line("fields"))


def date_future(piece: Piece, circumstances: Circumstances) -> Iterator[Problem]:
    """Dates to come that may be slips: an embargo that is meant names the time, and soon."""
    source = piece.source
    if not isinstance(source, Article) or source.draft or source.date.at <= circumstances.at:
        return
    if not source.date.timed or source.date.at > circumstances.at + AHEAD:
        yield problem("date-future", "", piece.line("date"), date=_day(source.date))


def updated_future(piece: Piece, circumstances: Circumstances) -> Iterator[Problem]:
    """Updates and corrections from the future, unless the whole article is."""
    source = piece.source
    if not isinstance(source, Article) or source.date.at > circumstances.at:
        return
    if source.updated and source.updated.at > circumstances.at:
        yield problem("updated-future", "", piece.line("updated"), date=_day(source.updated))
    for each in source.corrections:
        if each.date.at > circumstances.at:
            yield problem("updated-future", "", piece.line("corrections"), date=_day(each.date))


def moments(source: Source) -> Iterator[datetime]:
    """When these rules may say something else of a source by themselves."""
    if isinstance(source, Article):
        yield from (source.date.at, source.date.at - AHEAD)
        yield from (
            when.at for when in (source.updated, *(c.date for c in source.corrections)) if when
        )


def correction_open(piece: Piece, _: Circumstances) -> Iterator[Problem]:
    """Corrections that editors still owe."""
    for each in piece.entry.open:
        yield problem("correction-open", "", each.line, text=each.text or "…")


def _day(when: When) -> str:
    return f"{when.local:%Y-%m-%d}"


RULES: Final[dict[str, Rule]] = {
    "picture-credit": picture_credit,
    "picture-alt": picture_alt,
    "keyword-unlisted": keyword_unlisted,
    "keyword-missing": keyword_missing,
    "lead-missing": lead_missing,
    "lead-long": lead_long,
    "title-long": title_long,
    "firm-fields-missing": firm_fields_missing,
    "date-future": date_future,
    "updated-future": updated_future,
    "correction-open": correction_open,
}
