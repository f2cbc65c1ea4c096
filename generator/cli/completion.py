"""What shells need to complete the command."""

import argparse
from collections.abc import Iterator
from typing import Literal

import shtab

from generator.cli.parsers import Parser
from generator.model.article import KINDS

Shell = Literal["bash", "zsh", "fish"]


def script(parser: Parser, shell: Shell) -> str:
    """The script that teaches a shell to complete the command of `parser`."""
    parser.spell_out()
    for action in _actions(parser):
        if action.metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]  # shtab reads it
        elif action.dest == "paths":
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # as above
        elif action.dest == "kind":
            action.choices = tuple(KINDS)
    return str(shtab.complete(parser, shell))


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """What may be said to a command and to its commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
