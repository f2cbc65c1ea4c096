"""A parser of arguments that guesses what was meant, and speaks the user's language.

Where argparse wants a text, it is given the name of an entry of the catalogue (`base.words`), which
is read only when somebody asks for help.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

from generator.base.suggestions import nearest
from generator.base.words import Language, entry, names, word

_CHOICE: Final = r"invalid choice: '?(.*?)'? \(choose from (.*)\)"

_HEADINGS: Final = {"options": "heading-options", "positional arguments": "heading-arguments"}


class Parser(argparse.ArgumentParser):
    """Says what may have been meant where a choice does not exist.

    `fill` adds its arguments when they are asked for: of all commands one is called.
    """

    def __init__(
        self, *, language: Language, fill: Callable[["Parser"], None], **options: Any
    ) -> None:
        def formatter(prog: str) -> "HelpFormatter":
            return HelpFormatter(prog, language)

        super().__init__(**options, formatter_class=formatter, allow_abbrev=False, add_help=False)
        self._language: Language = language
        self._fill = fill
        self._filled = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse has it, with the arguments that `fill` adds."""
        self._be_filled()
        return super().parse_known_args(args, namespace)

    def _be_filled(self) -> None:
        if not self._filled:
            self._filled = True
            self.add_argument("-h", "--help", action="help", help="help-help")
            self._fill(self)

    def error(self, message: str) -> NoReturn:
        """Says what is wrong with the call, and ends the process with 2."""
        if found := re.search(_CHOICE, message):
            choices = [choice.strip(" '") for choice in found[2].split(",")]
            if near := nearest(found[1], choices):
                message += word("usage-nearest", "en", nearest=near)
        self.print_usage(sys.stderr)
        said, level = translated(message, self._language), word("error", self._language)
        self.exit(2, f"{self.prog}: {level}: {said}\n")

    def format_help(self) -> str:
        """The help, in the user's language."""
        self.spell_out()
        return super().format_help()

    def spell_out(self) -> None:
        """Puts texts in the place of names, here and in all commands; to be done once."""
        self._be_filled()
        self.description = word(self.description or "", self._language)
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                for choice in action.choices.values():
                    choice.spell_out()
                for told in action._choices_actions:
                    said = action.choices[told.dest].description
                    told.help = said.partition(". ")[0].rstrip(".")
            elif action.help:
                action.help = word(action.help, self._language)


class HelpFormatter(argparse.HelpFormatter):
    """Help with headings in one language."""

    def __init__(self, prog: str, language: Language) -> None:
        super().__init__(prog)
        self._language: Language = language

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """The line that says how to call the command."""
        prefix = word("usage", self._language) if prefix is None else prefix
        super().add_usage(usage, actions, groups, prefix)

    def start_section(self, heading: str | None) -> None:
        """The heading of some arguments."""
        super().start_section(heading and word(_HEADINGS.get(heading, heading), self._language))


def translated(said: str, language: Language) -> str:
    """What argparse says, in the user's language; what is not known here stays English."""
    if language == "en":
        return said
    for name in names():
        if name.startswith("usage-"):
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(entry(name)["en"]))
            if found := re.search(pattern, said):
                there = word(name, language, **found.groupdict())
                said = f"{said[: found.start()]}{there}{said[found.end() :]}"
    return said
