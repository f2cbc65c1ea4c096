"""A site after a save: what an edit leaves as it was is not indexed anew.

This knows the insides of `Site`, and nothing else does.  Whatever is not named here to be the same
is made anew when it is asked for.
"""

import copy
from collections.abc import Iterable
from typing import Final

import msgspec

from generator.base import digests
from generator.model.article import Article, arrangement
from generator.model.entry import Entry
from generator.site.index import Site

SAME: Final = ("_paths", "_places", "_indexes", "keyword_names", "author_names")
"""The indexes in which nothing of that is: they know of articles only where they stand."""


def with_texts(site: Site, entries: Iterable[Entry]) -> Site:
    """The same site where the texts of `entries`, and nothing else, became others."""
    other = copy.copy(site)  # with all indexes: none of them knows a text
    for made in ("outline", "resolution"):  # which may have known an article by its text
        vars(other).pop(made, None)
    after = {**site.entries}
    for new in entries:
        if old := after.get(new.source.path):
            after[new.source.path] = msgspec.structs.replace(
                old, text=new.text, placeholders=new.placeholders, anchors=new.anchors,
                lines=new.lines, open=new.open,
            )  # fmt: skip
    other.entries = after
    return other


def with_article(site: Site, entry: Entry) -> Site | None:
    """The same site with another version of an article; None where lists or pages may be others."""
    before = site.entries.get(entry.source.path)
    if before is None or not isinstance(entry.source, Article):
        return None
    old = before.source
    # The moment is the same: if it was published, it is.
    new = msgspec.structs.replace(entry.source, unpublished=old.unpublished)
    if not isinstance(old, Article) or arrangement(old) != arrangement(new):
        return None
    other = Site.__new__(Site)
    other.portal, other.at, other.all_standing = site.portal, site.at, site.all_standing
    other.ledger, other.withdrawn = site.ledger, site.withdrawn
    other.directory, other.advertising = site.directory, site.advertising
    digest = digests.of_value(new) if new.unpublished else entry.digest
    after = msgspec.structs.replace(entry, source=new, digest=digest)
    other.entries = {**site.entries, new.path: after}
    other.all_articles = tuple(new if each is old else each for each in site.all_articles)
    other.__dict__.update({name: getattr(site, name) for name in SAME})
    return other
