"""The table `[security]` of portal.toml: whom to tell of a weakness (RFC 9116)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from generator.base.problems import Problem
from generator.config.setting import Allowed, Setting, Table
from generator.config.toml_file import Place

Contact = Annotated[str, Allowed("security-address", r"^(mailto:|tel:|https://)\S+$")]


def _no_such_day(at: Place, moment: str) -> Iterator[Problem]:
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        yield at.problem("security-expires", value=moment)


Moment = Annotated[
    str,
    Allowed(
        "security-expires",
        r"^\d{4}-(0\d|1[0-2])-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(Z|[+-][0-2]\d:[0-5]\d)$",
        check=_no_such_day,
    ),
]
"""A moment as RFC 3339 writes it."""


class Security(Table, frozen=True):
    """Whom to tell of a weakness, until when that holds, and under which rules."""

    contact: Annotated[Contact, Setting(required=True)] = ""
    """Whom to tell of a weakness: `mailto:…`, `tel:…` or `https://…`.

    Wem eine Sicherheitslücke zu melden ist (`mailto:…`), für `/.well-known/security.txt`.
    """
    expires: Annotated[Moment, Setting(required=True)] = ""
    """Until when that holds, at most a year: `2027-06-30T12:00:00Z`.

    Bis wann das gilt, höchstens ein Jahr: `2027-06-30T12:00:00Z`.
    """
    policy: Contact = ""
    """The address of the rules for those who look for weaknesses.

    Die Adresse der Regeln für alle, die nach Lücken suchen.
    """
