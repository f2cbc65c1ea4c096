"""The table `[downloads]` of portal.toml: which files texts may offer."""

from generator.config.setting import Table
from generator.model.downloads import KINDS, Kind


class Downloads(Table, frozen=True):
    """Files that texts offer for download."""

    kinds: tuple[Kind, ...] = KINDS
    """The kinds of files that texts may offer, by the ends of their names; all, where not stated.

    Welche Arten von Dateien Texte zum Herunterladen anbieten dürfen; ohne Angabe alle.
    """
