"""What carries files to a target: its `Remote` itself, or rsync."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeAlias

from generator.config.deploy import Target
from generator.deploy.local import LocalFolder
from generator.deploy.remote import Remote

Carry: TypeAlias = Callable[[Sequence[tuple[Path, str]]], None]
"""Brings files to their places at the target, at which there are none."""


class Line(NamedTuple):
    """The way to a target."""

    remote: Remote
    carry: Carry


@contextmanager
def connected(target: Target, *, state: Path) -> Iterator[Line]:
    """The way to a target while the block runs; `state` is a folder here for what nobody can keep
    at the target of a command.

    OSError: it cannot be reached.
    """
    if target.kind in ("folder", "command"):
        root = Path(target.path) if target.kind == "folder" else state
        root.mkdir(parents=True, exist_ok=True)
        local = LocalFolder(root)
        yield Line(local, local.put)
        return
    import tempfile

    from generator.deploy import rsync
    from generator.deploy.sftp import Sftp

    with tempfile.TemporaryDirectory(prefix="stadtschreiber-") as folder:
        socket = f"{folder}/line"
        sftp = Sftp(target, through=["-o", "ControlMaster=yes", "-o", f"ControlPath={socket}"])
        try:
            sftp.make_root()
            if target.kind == "sftp":
                yield Line(sftp, sftp.put)
            else:
                yield Line(sftp, lambda files: rsync.carry(target, socket, sftp, files))
        finally:
            sftp.close()
