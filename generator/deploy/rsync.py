"""Files go to a target with rsync, through a connection that is there."""

import errno
import os
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from generator.config.deploy import Target
from generator.deploy import ssh
from generator.deploy.remote import HEARTBEAT, LineLostError, NotInstalledError, RefusedError
from generator.deploy.sftp import Sftp

_REASONS: Final = {
    "No space left": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "Permission denied": errno.EACCES,
    "File name too long": errno.ENAMETOOLONG,
}
_BROKEN: Final = frozenset({10, 12, 30, 35, 255})
"""What rsync ends with when the line broke."""


def carry(target: Target, socket: str, sftp: Sftp, files: Sequence[tuple[Path, str]]) -> None:
    """Brings files to their places: rsync is shown a folder of links, in which each file has its
    place at the target.  OSError: what it complained of."""
    if not files:
        return
    with tempfile.TemporaryDirectory(prefix="stadtschreiber-") as folder:
        made: set[str] = set()
        for source, path in files:
            place = path.rpartition("/")[0]
            if place not in made:
                made.add(place)
                Path(folder, place).mkdir(parents=True, exist_ok=True)
            os.symlink(source, f"{folder}/{path}")  # noqa: PTH211 (a `Path` costs as much again)
        shell = shlex.join([*ssh.call(target), "-o", f"ControlPath={socket}"])
        # The folder's own rights are none of the target's business; nor is the time of a file.
        command = [
            "rsync", "-rL", "--ignore-existing", "--compress", "--chmod=D755,F644", "-e", shell,
            f"{folder}/", f"{target.host}:{target.path.rstrip('/')}/",
        ]  # fmt: skip
        code, said = _run(command, sftp)
    if code:
        raise _refusal(code, " ".join(said.split())[-600:], target)


def _run(command: Sequence[str], sftp: Sftp) -> tuple[int, str]:
    """The exit code of a program, and what it complained of; it may take its time."""
    try:
        running = subprocess.Popen(  # noqa: S603 (what the administrator wrote down)
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
    except FileNotFoundError as error:
        raise NotInstalledError(errno.ENOENT, "", "rsync") from error
    with running:
        while True:
            try:
                _, said = running.communicate(timeout=HEARTBEAT)
            except subprocess.TimeoutExpired:
                sftp.sign()
            except BaseException:
                running.kill()
                raise
            else:
                return running.returncode, said.decode("utf-8", "replace")


def _refusal(code: int, said: str, target: Target) -> OSError:
    """What rsync complained of."""
    if "rsync: not found" in said or "rsync: command not found" in said:
        return NotInstalledError(errno.ENOENT, target.host, "rsync")
    for words, number in _REASONS.items():
        if words in said:
            return OSError(number, said, target.path)
    if code in _BROKEN:
        return LineLostError(errno.ECONNRESET, said)
    return RefusedError(errno.EIO, said, target.path)
