"""The tables `[[deploy]]` of portal.toml: where the portal is published, and how it comes there."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, TypeAlias

from generator.base.problems import Problem
from generator.config.setting import Allowed, Count, Table
from generator.config.toml_file import Place

Kind: TypeAlias = Literal["folder", "rsync", "sftp", "command"]

KEEP: Final = 5
"""So many releases stay at a target, so that one of them can be put back."""

_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "folder": ("path",),
    "rsync": ("host", "path"),
    "sftp": ("host", "path"),
    "command": ("command",),
}

# Neither may begin with a hyphen: SSH would take it for an option.
Host: TypeAlias = Annotated[str, Allowed("deploy-host", r"^(?!-)[^@:/ ]*$")]
User: TypeAlias = Annotated[str, Allowed("deploy-host", "^(?!-)")]
# The name is that of a folder beside the store, too.
TargetName: TypeAlias = Annotated[
    str, Allowed("deploy-name-odd", r"^[A-Za-z0-9äöüÄÖÜß][\wäöüÄÖÜß.-]*$")
]
Verbatim: TypeAlias = Annotated[str, Allowed(verbatim=True)]


class Target(Table, frozen=True):
    """Where the portal goes to."""

    name: TargetName
    """What it is called when it is published there.

    Wie das Ziel heißt, wenn dorthin veröffentlicht wird.
    """
    kind: Kind
    """How the portal comes there.

    Wie das Portal dorthin kommt.
    """
    path: Verbatim = ""
    """A folder there.

    Der Ordner dort.
    """
    host: Host = ""
    """The machine, as SSH calls it.

    Die Maschine, so wie SSH sie nennt.
    """
    user: User = ""
    """The user there; otherwise what SSH's configuration says.

    Das Konto dort; sonst gilt die Konfiguration von SSH.
    """
    port: Count = 0
    """The port of SSH; otherwise what its configuration says.

    Der Port von SSH; sonst gilt dessen Konfiguration.
    """
    keep: Count = KEEP
    """How many releases stay, and for how many deploys an asset that no page names any more.

    Wie viele Stände bleiben, und wie lange Dateien, die keine Seite mehr nennt.
    """
    in_place: bool = False
    """With rsync: into the folder itself instead of into releases.

    Mit rsync: in den Ordner selbst statt in einen neuen Stand.
    """
    command: Verbatim = ""
    """What a target of the kind `command` calls.

    Was ein Ziel der Art `command` aufruft.
    """
    after: tuple[Verbatim, ...] = ()
    """Commands that are called once readers see a change, one after the other.

    Befehle, die aufgerufen werden, sobald Leser etwas Neues sehen, einer nach dem anderen.
    """

    @property
    def place(self) -> str:
        """Where it is, as people say it."""
        return f"{self.host}:{self.path}" if self.host else self.path or self.name

    def mistakes(self, at: Place) -> Iterator[Problem]:
        """What is missing for a target of its kind."""
        written: Any = at.document.values
        for key in at.keys:
            written = written[key]
        for key in _NEEDED.get(self.kind, ()):
            if not written.get(key):  # what is written and wrong was told of already
                yield at.at(key).problem("deploy-needs", kind=self.kind, key=key)


def names_twice(at: Place, targets: tuple[Target, ...]) -> Iterator[Problem]:
    """Targets of one name."""
    names: set[str] = set()
    for number, target in enumerate(targets):
        if target.name and target.name in names:
            yield at.at(number, "name").problem("deploy-name", target=target.name)
        names.add(target.name)


Targets: TypeAlias = Annotated[tuple[Target, ...], Allowed(check=names_twice)]
"""The targets of a portal, of which the first is the usual one."""
