"""The table `[front_matter]` of portal.toml: what a portal calls fields, and what it adds."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal, get_args

import msgspec

from generator.base.problems import Problem
from generator.config.setting import Allowed, Table
from generator.config.toml_file import Place

FieldName = Literal[
    "title", "kicker", "lead", "date", "updated", "section", "keywords", "author",
    "source", "source.name", "source.url", "image", "image.file", "image.alt", "image.credit",
    "image.caption", "kind", "slug", "aliases", "draft", "expires",
    "guid", "corrections", "corrections.date", "corrections.text", "corrections.open",
]  # fmt: skip
"""The fields of a front matter, and the parts of fields, that portal.toml can name."""

FIELDS: Final[tuple[FieldName, ...]] = get_args(FieldName)

HeadStyle = Literal["toml", "json", "pelican", "nikola"]
"""How a header is written that is no YAML."""

SmallKey = Annotated[str, Allowed(read=str.casefold)]
PartOrField = Annotated[FieldName, Allowed("field-unknown")]
WholeField = Annotated[
    str, Allowed("field-unknown", choices=lambda: [name for name in FIELDS if "." not in name])
]


class FrontMatterRules(Table, frozen=True):
    """What a portal adds to the schema of the front matter; the keys of `aliases` in small letters.

    Where a source has several keys for one field, the first in the order of portal.toml that is not
    empty counts.
    """

    aliases: dict[SmallKey, PartOrField] = msgspec.field(default_factory=dict)
    """Other names for fields, or for parts of them: `deck = "lead"`, `source_url = "source.url"`.

    Andere Namen für Felder: `deck = "lead"`.
    """
    defaults: dict[WholeField, str] = msgspec.field(default_factory=dict)
    """What stands for fields that are missing: `section = "aktuelles"`.

    Werte für fehlende Felder: `section = "aktuelles"`.
    """
    extra: tuple[str, ...] = ()
    """More keys that are allowed, for layouts.

    Zusätzliche Felder, die erlaubt sind.
    """
    styles: tuple[HeadStyle, ...] = ()
    """How headers may be written besides YAML.

    Wie ein Kopf außer in YAML geschrieben sein darf.
    """
    date_from: Literal["header", "file name"] = "header"
    """Where a date stands: in the header alone, or else in the file's name: `2023-09-06-talk.md`.

    Wo das Datum steht: nur im Kopf, oder sonst im Namen der Datei: `2023-09-06-beispiel.md`.
    """

    def mistakes(self, at: Place) -> Iterator[Problem]:
        """Keys of `extra` that have a meaning already."""
        for key in set(self.extra).intersection((*FIELDS, *self.aliases)):
            yield at.at("extra").problem("extra-known", key=key)
