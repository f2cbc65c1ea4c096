"""The up-to-date check: if nothing can have changed since the previous build, nothing is done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from generator.base import digests
from generator.base.problems import Problem
from generator.base.report import Options
from generator.base.scan import Stamp
from generator.config import fingerprint
from generator.config.portal import Portal
from generator.load.portal_files import Surroundings

KEY: Final = "up-to-date"
"""What the store knows the check by."""


class UpToDateCheck(msgspec.Struct, frozen=True):
    """What tells of a build whether it still holds, and what it reported.

    `inputs` is the digest of all that it depended on but the moment, `published` that of the
    output's manifest; what it made, with `drafts` or without, holds from the moment `since` until
    before `until` (POSIX times; None: for ever).
    """

    inputs: bytes = b""
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
        now = at.timestamp()
        return inputs == self.inputs and self.since <= now and (not self.until or now < self.until)


def inputs(portal: Portal, found: Surroundings, options: Options) -> bytes:
    """The digest of all that a build depends on but the moment; b"" where it cannot be told.

    It cannot where a file was changed so lately that another change might not show.
    """
    stamps: tuple[Mapping[str, Stamp], ...] = (
        found.content.files, found.assets.files, found.layouts.files
    )  # fmt: skip
    if found.problems or not all(stamp.trusted for files in stamps for stamp in files.values()):
        return b""
    places = [str(getattr(portal.folders, field)) for field in portal.folders.__struct_fields__]
    chosen = options.drafts, options.keep_going
    return digests.of_value(
        (fingerprint.generator(), portal.constants, places, chosen, stamps, found.ledger)
    )
