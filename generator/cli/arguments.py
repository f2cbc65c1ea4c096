"""What can be asked of the command `stadtschreiber`, with help in English or German."""

import argparse
from pathlib import Path

from generator import __version__
from generator.base.problems import LANGUAGES, Language
from generator.cli.parsers import GermanFormatter, GermanParser, Parser
from generator.importers import command as import_command
from generator.serve import command as serve_command


class _Commands:
    """Adds commands to a parser, with help in one language."""

    def __init__(self, main: argparse.ArgumentParser, language: Language) -> None:
        self._german = language == "de"
        self._commands = main.add_subparsers(
            title=self.say("commands", "Befehle"),
            metavar=self.say("COMMAND", "BEFEHL"),
            required=True,
        )

    def say(self, english: str, german: str) -> str:
        """The text in the user's language."""
        return german if self._german else english

    def add(self, name: str, english: str, german: str) -> argparse.ArgumentParser:
        """A command; the first sentence of its description is its line in the list of all."""
        text = self.say(english, german)
        command: argparse.ArgumentParser = self._commands.add_parser(
            name, help=text.partition(". ")[0].rstrip("."), description=text, allow_abbrev=False,
            add_help=False,
            formatter_class=GermanFormatter if self._german else argparse.HelpFormatter,
        )  # fmt: skip
        self.help(command)
        command.set_defaults(command=name)
        command.add_argument(
            "--lang", choices=LANGUAGES,
            help=self.say(
                "language of messages (default: the terminal's)",
                "Sprache der Meldungen (sonst die des Terminals)",
            ),
        )  # fmt: skip
        return command

    def help(self, command: argparse.ArgumentParser) -> None:
        """The option that asks for help."""
        command.add_argument(
            "-h", "--help", action="help",
            help=self.say("show this help and exit", "diese Hilfe zeigen"),
        )  # fmt: skip

    def portal(self, command: argparse.ArgumentParser) -> None:
        """The option that names the portal."""
        command.add_argument(
            "--portal", type=_path, metavar="DIR",
            help=self.say(
                "folder with portal.toml (default: the nearest one upward)",
                "Ordner mit portal.toml (sonst der nächste nach oben)",
            ),
        )  # fmt: skip

    def everything(self, command: argparse.ArgumentParser) -> None:
        """The option that shows each problem."""
        command.add_argument(
            "--all", action="store_true",
            help=self.say(
                "show each problem by itself, however many of one kind there are",
                "jede Meldung einzeln zeigen, auch wenn sich viele gleichen",
            ),
        )  # fmt: skip

    def moment(self, command: argparse.ArgumentParser) -> None:
        """The option that names the moment."""
        command.add_argument(
            "--at", metavar=self.say("WHEN", "WANN"),
            help=self.say(
                'do it for this moment, such as "2026-12-01 08:00" (default: now)',
                'für diesen Zeitpunkt, etwa "2026-12-01 08:00" (sonst für jetzt)',
            ),
        )  # fmt: skip

    def jobs(self, command: argparse.ArgumentParser) -> None:
        """The option that says how many processes work."""
        command.add_argument(
            "--jobs", type=_positive, metavar="N",
            help=self.say(
                "worker processes (default: one a processor)", "Prozesse (sonst einer je Prozessor)"
            ),
        )  # fmt: skip


def parser(language: Language = "en") -> argparse.ArgumentParser:
    """The parser of the whole command."""
    german = language == "de"
    made = (GermanParser if german else Parser)(
        prog="stadtschreiber",
        formatter_class=GermanFormatter if german else argparse.HelpFormatter,
        description=(
            "Macht aus Markdown-Dateien ein Nachrichtenportal."
            if german
            else "Builds a news portal from Markdown files."
        ),
        allow_abbrev=False,
        add_help=False,
    )
    commands = _Commands(made, language)
    commands.help(made)
    made.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}",
        help=commands.say("show the version and exit", "die Version nennen"),
    )  # fmt: skip
    for add in (
        _add_build,
        _add_serve,
        _add_check,
        _add_new,
        _add_status,
        _add_init,
        _add_import,
        _add_schema,
        _add_completion,
    ):
        add(commands)
    return made


def _add_build(commands: _Commands) -> None:
    build = commands.add(
        "build",
        "Builds the portal into its output folder. Only what changed is made again.",
        "Baut das Portal in seinen Ausgabeordner. Nur was sich geändert hat, entsteht neu.",
    )  # fmt: skip
    say = commands.say
    commands.portal(build)
    build.add_argument(
        "--output",
        type=_path,
        metavar="DIR",
        help=say("folder to build into", "anderer Ausgabeordner"),
    )
    build.add_argument(
        "--drafts", action="store_true",
        help=say("publish what must not be published yet", "auch, was noch nicht erscheinen darf"),
    )  # fmt: skip
    commands.everything(build)
    commands.moment(build)
    build.add_argument(
        "--clean", action="store_true",
        help=say("forget all earlier builds", "alle früheren Bauten vergessen"),
    )  # fmt: skip
    build.add_argument(
        "--keep-going", action="store_true",
        help=say(
            "leave out sources with mistakes (exit code 3), unless they are published already",
            "Quellen mit Fehlern weglassen (Rückgabewert 3), außer sie sind schon veröffentlicht",
        ),
    )  # fmt: skip
    build.add_argument(
        "--first", action="store_true",
        help=say(
            "with --keep-going: nothing was published here before",
            "mit --keep-going: Hier wurde noch nichts veröffentlicht",
        ),
    )  # fmt: skip
    build.add_argument(
        "--force", action="store_true",
        help=say(
            "build into a folder with files of others, which stay",
            "in einen Ordner mit fremden Dateien bauen; sie bleiben",
        ),
    )  # fmt: skip
    commands.jobs(build)
    build.add_argument(
        "--explain", action="store_true",
        help=say("say why each page was rendered", "zu jeder Seite sagen, warum sie neu ist"),
    )  # fmt: skip
    build.add_argument(
        "--quiet", action="store_true",
        help=say("say nothing but problems", "nur sagen, was nicht stimmt"),
    )  # fmt: skip


def _add_serve(commands: _Commands) -> None:
    serve = commands.add(
        "serve",
        "Shows the portal in a browser, drafts and all. Each save is on screen at once.",
        "Zeigt das Portal im Browser, samt Entwürfen. Was gespeichert wird, erscheint sofort.",
    )  # fmt: skip
    commands.portal(serve)
    serve_command.add_options(serve, commands.say)
    commands.moment(serve)
    commands.jobs(serve)


def _add_check(commands: _Commands) -> None:
    check = commands.add(
        "check",
        "Says what is wrong or missing before anything is published. docs/pruefregeln.md explains "
        "each rule.",
        "Sagt vor dem Veröffentlichen, was falsch ist oder fehlt. docs/pruefregeln.md erklärt jede "
        "Regel.",
    )  # fmt: skip
    say = commands.say
    check.add_argument(
        "paths", type=_path, nargs="*", metavar=say("PATH", "PFAD"),
        help=say("tell only of these files and folders", "nur diese Dateien und Ordner"),
    )  # fmt: skip
    commands.portal(check)
    check.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text",
        help=say("how to say it (default: text)", "in welcher Form (sonst text)"),
    )  # fmt: skip
    check.add_argument(
        "--links", action="store_true",
        help=say("ask other websites for what is linked", "auch fremde Websites fragen"),
    )  # fmt: skip
    commands.everything(check)
    commands.moment(check)
    commands.jobs(check)


def _add_new(commands: _Commands) -> None:
    new = commands.add(
        "new",
        "Begins an article. Writes a draft in which every field is explained, and prints its path.",
        "Beginnt einen Artikel. Schreibt einen Entwurf, in dem jedes Feld erklärt ist, und nennt "
        "dessen Pfad.",
    )  # fmt: skip
    say = commands.say
    new.add_argument(
        "title",
        metavar=say("TITLE", "TITEL"),
        help=say("title of the article", "Titel des Artikels"),
    )
    new.add_argument(
        "--section", metavar=say("SECTION", "BEREICH"),
        help=say("section (default: the first)", "Bereich (sonst der erste)"),
    )  # fmt: skip
    new.add_argument(
        "--kind", metavar=say("KIND", "ART"),
        help=say("sort of article (default: news)", "Textsorte (sonst Meldung)"),
    )  # fmt: skip
    commands.portal(new)
    commands.moment(new)


def _add_status(commands: _Commands) -> None:
    status = commands.add(
        "status",
        "Says what is a draft, what appears or expires when, and when to build again.",
        "Sagt, was Entwurf ist, was wann erscheint oder abläuft und wann wieder zu bauen ist.",
    )  # fmt: skip
    status.add_argument(
        "--plain", action="store_true",
        help=commands.say(
            "print only the moment of the next build, if there is one, for a timer",
            "nur den Zeitpunkt des nächsten Baus nennen, falls es einen gibt, für einen Zeitgeber",
        ),
    )  # fmt: skip
    commands.portal(status)
    commands.moment(status)
    commands.jobs(status)


def _add_init(commands: _Commands) -> None:
    init = commands.add(
        "init",
        "Makes a new portal. It has portal.toml, layouts, assets and a first article.",
        "Legt ein neues Portal an. Es hat portal.toml, Layouts, Assets und einen ersten Artikel.",
    )  # fmt: skip
    init.add_argument(
        "folder", type=_path, metavar="DIR",
        help=commands.say("folder to make it in", "Ordner, in dem es entsteht"),
    )  # fmt: skip


def _add_import(commands: _Commands) -> None:
    command = commands.add(
        "import",
        "Brings an archive in. Reads exports of WordPress and folders of other generators, writes "
        "a portal that builds, and reports where each thing went.",
        "Übernimmt ein Archiv. Liest Exporte aus WordPress und Ordner anderer Generatoren, "
        "schreibt ein Portal, das sich bauen lässt, und berichtet, wo jedes Ding geblieben ist.",
    )  # fmt: skip
    import_command.add_options(command, commands.say)


def _add_schema(commands: _Commands) -> None:
    schema = commands.add(
        "schema",
        "Prints the JSON Schema of the front matter. Editors complete and check fields with it.",
        "Gibt das JSON-Schema des Kopfes aus. Editoren ergänzen und prüfen damit Felder.",
    )  # fmt: skip
    schema.add_argument(
        "--of", choices=("article", "firm", "ad"), default="article",
        help=commands.say("kind of source (article)", "Art der Quelle (article)"),
    )  # fmt: skip
    commands.portal(schema)


def _add_completion(commands: _Commands) -> None:
    completion = commands.add(
        "completion",
        "Prints what a shell needs to complete this command. docs/editoren.md says how.",
        "Gibt aus, womit eine Shell diesen Befehl ergänzt. docs/editoren.md sagt, wie.",
    )  # fmt: skip
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number from 1 on')
    return int(text)


def _path(text: str) -> Path:
    # An empty path would be the current folder: in scripts it is a variable that was never set.
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)
