"""The command `serve`: its options, and the preview that they ask for."""

import argparse
from pathlib import Path
from typing import Final

from generator.base.words import word

LAST_PORT: Final = 65535


def add_options(serve: argparse.ArgumentParser) -> None:
    """Adds the options that no other command has."""
    serve.add_argument("--host", type=_host, default="127.0.0.1", help="help-host")
    serve.add_argument("--port", type=_port, metavar="N", help="help-port")
    serve.add_argument("--open", action="store_true", help="help-open")
    serve.add_argument("--no-drafts", dest="drafts", action="store_false", help="help-no-drafts")


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(word("usage-port", "en", value=text, limit=str(LAST_PORT)))
    return int(text)


def _host(text: str) -> str:
    # An empty address would be all of this computer's.
    if not text:
        raise argparse.ArgumentTypeError(word("usage-address-empty", "en"))
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
