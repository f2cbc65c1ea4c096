"""What the preview says on the terminal that it was started from."""

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from generator.base.console import group_text, not_shown
from generator.base.grouping import groups
from generator.base.problems import Language, Problem
from generator.serve.words import word


class Terminal:
    """Says what happens, in one language; paths are relative to `root`, the portal's folder."""

    def __init__(self, language: Language, root: Path) -> None:
        self.root = root
        self._language: Language = language

    def say(self, name: str, **values: object) -> None:
        """Says a sentence of `page/words.toml`."""
        self._print(word(name, self._language, **values))

    def say_saved(self, changed: tuple[str, ...], seconds: float) -> None:
        """Says what was saved, and how long the preview took to take it in."""
        took, now = self.number(seconds), f"{datetime.now():%H:%M:%S}"
        if len(changed) == 1:
            self.say("saved", time=now, path=changed[0], seconds=took)
        else:
            self.say("many-saved", time=now, count=len(changed), seconds=took)

    def say_mended(self) -> None:
        """Says that there is no mistake any more."""
        self.say("mended", time=f"{datetime.now():%H:%M:%S}")

    def say_gone(self, count: int, left: int) -> None:
        """Says how many warnings there are no longer, and how many still."""
        name = "one-warning-gone" if count == 1 else "warnings-gone"
        self.say(name, time=f"{datetime.now():%H:%M:%S}", count=count, left=left)

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

    def number(self, value: float) -> str:
        """A number with two decimals as it is written in the language."""
        text = f"{value:.2f}"
        return text.replace(".", ",") if self._language == "de" else text

    def _print(self, text: str, *, error: bool = False) -> None:
        stream = sys.stderr if error else sys.stdout
        stream.write(f"{text}\n")
        stream.flush()
