"""What the preview says on the terminal that it was started from."""

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from generator.base.console import group_text, not_shown
from generator.base.grouping import groups
from generator.base.problems import Problem
from generator.base.words import Language, word


class Terminal:
    """Says what happens, in one language; paths are relative to `root`, the portal's folder."""

    def __init__(self, language: Language, root: Path) -> None:
        self.root = root
        self._language: Language = language

    def say(self, name: str, **values: object) -> None:
        """Says a sentence of the catalogue."""
        self._print(word(name, self._language, **values))

    def say_saved(self, changed: tuple[str, ...], seconds: float) -> None:
        """Says what was saved, and how long the preview took to take it in."""
        if len(changed) == 1:
            self.say("preview-saved", time=_now(), path=changed[0], seconds=seconds)
        else:
            self.say("preview-saved-many", time=_now(), count=len(changed), seconds=seconds)

    def say_mended(self) -> None:
        """Says that there is no mistake any more."""
        self.say("preview-mended", time=_now())

    def say_gone(self, count: int, left: int) -> None:
        """Says how many warnings there are no longer, and how many still."""
        self.say("preview-warnings-gone", time=_now(), count=count, left=left)

    def say_problems(self, problems: Iterable[Problem]) -> None:
        """Says each problem: where, what, what to write instead, and the line itself.

        Those of one kind are said together.
        """
        together = groups((one, one.message.severity) for one in sorted(problems))
        for group in together:
            self._print(group_text(group, self._language, self.root, sys.stderr), error=True)
        if rest := not_shown(together, self._language, "stadtschreiber check --all"):
            self._print(rest, error=True)

    def say_report(self, report: str) -> None:
        """Says what whoever mends the preview has to know."""
        self._print(report.rstrip(), error=True)

    def _print(self, text: str, *, error: bool = False) -> None:
        stream = sys.stderr if error else sys.stdout
        stream.write(f"{text}\n")
        stream.flush()


def _now() -> str:
    return f"{datetime.now():%H:%M:%S}"
