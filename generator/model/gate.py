"""The gate: whether a source may be published at a moment, and when that changes."""

from collections.abc import Iterable
from datetime import datetime

from generator.model.article import Mark, Source, begins, ends


def passes_gate(source: Source, at: datetime, *, drafts: bool = False) -> bool:
    """Whether `source` may be published at the moment `at`; with `drafts`, also what may not yet.

    The only place where this is decided.  What does not pass is in no index, hence in no page.
    """
    end = ends(source)
    if end and end.at <= at:
        return False
    return drafts or not unpublished(source, at)


def unpublished(source: Source, at: datetime) -> Mark:
    """Why `source` may not be published yet at the moment `at`; "" where it may."""
    if source.draft:
        return "draft"
    start = begins(source)
    return "scheduled" if start and start.at > at else ""


def next_change(
    sources: Iterable[Source], at: datetime, *, drafts: bool = False
) -> datetime | None:
    """The first moment after `at` at which a source appears or expires, or None.

    With `drafts` also one at which a draft expires: then they are shown until that.  Other reasons
    for another build are known to `engine.queries.holds_until`.
    """
    moments = (
        when.at
        for source in sources
        if drafts or not source.draft
        for when in (None if source.draft else begins(source), ends(source))
        if when is not None and when.at > at
    )
    return min(moments, default=None)
