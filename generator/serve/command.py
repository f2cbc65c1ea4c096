"""The command `serve`: its options, and the preview that they ask for."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

LAST_PORT: Final = 65535


def add_options(serve: argparse.ArgumentParser, say: Callable[[str, str], str]) -> None:
    """Adds the options that no other command has; `say` chooses between English and German."""
    serve.add_argument(
        "--host",
        type=_host,
        default="127.0.0.1",
        help=say(
            "address to listen at (default: 127.0.0.1, for this computer alone)",
            "unter welcher Adresse (sonst 127.0.0.1, nur für diesen Rechner)",
        ),
    )
    serve.add_argument(
        "--port",
        type=_port,
        metavar="N",
        help=say(
            "port (default: the first free one from 8000 on)",
            "Port (sonst der erste freie ab 8000)",
        ),
    )
    serve.add_argument(
        "--open", action="store_true", help=say("open a browser, too", "gleich im Browser öffnen")
    )
    serve.add_argument(
        "--no-drafts",
        dest="drafts",
        action="store_false",
        help=say("show only what is published", "nur zeigen, was schon erschienen ist"),
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number from 0 to {LAST_PORT}')
    return int(text)


def _host(text: str) -> str:
    # An empty address would be all of this computer's.
    if not text:
        raise argparse.ArgumentTypeError("the address is empty")
    return text


def run(options: argparse.Namespace) -> int:
    """Serves the preview until it is told to end; the exit code."""
    # Imported here: asking for help needs none of it.
    from generator.base import workers  # noqa: PLC0415
    from generator.serve import process  # noqa: PLC0415
    from generator.serve.protocol import Opening  # noqa: PLC0415

    opening = Opening(
        folder=str((options.portal or Path.cwd()).resolve()),
        exact=options.portal is not None,
        at=options.at or "",
        drafts=options.drafts,
        jobs=options.jobs or workers.available(),
    )
    backend = process.start(opening)
    # Imported here: while the backend starts, this process loads what it needs itself.
    from generator.serve import preview  # noqa: PLC0415

    wishes = preview.Wishes(options.host, options.port, options.open, options.language)
    return preview.serve(backend, opening, wishes)
