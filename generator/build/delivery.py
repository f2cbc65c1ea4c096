"""From what was staged to the output: with the search index, and with compressed files."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.base.report import Options, Watch
from generator.build import compression, search
from generator.load.store import Store
from generator.publish.output import PreviousOutput, Published, Written, publish
from generator.site.index import Site


class Wanted(NamedTuple):
    """The targets of all files that pages need, in the order of publishing; those of them that are
    staged; the target of each source's page."""

    planned: Sequence[str]
    staged: Mapping[str, Written]
    sources: Mapping[str, str]


def deliver(
    site: Site,
    store: Store,
    previous: PreviousOutput,
    wanted: Wanted,
    *,
    options: Options,
    watch: Watch,
) -> Published:
    """Publishes what is `wanted` and what belongs to it; PortalError: nothing was published."""
    portal = site.portal
    with watch.stage("search"):
        index = search.indexed(site, store, previous, options=options)
    with watch.stage("compress"):
        complete = compression.complete(
            [*index.targets, *wanted.planned],
            {**index.staged, **wanted.staged},
            previous,
            portal.delivery,
            jobs=options.jobs,
        )
    with watch.stage("publish"):
        return publish(
            previous.folder,
            owner=f"{portal.title} {portal.address}",
            planned=complete.planned,
            staged=complete.staged,
            known=previous.known,
            sources=wanted.sources,
        )
