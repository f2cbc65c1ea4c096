"""The process in which the backend runs: how it is started and ended."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Thread
from typing import IO, TypeAlias

from generator.serve.protocol import Opening, send

Process: TypeAlias = "subprocess.Popen[bytes]"


def start(opening: Opening) -> Process:
    """A backend for the portal that `opening` names; it answers on its standard output."""
    backend = subprocess.Popen(
        [sys.executable, "-m", "generator.serve.backend"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # so that it can be ended with its workers
    )
    # A worker that is busy when the backend dies keeps the stream open, and a reader waiting.
    Thread(target=_bury, args=(backend,), daemon=True).start()
    with suppress(OSError):  # it has ended already: who waits for what it says will see
        send(stream(backend.stdin), opening)
    return backend


def kill(backend: Process) -> None:
    """Ends a backend and its workers at once."""
    backend.kill()
    _bury(backend)


def hang_up(backend: Process) -> None:
    """Closes the streams of a backend that has ended."""
    for one in (backend.stdin, backend.stdout):
        with suppress(OSError):  # something was still to be said to it
            stream(one).close()


def _bury(backend: Process) -> None:
    """Waits for the end of a backend, and ends the workers that it left."""
    backend.wait()
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(backend.pid, signal.SIGKILL)


def stream(of: IO[bytes] | None) -> IO[bytes]:
    """A stream of a process that was started with it."""
    if of is None:
        raise ValueError("the process was started without this stream")
    return of
