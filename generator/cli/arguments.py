"""What can be asked of the command `stadtschreiber`; its words are entries of the catalogue."""

import argparse
from pathlib import Path

from generator import __version__
from generator.base.words import LANGUAGES, Language, word
from generator.cli.parsers import Parser
from generator.serve import command as serve_command


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

    def add(self, name: str) -> Parser:
        """The command of that name."""
        # Without `help` a command would not be in the list of all.
        command: Parser = self._commands.add_parser(
            name, help="", description=f"help-{name}", language=self._language
        )
        command.set_defaults(command=name)
        command.add_argument("--lang", choices=LANGUAGES, help="help-lang")
        return command

    def portal(self, command: Parser) -> None:
        """The option that names the portal."""
        command.add_argument("--portal", type=_path, metavar="DIR", help="help-portal")

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
    made = Parser(prog="stadtschreiber", description="help-portals", language=language)
    commands = _Commands(made, language)
    version = f"%(prog)s {__version__}"
    made.add_argument("--version", action="version", version=version, help="help-version")
    for add in (
        _add_build,
        _add_serve,
        _add_check,
        _add_new,
        _add_status,
        _add_init,
        _add_schema,
        _add_completion,
    ):
        add(commands)
    return made


def _add_build(commands: _Commands) -> None:
    build = commands.add("build")
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
    build.add_argument("--quiet", action="store_true", help="help-quiet")


def _add_serve(commands: _Commands) -> None:
    serve = commands.add("serve")
    commands.portal(serve)
    serve_command.add_options(serve)
    commands.moment(serve)
    commands.jobs(serve)


def _add_check(commands: _Commands) -> None:
    check = commands.add("check")
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


def _add_new(commands: _Commands) -> None:
    new = commands.add("new")
    new.add_argument("title", metavar=commands.value("title"), help="help-title")
    new.add_argument("--section", metavar=commands.value("section"), help="help-section")
    new.add_argument("--kind", metavar=commands.value("kind"), help="help-kind")
    commands.portal(new)
    commands.moment(new)


def _add_status(commands: _Commands) -> None:
    status = commands.add("status")
    status.add_argument("--plain", action="store_true", help="help-plain")
    commands.portal(status)
    commands.moment(status)
    commands.jobs(status)


def _add_init(commands: _Commands) -> None:
    init = commands.add("init")
    init.add_argument("folder", type=_path, metavar="DIR", help="help-folder")


def _add_schema(commands: _Commands) -> None:
    schema = commands.add("schema")
    schema.add_argument(
        "--of", choices=("article", "firm", "ad"), default="article", help="help-of"
    )
    commands.portal(schema)


def _add_completion(commands: _Commands) -> None:
    completion = commands.add("completion")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(word("usage-whole-number", "en", value=text))
    return int(text)


def _path(text: str) -> Path:
    # An empty path would be the current folder: in scripts it is a variable that was never set.
    if not text:
        raise argparse.ArgumentTypeError(word("usage-path-empty", "en"))
    return Path(text)
