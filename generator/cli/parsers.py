"""A parser of arguments that guesses what was meant, and one that speaks German."""

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn

from generator.base.suggestions import nearest

_CHOICE: Final = re.compile(r"invalid choice: '?(.*?)'? \(choose from (.*)\)")

_GERMAN: Final[Sequence[tuple[str, str]]] = (
    (r"unrecognized arguments: (.*)", r"unbekannt: \1"),
    (r"the following arguments are required: (.*)", r"es fehlt: \1"),
    (r"invalid choice: (.*?) \(choose from (.*?)\)", r"\1 gibt es nicht (möglich sind \2)"),
    (r"expected one argument", "hier fehlt ein Wert"),
    (r"expected at least one argument", "hier fehlt wenigstens ein Wert"),
    (r"ignored explicit argument (.*)", r"hier darf kein Wert stehen: \1"),
    (r"not allowed with argument (.*)", r"geht nicht zusammen mit \1"),
    (r'("[^"]*") is not a whole number from 1 on', r"\1 ist keine ganze Zahl ab 1"),
    (r'("[^"]*") is not a number from 0 to (\d+)', r"\1 ist keine Zahl von 0 bis \2"),
    (r"the path is empty", "der Pfad ist leer"),
    (r"the address is empty", "die Adresse ist leer"),
    (r"Did you mean (.*)\?", r"Meinten Sie \1?"),
    (r"^argument ", "Argument "),
)
"""What argparse and our own types say in English, and the same in German.

argparse has no catalogue of its own and asks `gettext`, whose state is the whole process's."""

_HEADINGS: Final = {"options": "Optionen", "positional arguments": "Argumente"}


class Parser(argparse.ArgumentParser):
    """Says what may have been meant where a choice does not exist."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong with the call, and ends the process with 2."""
        if found := _CHOICE.search(message):
            choices = [choice.strip(" '") for choice in found[2].split(",")]
            if near := nearest(found[1], choices):
                message = f"{message}. Did you mean {near}?"
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {self.said(message)}\n")

    def said(self, message: str) -> str:
        """What is wrong, in the language of the user."""
        return f"error: {message}"


class GermanFormatter(argparse.HelpFormatter):
    """Help with German headings."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """The line that says how to call the command."""
        super().add_usage(usage, actions, groups, "Aufruf: " if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """The heading of some arguments."""
        super().start_section(_HEADINGS.get(heading or "", heading))


class GermanParser(Parser):
    """Says it in German."""

    def said(self, message: str) -> str:
        """What is wrong, in German; what is not known here stays English."""
        for english, german in _GERMAN:
            message = re.sub(english, german, message)
        return f"Fehler: {message}"
