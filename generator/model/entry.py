"""The one envelope of a source: made when its header is read, completed by its text, indexed, kept.

`front_matter.reader` makes an `Entry`, `load.sources` adds what the text says, `site.index.Site`
holds those that may be published, and the store keeps each in the `Record` of its file.
"""

import msgspec

from generator.base import digests
from generator.base.problems import Problem
from generator.base.scan import Stamp
from generator.model.article import (
    Article,
    FileLink,
    OpenCorrection,
    Placeholder,
    Source,
    arrangement,
)
from generator.model.downloads import download_kind


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A source as the index needs it: its front matter, and of its text only the outside.

    `digest` is that of `source`, `arrangement` that of what decides in which lists it is, `text`
    that of the body, b"" as long as only the header was read; `placeholders` wait for replacements,
    `anchors` can be linked to; `lines` has the line of each field, for messages; `open` is what
    editors still owe, and no page knows of it.
    """

    source: Source
    digest: bytes
    arrangement: bytes
    text: bytes
    placeholders: tuple[Placeholder, ...]
    anchors: tuple[str, ...]
    lines: dict[str, int]
    open: tuple[OpenCorrection, ...] = ()

    @property
    def downloads(self) -> tuple[str, ...]:
        """The files that its page offers for download, by their names among the assets."""
        if not (self.placeholders and self.source.address):
            return ()
        names = (one.name for one in self.placeholders if isinstance(one, FileLink))
        return tuple(dict.fromkeys(filter(download_kind, names)))


class Record(msgspec.Struct, frozen=True, array_like=True):
    """A source's file as it was read, its bytes with that `digest`: `entry` is None where it has
    errors."""

    stamp: Stamp
    digest: bytes
    entry: Entry | None
    problems: tuple[Problem, ...]


def of_header(
    source: Source, lines: dict[str, int], still_open: tuple[OpenCorrection, ...]
) -> Entry:
    """The entry of a source of which only the header was read."""
    return Entry(source, digests.of_value(source), arranged(source), b"", (), (), lines, still_open)


def arranged(source: Source) -> bytes:
    """The digest of what of a source decides in which lists it is, and where."""
    return digests.of_value(arrangement(source) if isinstance(source, Article) else source)
