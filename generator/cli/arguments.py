"""What can be asked of the command `stadtschreiber`; its words are entries of the catalogue."""

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from generator import __version__
from generator.base.words import LANGUAGES, Language, word
from generator.cli.parsers import Parser

LAST_PORT: Final = 65535


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(word("usage-port", "en", value=text, limit=str(LAST_PORT)))
    return int(text)


def _host(text: str) -> str:
    # An empty address would be all of this computer's.
    if not text:
        raise argparse.ArgumentTypeError(word("usage-address-empty", "en"))
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(word("usage-whole-number", "en", value=text))
    return int(text)


def _path(text: str) -> Path:
    # An empty path would be the current folder: in scripts it is a variable that was never set.
    if not text:
        raise argparse.ArgumentTypeError(word("usage-path-empty", "en"))
    return Path(text)


class Argument(NamedTuple):
    """What may be said to a command: its `name`, and what argparse is told of it.

    `value` is the catalogue's word for what stands behind it, "" where argparse is told of that.
    """

    name: str
    value: str
    told: dict[str, Any]


Arguments: TypeAlias = tuple[Argument, ...]


def _argument(name: str, about: str = "", *, value: str = "", **told: Any) -> Argument:
    """An argument, told of in the entry `about`, that of its own name where none is given."""
    return Argument(name, value, {"help": f"help-{about or name.lstrip('-')}", **told})


def _flag(name: str, about: str = "") -> Argument:
    """An option without a value."""
    return _argument(name, about, action="store_true")


# What several commands may be asked.
_LANG: Final = _argument("--lang", choices=LANGUAGES)
_PORTAL: Final = _argument("--portal", type=_path, metavar="DIR")
_TARGET: Final = _argument("name", "target", nargs="?", metavar="NAME")
_AT: Final = _argument("--at", value="when")
_JOBS: Final = _argument("--jobs", type=_positive, metavar="N")
_ALL: Final = _flag("--all")
_QUIET: Final = _flag("--quiet")
_VERIFY: Final = _flag("--verify")
_KEEP_GOING: Final = _flag("--keep-going")
_LIST: Final = _flag("--list")

BUILD: Final = (
    _PORTAL,
    _argument("--output", type=_path, metavar="DIR"),
    _flag("--drafts"),
    _ALL,
    _AT,
    _flag("--clean"),
    _KEEP_GOING,
    _flag("--first"),
    _flag("--force"),
    _JOBS,
    _flag("--explain"),
    _QUIET,
)
DEPLOY: Final = (
    _TARGET,
    _PORTAL,
    _flag("--dry-run", "what-readers-see"),
    _VERIFY,
    _argument("--back", type=_positive, nargs="?", const=1, metavar="N"),
    _flag("--resume"),
    _flag("--force", "over-others"),
    _LIST,
    _QUIET,
)
DIFF: Final = (_TARGET, _PORTAL, _LIST)
PUBLISH: Final = (
    _TARGET,
    _PORTAL,
    _ALL,
    _JOBS,
    _KEEP_GOING,
    _flag("--first", "first-time"),
    _VERIFY,
    _QUIET,
)
RENAME: Final = (
    _argument("old", "renamed", value="old"),
    _argument("new", "renamed", value="new"),
    _PORTAL,
)
ADDRESSES: Final = (
    _argument("address", value="address", nargs="?"),
    _argument("--gone", value="address"),
    _flag("--mend"),
    _PORTAL,
)
SERVE: Final = (
    _PORTAL,
    _argument("--host", type=_host, default="127.0.0.1"),
    _argument("--port", type=_port, metavar="N"),
    _flag("--open"),
    _argument("--no-drafts", dest="drafts", action="store_false"),
    _AT,
    _JOBS,
)
CHECK: Final = (
    _argument("paths", value="path", type=_path, nargs="*"),
    _PORTAL,
    _argument("--format", choices=("text", "json", "sarif"), default="text"),
    _flag("--links"),
    _ALL,
    _AT,
    _JOBS,
)
NEW: Final = (
    _argument("title", value="title"),
    _argument("--section", value="section"),
    _argument("--kind", value="kind"),
    _PORTAL,
    _AT,
)
STATUS: Final = (_flag("--plain"), _PORTAL, _AT, _JOBS)
INIT: Final = (_argument("folder", type=_path, metavar="DIR"),)
IMPORT: Final = (
    _argument("sources", "archives", value="archive", type=_path, nargs="+"),
    _argument("--into", type=_path, metavar="DIR"),
    _argument("--pictures", metavar="DIR|URL"),
    _flag("--dry-run"),
)
SCHEMA: Final = (
    _argument("--of", choices=("article", "firm", "ad", "portal"), default="article"),
    _PORTAL,
)
COMPLETION: Final = (_argument("shell", choices=("bash", "zsh", "fish"), help=None),)


def parser(commands: Mapping[str, tuple[Arguments, object]], language: Language = "en") -> Parser:
    """The parser of the whole command: of `commands` with their arguments, in help's order."""

    def fill(made: Parser) -> None:
        version = f"%(prog)s {__version__}"
        made.add_argument("--version", action="version", version=version, help="help-version")
        value = word("value-command", language)
        added = made.add_subparsers(
            title="heading-commands", metavar=value, dest="command", required=True
        )
        for name, (arguments, _) in commands.items():
            filled = partial(_fill, arguments, language)
            # Without `help` a command would not be in the list of all.
            added.add_parser(
                name, help="", description=f"help-{name}", language=language, fill=filled
            )

    return Parser(prog="stadtschreiber", description="help-portals", language=language, fill=fill)


def _fill(arguments: Arguments, language: Language, command: Parser) -> None:
    for name, value, told in (_LANG, *arguments):
        named = {"metavar": word(f"value-{value}", language)} if value else {}
        command.add_argument(name, **told | named)
