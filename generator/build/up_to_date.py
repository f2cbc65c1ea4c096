"""The up-to-date check: if nothing can have changed since the previous build, nothing is done."""

from datetime import datetime
from typing import Final

import msgspec

from generator.base import digests
from generator.base.problems import Problem
from generator.base.report import Options, Report, Watch
from generator.base.scan import Found
from generator.config import fingerprint
from generator.config.portal import Portal
from generator.load.portal_files import Surroundings

KEY: Final = "up-to-date"
"""What the store knows the check by."""


class UpToDateCheck(msgspec.Struct, frozen=True):
    """What tells of a build whether it still holds, and what it reported.

    `inputs` is the digest of all that it depended on but the moment, `around` that of all this but
    the sources, `published` that of the
    output's manifest; what it made, with `drafts` or without, holds from the moment `since` until
    before `until` (POSIX times; None: for ever).
    """

    inputs: bytes = b""
    around: bytes = b""
    published: bytes = b""
    drafts: bool = False
    since: float = 0.0
    until: float | None = 0.0
    due: float | None = None
    articles: int = 0
    pages: int = 0
    warnings: tuple[Problem, ...] = ()
    left_out: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()

    def passes(self, inputs: bytes, at: datetime) -> bool:
        """Whether a build of `inputs` for the moment `at` would come to the same."""
        return inputs == self.inputs and self.holds(at)

    def leaves(self, around: bytes, at: datetime) -> bool:
        """Whether a build for the moment `at` could differ by what sources say alone, where all is
        the same `around` them."""
        whole = not (self.left_out or self.refused or self.drafts)
        return bool(around) and around == self.around and whole and self.holds(at)

    def holds(self, at: datetime) -> bool:
        """Whether the moment `at` is one for which what was built holds."""
        now = at.timestamp()
        return self.since <= now and (not self.until or now < self.until)

    def report(self, files: int, options: Options, watch: Watch) -> Report:
        """What a build reports that comes to the same, and to so many files."""

        def moment(then: float | None) -> datetime | None:
            return None if then is None else datetime.fromtimestamp(then, options.at.tzinfo)

        return Report(
            articles=self.articles,
            pages=self.pages,
            kept=files,
            due=moment(self.due),
            until=moment(self.until),
            seconds=watch.seconds,
            warnings=self.warnings,
            left_out=self.left_out,
            refused=self.refused,
        )


def inputs(portal: Portal, found: Surroundings, options: Options) -> bytes:
    """The digest of all that a build depends on but the moment; b"" where it cannot be told.

    It cannot where a file was changed so lately that another change might not show.
    """
    return _digest(portal, found, options, found.content)


def around(portal: Portal, found: Surroundings, options: Options) -> bytes:
    """The same of all that a build depends on but the moment and the sources."""
    files, sources = found.content.files, found.sources
    beside = files.keys() - sources.keys() if len(files) > len(sources) else ()
    content = Found.of({path: files[path] for path in sorted(beside)})
    return _digest(portal, found, options, content)


def _digest(portal: Portal, found: Surroundings, options: Options, content: Found) -> bytes:
    """The digest of what a build depends on, `content` being what it depends on there."""
    places = content, found.assets, found.layouts
    if found.problems or not all(place.trusted for place in places):
        return b""
    names = [str(getattr(portal.folders, field)) for field in portal.folders.__struct_fields__]
    stamps = [place.folders for place in places]
    chosen = options.drafts, options.keep_going
    return digests.of_value(
        (fingerprint.generator(), portal.constants, names, chosen, stamps, found.ledger)
    )
