"""What can be asked of the command `stadtschreiber`; its words are entries of the catalogue."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from generator import __version__
from generator.base.words import LANGUAGES, Language, word
from generator.cli.parsers import Parser

LAST_PORT: Final = 65535


class _Commands:
    """Adds commands to a parser, with help in one language."""

    def __init__(self, main: Parser, language: Language) -> None:
        self._language: Language = language
        self._commands = main.add_subparsers(
            title="heading-commands", metavar=self.value("command"), required=True
        )

    def value(self, name: str) -> str:
        """What stands for a value in the user's language."""
        return word(f"value-{name}", self._language)

    def add(self, name: str, fill: Callable[["_Commands", Parser], None]) -> None:
        """Adds the command of that name, whose arguments `fill` adds."""

        def filled(command: Parser) -> None:
            command.set_defaults(command=name)
            command.add_argument("--lang", choices=LANGUAGES, help="help-lang")
            fill(self, command)

        # Without `help` a command would not be in the list of all.
        self._commands.add_parser(
            name, help="", description=f"help-{name}", language=self._language, fill=filled
        )

    def portal(self, command: Parser) -> None:
        """The option that names the portal."""
        command.add_argument("--portal", type=_path, metavar="DIR", help="help-portal")

    def target(self, command: Parser) -> None:
        """The target that is meant."""
        command.add_argument("name", nargs="?", metavar="NAME", help="help-target")

    def quiet(self, command: Parser) -> None:
        """The option to say less."""
        command.add_argument("--quiet", action="store_true", help="help-quiet")

    def everything(self, command: Parser) -> None:
        """The option that shows each problem."""
        command.add_argument("--all", action="store_true", help="help-all")

    def moment(self, command: Parser) -> None:
        """The option that names the moment."""
        command.add_argument("--at", metavar=self.value("when"), help="help-at")

    def jobs(self, command: Parser) -> None:
        """The option that says how many processes work."""
        command.add_argument("--jobs", type=_positive, metavar="N", help="help-jobs")


def parser(language: Language = "en") -> Parser:
    """The parser of the whole command."""

    def fill(made: Parser) -> None:
        version = f"%(prog)s {__version__}"
        made.add_argument("--version", action="version", version=version, help="help-version")
        commands = _Commands(made, language)
        for name, arguments in _COMMANDS.items():
            commands.add(name, arguments)

    return Parser(prog="stadtschreiber", description="help-portals", language=language, fill=fill)


def _build(commands: _Commands, build: Parser) -> None:
    commands.portal(build)
    build.add_argument("--output", type=_path, metavar="DIR", help="help-output")
    build.add_argument("--drafts", action="store_true", help="help-drafts")
    commands.everything(build)
    commands.moment(build)
    build.add_argument("--clean", action="store_true", help="help-clean")
    build.add_argument("--keep-going", action="store_true", help="help-keep-going")
    build.add_argument("--first", action="store_true", help="help-first")
    build.add_argument("--force", action="store_true", help="help-force")
    commands.jobs(build)
    build.add_argument("--explain", action="store_true", help="help-explain")
    commands.quiet(build)


def _deploy(commands: _Commands, deploy: Parser) -> None:
    commands.target(deploy)
    commands.portal(deploy)
    deploy.add_argument("--dry-run", action="store_true", help="help-what-readers-see")
    deploy.add_argument("--verify", action="store_true", help="help-verify")
    deploy.add_argument("--back", type=_positive, nargs="?", const=1, metavar="N", help="help-back")
    deploy.add_argument("--resume", action="store_true", help="help-resume")
    deploy.add_argument("--force", action="store_true", help="help-over-others")
    deploy.add_argument("--list", action="store_true", help="help-list")
    commands.quiet(deploy)


def _diff(commands: _Commands, diff: Parser) -> None:
    commands.target(diff)
    commands.portal(diff)
    diff.add_argument("--list", action="store_true", help="help-list")


def _publish(commands: _Commands, publish: Parser) -> None:
    commands.target(publish)
    commands.portal(publish)
    commands.everything(publish)
    commands.jobs(publish)
    publish.add_argument("--keep-going", action="store_true", help="help-keep-going")
    publish.add_argument("--first", action="store_true", help="help-first-time")
    publish.add_argument("--verify", action="store_true", help="help-verify")
    commands.quiet(publish)
    publish.set_defaults(
        output=None, drafts=False, at=None, clean=False, explain=False, force=False,
        dry_run=False, back=None, resume=False,
    )  # fmt: skip


def _rename(commands: _Commands, rename: Parser) -> None:
    for name in ("old", "new"):
        rename.add_argument(name, metavar=commands.value(name), help="help-renamed")
    commands.portal(rename)


def _addresses(commands: _Commands, addresses: Parser) -> None:
    value = commands.value("address")
    addresses.add_argument("address", nargs="?", metavar=value, help="help-address")
    addresses.add_argument("--gone", metavar=value, help="help-gone")
    addresses.add_argument("--mend", action="store_true", help="help-mend")
    commands.portal(addresses)


def _serve(commands: _Commands, serve: Parser) -> None:
    commands.portal(serve)
    serve.add_argument("--host", type=_host, default="127.0.0.1", help="help-host")
    serve.add_argument("--port", type=_port, metavar="N", help="help-port")
    serve.add_argument("--open", action="store_true", help="help-open")
    serve.add_argument("--no-drafts", dest="drafts", action="store_false", help="help-no-drafts")
    commands.moment(serve)
    commands.jobs(serve)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(word("usage-port", "en", value=text, limit=str(LAST_PORT)))
    return int(text)


def _host(text: str) -> str:
    # An empty address would be all of this computer's.
    if not text:
        raise argparse.ArgumentTypeError(word("usage-address-empty", "en"))
    return text


def _check(commands: _Commands, check: Parser) -> None:
    check.add_argument(
        "paths", type=_path, nargs="*", metavar=commands.value("path"), help="help-paths"
    )
    commands.portal(check)
    check.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text", help="help-format"
    )
    check.add_argument("--links", action="store_true", help="help-links")
    commands.everything(check)
    commands.moment(check)
    commands.jobs(check)


def _new(commands: _Commands, new: Parser) -> None:
    new.add_argument("title", metavar=commands.value("title"), help="help-title")
    new.add_argument("--section", metavar=commands.value("section"), help="help-section")
    new.add_argument("--kind", metavar=commands.value("kind"), help="help-kind")
    commands.portal(new)
    commands.moment(new)


def _status(commands: _Commands, status: Parser) -> None:
    status.add_argument("--plain", action="store_true", help="help-plain")
    commands.portal(status)
    commands.moment(status)
    commands.jobs(status)


def _init(_: _Commands, init: Parser) -> None:
    init.add_argument("folder", type=_path, metavar="DIR", help="help-folder")


def _import(commands: _Commands, command: Parser) -> None:
    command.add_argument(
        "sources", type=_path, nargs="+", metavar=commands.value("archive"), help="help-archives"
    )
    command.add_argument("--into", type=_path, metavar="DIR", help="help-into")
    command.add_argument("--pictures", metavar="DIR|URL", help="help-pictures")
    command.add_argument("--dry-run", action="store_true", help="help-dry-run")


def _schema(commands: _Commands, schema: Parser) -> None:
    schema.add_argument(
        "--of", choices=("article", "firm", "ad", "portal"), default="article", help="help-of"
    )
    commands.portal(schema)


def _completion(_: _Commands, completion: Parser) -> None:
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))


_COMMANDS: Final[dict[str, Callable[[_Commands, Parser], None]]] = {
    "build": _build,
    "deploy": _deploy,
    "diff": _diff,
    "publish": _publish,
    "rename": _rename,
    "addresses": _addresses,
    "serve": _serve,
    "check": _check,
    "new": _new,
    "status": _status,
    "init": _init,
    "import": _import,
    "schema": _schema,
    "completion": _completion,
}
"""The commands, in the order in which help lists them."""


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(word("usage-whole-number", "en", value=text))
    return int(text)


def _path(text: str) -> Path:
    # An empty path would be the current folder: in scripts it is a variable that was never set.
    if not text:
        raise argparse.ArgumentTypeError(word("usage-path-empty", "en"))
    return Path(text)
