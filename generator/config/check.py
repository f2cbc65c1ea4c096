"""The table `[check]` of portal.toml: how grave each rule of `check` is, and which keywords exist.

A rule has the name of its message.  What would keep the portal from being built is no rule and
cannot be turned down.
"""

from functools import cache
from typing import Annotated, Final, Literal

import msgspec

from generator.base.problems import catalogue
from generator.config.setting import Allowed, Setting, Table

Level = Literal["error", "warning", "off"]

FIRST: Final = "C100"
END: Final = "C180"
"""Between these are the numbers of the rules that are errors; all warnings are rules, too."""


@cache
def rules() -> tuple[str, ...]:
    """The names of all rules: what `check` alone looks for, and what a build only warns of."""
    return tuple(
        name
        for name, message in catalogue().items()
        if message.severity == "warning" or FIRST <= message.number < END
    )


RuleName = Annotated[str, Allowed("rule-unknown", choices=rules)]


class CheckSettings(Table, frozen=True):
    """What a portal asks of its articles."""

    levels: Annotated[dict[RuleName, Annotated[Level, Allowed("rule-level")]], Setting(key="*")] = (
        msgspec.field(default_factory=dict)
    )
    """How grave the rule of this name is: `error`, `warning` or `off`; otherwise as usual.

    Wie streng die Regel dieses Namens ist: `error`, `warning` oder `off`; sonst wie üblich.
    """
    keywords: tuple[str, ...] = ()
    """The only keywords that articles may have; all, where none is named.

    Die einzigen Stichwörter, die Artikel haben dürfen; ohne Angabe alle.
    """
