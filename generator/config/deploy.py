"""The tables `[[deploy]]` of portal.toml: where the portal is published, and how it comes there."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

import msgspec

from generator.base.problems import Problem
from generator.config.toml_file import Document, Many, Table

Kind = Literal["folder", "rsync", "sftp", "command"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

KEEP: Final = 5
"""So many releases stay at a target, so that one of them can be put back."""


class Target(msgspec.Struct, frozen=True):
    """Where the portal goes to.

    `path` is a folder there; `host`, `user` and `port` (0: what SSH's configuration says) are how
    SSH reaches it.  `keep` is how many releases stay, and for how many deploys an asset stays that
    no page names any more.  `in_place`: rsync into `path` itself instead of into releases.
    `command` is what a target of that kind calls, `after` what is called once readers see a change.
    """

    name: str
    kind: Kind
    path: str = ""
    host: str = ""
    user: str = ""
    port: int = 0
    keep: int = KEEP
    in_place: bool = False
    command: str = ""
    after: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it is, as people say it."""
        return f"{self.host}:{self.path}" if self.host else self.path or self.name


_SECRETS: Final = ("password", "passwort", "passphrase", "secret", "key", "token")
"""What somebody may try to write down here, and must not: portal.toml is in Git."""

SHAPE: Final = Many(
    Table(
        {
            **dict.fromkeys(("name", "kind", "path", "host", "user", "command"), str),
            **dict.fromkeys(("port", "keep"), int),
            "in_place": bool,
            "after": Many(str),
        },
        ("name", "kind"),
    )
)

_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "folder": ("path",),
    "rsync": ("host", "path"),
    "sftp": ("host", "path"),
    "command": ("command",),
}


def settings(tables: Sequence[dict[str, Any]]) -> tuple[Target, ...]:
    """What the tables say, as far as it can be read."""
    usual: dict[str, Any] = {"name": "", "kind": KINDS[0]}
    made: list[Target] = []
    for table in tables:
        stated = usual | {k: v for k, v in table.items() if k in Target.__struct_fields__}
        made.append(Target(**stated | {"after": tuple(stated.get("after", ()))}))
    return tuple(made)


def mistakes(document: Document, _portal: object) -> Iterator[Problem]:
    """Kinds nobody knows of here, what is missing for one, names used twice, and secrets."""
    names: set[str] = set()
    for number, table in enumerate(document.values.get("deploy", ())):
        place = ("deploy", number)
        kind, name = table.get("kind", KINDS[0]), table.get("name", "")
        if kind not in KINDS:
            nearest = get_close_matches(kind, KINDS, n=1, cutoff=0)[0]
            yield document.problem(
                "deploy-kind", *place, "kind", kind=kind, nearest=nearest, known=", ".join(KINDS)
            )
        if name in names or not name.strip():
            yield document.problem("deploy-name", *place, "name", target=name)
        names.add(name)
        for key in _NEEDED.get(kind, ()):
            if not table.get(key):
                yield document.problem("deploy-needs", *place, key, kind=kind, key=key)
        if table.get("keep", KEEP) < 1:
            yield document.problem("size-too-small", *place, "keep", key="deploy.keep", size=0)
        if table.get("host", "").startswith("-") or table.get("user", "").startswith("-"):
            yield document.problem("deploy-host", *place, "host", host=table.get("host", ""))
        for key in _SECRETS:
            if (*place, key) in document.lines:
                yield document.problem("deploy-secret", *place, key, key=key)
        if any(sign in table.get("host", "") for sign in "@:/ "):
            yield document.problem("deploy-host", *place, "host", host="…")
