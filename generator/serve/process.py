"""The process in which the bench runs: how it is started and ended."""

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
    """A bench for the portal that `opening` names; it answers on its standard output."""
    bench = subprocess.Popen(
        [sys.executable, "-m", "generator.serve.backend"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # so that it can be ended with its workers
    )
    # A worker that is busy when the bench dies keeps the stream open, and a reader waiting.
    Thread(target=_bury, args=(bench,), daemon=True).start()
    with suppress(OSError):  # it has ended already: who waits for what it says will see
        send(stream(bench.stdin), opening)
    return bench


def kill(bench: Process) -> None:
    """Ends a bench and its workers at once."""
    bench.kill()
    _bury(bench)


def hang_up(bench: Process) -> None:
    """Closes the streams of a bench that has ended."""
    for one in (bench.stdin, bench.stdout):
        with suppress(OSError):  # something was still to be said to it
            stream(one).close()


def _bury(bench: Process) -> None:
    """Waits for the end of a bench, and ends the workers that it left."""
    bench.wait()
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(bench.pid, signal.SIGKILL)


def stream(of: IO[bytes] | None) -> IO[bytes]:
    """A stream of a process that was started with it."""
    if of is None:
        raise ValueError("the process was started without this stream")
    return of
