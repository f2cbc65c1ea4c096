"""The table `[check]` of portal.toml: how grave each rule of `check` is, and which keywords exist.

A rule has the name of its message.  What would keep the portal from being built is no rule and
cannot be turned down.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

import msgspec

from generator.base.problems import Problem, catalogue
from generator.config.toml_file import Document, Many, Table

Level = Literal["error", "warning", "off"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

FIRST: Final = "C100"
END: Final = "C180"
"""Between these are the numbers of the rules that are errors; all warnings are rules, too."""

SHAPE: Final = Table({"keywords": Many(str)}, others=str)


class CheckSettings(msgspec.Struct, frozen=True):
    """What a portal asks of its articles.

    `levels` has the rules whose level is not the usual one.  `keywords` are the only ones that
    articles may have; () lets all be used.
    """

    levels: dict[str, Level] = {}
    keywords: tuple[str, ...] = ()


def settings(table: Mapping[str, Any]) -> CheckSettings:
    """What the table says, as far as it can be read."""
    levels = {name: level for name, level in table.items() if level in LEVELS}
    return CheckSettings(levels, tuple(table.get("keywords", ())))


def mistakes(document: Document, _portal: object) -> Iterator[Problem]:
    """Rules that do not exist, and levels that do not."""
    table = document.values.get("check", {})
    known = rules() if table else ()
    for name, level in table.items():
        if name == "keywords":
            continue
        if name not in known:
            nearest = get_close_matches(name, known, n=1, cutoff=0)[0]
            yield document.problem("rule-unknown", "check", name, rule=name, nearest=nearest)
        elif level not in LEVELS:
            yield document.problem("rule-level", "check", name, rule=name, level=level)


def rules() -> tuple[str, ...]:
    """The names of all rules: what `check` alone looks for, and what a build only warns of."""
    return tuple(
        name
        for name, message in catalogue().items()
        if message.severity == "warning" or FIRST <= message.number < END
    )
