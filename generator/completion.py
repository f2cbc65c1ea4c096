"""What shells need to complete the command."""

import argparse
from typing import Literal

import shtab

Shell = Literal["bash", "zsh", "fish"]


def script(parser: argparse.ArgumentParser, shell: Shell) -> str:
    """The script that teaches a shell to complete the command of `parser`."""
    return str(shtab.complete(parser, shell))
