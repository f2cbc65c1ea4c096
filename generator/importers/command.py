"""The command `import`: its options, and what it does with an archive."""

import argparse
from collections.abc import Callable
from pathlib import Path


def add_options(command: argparse.ArgumentParser, say: Callable[[str, str], str]) -> None:
    """Adds the options of `import`; `say` chooses between English and German."""
    command.add_argument(
        "sources", type=Path, nargs="+", metavar=say("SOURCE", "QUELLE"),
        help=say("exports of WordPress (.xml), or the folder of an archive",
                 "Exporte aus WordPress (.xml) oder der Ordner eines Archivs"),
    )  # fmt: skip
    command.add_argument(
        "--into", type=Path, metavar="DIR",
        help=say("folder of the portal; one that is there is added to",
                 "Ordner des Portals; eines, das es gibt, wird ergänzt"),
    )  # fmt: skip
    command.add_argument(
        "--pictures", metavar="DIR|URL",
        help=say("folder with the pictures, or the website to fetch them from (default: none)",
                 "Ordner mit den Bildern, oder Website, von der sie zu holen sind (sonst keine)"),
    )  # fmt: skip
    command.add_argument(
        "--dry-run", action="store_true",
        help=say("write nothing; print the portal.toml, and count what would be refused",
                 "nichts schreiben; die portal.toml ausgeben und zählen, was nicht ginge"),
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Brings an archive in, and says what came of it; the exit code."""
    from generator.importers import bring_in  # noqa: PLC0415 - asking for help needs none of it

    return bring_in.run(options)
