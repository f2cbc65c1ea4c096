"""What waits in a portal: drafts, what appears and expires when, and when to build again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from generator.base.report import Options
from generator.base.words import Language, word
from generator.build import last_build
from generator.build.workspace import Workspace, aside
from generator.config.portal import Portal
from generator.engine.queries import holds_until
from generator.model.article import OpenCorrection, Source, begins, ends
from generator.site.index import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What waits, each with its moment, the nearest first.

    `corrections` are those that are still open, with the article of each.  `needed` is the moment
    from which on the website is out of date, None where nothing is due;
    `overdue`: it has passed already.  `unread` counts the sources with mistakes.
    """

    content: str
    zone: str
    drafts: tuple[Source, ...]
    due: tuple[tuple[datetime, Source], ...]
    expiring: tuple[tuple[datetime, Source], ...]
    corrections: tuple[tuple[Source, OpenCorrection], ...]
    needed: datetime | None
    overdue: bool
    unread: int


def status(portal: Portal, options: Options) -> Status:
    """What waits in the portal at a moment."""
    return aside(portal, options, _status)


def _status(workspace: Workspace) -> Status:
    portal, at, entries = workspace.portal, workspace.options.at, workspace.entries
    all_sources = [entries[path].source for path in sorted(entries)]
    drafts = tuple(source for source in all_sources if source.draft)
    finished = [source for source in all_sources if not source.draft]
    due = [(when.at, s) for s in finished if (when := begins(s)) and when.at > at]
    expiring = [(when.at, s) for s in finished if (when := ends(s)) and when.at > at]
    needed, overdue = _needed(workspace.site, workspace.next_change)
    return Status(
        content=portal.folders.in_content(""),
        zone=portal.time_zone,
        drafts=drafts,
        due=tuple(sorted(due, key=_moment)),
        expiring=tuple(sorted(expiring, key=_moment)),
        corrections=tuple(
            (entries[path].source, each) for path in sorted(entries) for each in entries[path].open
        ),
        needed=needed,
        overdue=overdue,
        unread=len(workspace.sources.broken),
    )


def lines(found: Status, language: Language, *, plain: bool = False) -> Iterator[str]:
    """What to say of it; `plain` only the moment of the next build, as ISO 8601, or nothing."""
    if plain:
        if found.needed:
            yield found.needed.isoformat()
        return

    if found.drafts:
        yield word("status-drafts", language)
        yield from (f"  {found.content}/{source.path}: {source.title}" for source in found.drafts)
    for name, waiting in (("status-due", found.due), ("status-expiring", found.expiring)):
        if waiting:
            yield word(name, language)
            yield from (
                f"  {_shown(at, found.zone)}  {found.content}/{article.path}: {article.title}"
                for at, article in waiting
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


def _needed(site: Site, change: datetime | None) -> tuple[datetime | None, bool]:
    """When the next build is needed, and whether that moment has passed.

    The last build knows until when what it made holds, and what its pages asked.
    """
    last = last_build.up_to_date_check(site.portal)
    if last.until and last.until <= site.at.timestamp():
        return datetime.fromtimestamp(last.until, site.at.tzinfo), True
    asked = last_build.published(site.portal).questions
    return holds_until(site, change, asked), False


def _moment(waiting: tuple[datetime, Source]) -> datetime:
    return waiting[0]


def _shown(at: datetime, zone: str) -> str:
    return f"{at.isoformat(sep=' ', timespec='minutes')} {zone}"
