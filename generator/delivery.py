"""From what was staged to the output: with the search index, and with compressed files."""

from collections.abc import Mapping, Sequence

from generator import compression, publish, search
from generator.publish import Left, Published, Written
from generator.report import Options, Watch
from generator.site import Site
from generator.store import Store


def deliver(
    site: Site,
    store: Store,
    left: Left,
    planned: Sequence[str],
    staged: Mapping[str, Written],
    *,
    options: Options,
    watch: Watch,
) -> Published:
    """Publishes `planned` and what belongs to it; PortalError: nothing was published."""
    portal = site.portal
    with watch.stage("search"):
        index = search.indexed(site, store, left, options=options)
    with watch.stage("compress"):
        complete = compression.complete(
            [*index.targets, *planned],
            {**index.staged, **staged},
            left,
            portal.delivery.compress,
            jobs=options.jobs,
        )
    with watch.stage("publish"):
        return publish.publish(
            left.room,
            owner=f"{portal.title} {portal.address}",
            planned=complete.planned,
            staged=complete.staged,
            known=left.known,
        )
