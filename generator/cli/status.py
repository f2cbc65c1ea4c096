"""What waits in a portal: drafts, what appears and expires when, and when to build again."""

from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING

import msgspec

from generator.base.report import Options
from generator.base.words import Language, word
from generator.build import last_build
from generator.build.kept import Outcome, kept
from generator.config.portal import Portal
from generator.model.article import OpenCorrection, Source, When, begins, ends

if TYPE_CHECKING:
    from generator.build.workspace import Workspace


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What waits, each with its moment, the nearest first.

    `corrections` are those that are still open, with the article of each.  `needed` is the moment
    from which on the website is out of date, None where nothing is due;
    `overdue`: it has passed already.  `unread` counts the sources with mistakes.
    """

    content: str
    zone: str
    drafts: tuple[Source, ...]
    due: tuple[tuple[When, Source], ...]
    expiring: tuple[tuple[When, Source], ...]
    corrections: tuple[tuple[Source, OpenCorrection], ...]
    needed: When | None
    overdue: bool
    unread: int


def status(portal: Portal, options: Options) -> Status:
    """What waits in the portal at a moment."""
    return kept(portal, options, ("status", ()), Status, _status)


def _status(workspace: "Workspace") -> Outcome[Status]:
    portal, at, entries = workspace.portal, workspace.options.at, workspace.entries
    all_sources = [entries[path].source for path in sorted(entries)]
    drafts = tuple(source for source in all_sources if source.draft)
    finished = [source for source in all_sources if not source.draft]
    due = [(when, s) for s in finished if (when := begins(s)) and when.at > at]
    expiring = [(when, s) for s in finished if (when := ends(s)) and when.at > at]
    needed, overdue, until = _needed(workspace)
    found = Status(
        content=portal.folders.in_content(""),
        zone=portal.time_zone,
        drafts=drafts,
        due=tuple(sorted(due, key=itemgetter(0))),
        expiring=tuple(sorted(expiring, key=itemgetter(0))),
        corrections=tuple(
            (entries[path].source, each) for path in sorted(entries) for each in entries[path].open
        ),
        needed=When.of(needed, timed=True) if needed else None,
        overdue=overdue,
        unread=len(workspace.sources.broken),
    )
    return Outcome(found, until)


def lines(found: Status, language: Language, *, plain: bool = False) -> Iterator[str]:
    """What to say of it; `plain` only the moment of the next build, as ISO 8601, or nothing."""
    if plain:
        if found.needed:
            yield found.needed.at.isoformat()
        return

    if found.drafts:
        yield word("status-drafts", language)
        yield from (f"  {found.content}/{source.path}: {source.title}" for source in found.drafts)
    for name, waiting in (("status-due", found.due), ("status-expiring", found.expiring)):
        if waiting:
            yield word(name, language)
            yield from (
                f"  {_shown(when, found.zone)}  {found.content}/{article.path}: {article.title}"
                for when, article in waiting
            )
    if found.corrections:
        yield word("status-corrections", language)
        for article, each in found.corrections:
            note = f" – {each.text}" if each.text else ""
            yield f"  {found.content}/{article.path}:{each.line}: {article.title}{note}"
    if not (found.drafts or found.due or found.expiring or found.corrections):
        yield word("status-quiet", language)
    if found.unread:
        yield word("status-unread", language, sources=word("sources", language, count=found.unread))
    if found.needed is None:
        yield word("status-never", language)
    else:
        name = "status-overdue" if found.overdue else "status-next"
        yield word(name, language, when=_shown(found.needed, found.zone))


def _needed(workspace: "Workspace") -> tuple[datetime | None, bool, datetime | None]:
    """When the next build is needed, whether that moment has passed, and until when all this holds.

    The last build knows until when what it made holds, and what its pages asked.
    """
    from generator.engine.queries import holds_until

    site, change = workspace.site, workspace.next_change
    last = last_build.up_to_date_check(site.portal)
    end = datetime.fromtimestamp(last.until, site.at.tzinfo) if last.until else None
    if end and end <= site.at:
        return end, True, change
    asked = last_build.published(site.portal).questions
    needed = holds_until(site, change, asked)
    return needed, False, min((when for when in (needed, end) if when), default=None)


def _shown(when: When, zone: str) -> str:
    return f"{when.at.isoformat(sep=' ', timespec='minutes')} {zone}"
