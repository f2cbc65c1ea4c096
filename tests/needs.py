"""What some tests want besides Python and its libraries.

A test says so with `@pytest.mark.needs("nginx")`, or calls `want`. Where the thing is missing, the
test skips, and says how it comes here. `EVERYTHING_INSTALLED=1` in the environment, as `.ci/run`
sets it, makes it fail instead. What no installation mends, as a machine that lets nobody mount, is
skipped everywhere: see `forbidden`.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

import pytest

ROOT: Final = Path(__file__).parent.parent
CHROMIUM: Final = Path(shutil.which("chromium") or "/usr/bin/chromium")
FIREFOX: Final = Path(shutil.which("firefox-esr") or "/usr/bin/firefox-esr")
NGINX: Final = Path(shutil.which("nginx") or "/usr/sbin/nginx")
BROTLI: Final = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
SSHD: Final = Path("/usr/sbin/sshd")
VNU: Final = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
AXE: Final = ROOT / "node_modules/axe-core/axe.min.js"

NPM: Final = "npm ci --ignore-scripts"


class Thing(NamedTuple):
    """Something that is installed or not."""

    what: str
    where: str | Path
    """A file, or the name of a command that is in the PATH."""
    install: str

    def is_there(self) -> bool:
        """Whether a test can use it."""
        if isinstance(self.where, Path):
            return self.where.is_file()
        return shutil.which(self.where) is not None


THINGS: Final = {
    "axe": Thing("axe (it finds barriers on pages)", AXE, NPM),
    "bash": Thing("bash", "bash", "apt-get install bash"),
    "brotli": Thing("nginx's Brotli", BROTLI, "apt-get install libnginx-mod-http-brotli-static"),
    "btrfs": Thing("btrfs (for quotas)", "mkfs.btrfs", "apt-get install btrfs-progs"),
    "chromium": Thing("Chromium", CHROMIUM, "apt-get install chromium"),
    "ext4": Thing("ext4 (for small disks)", "mkfs.ext4", "apt-get install e2fsprogs"),
    "faketime": Thing("faketime (a clock that jumps)", "faketime", "apt-get install faketime"),
    "firefox": Thing("Firefox", FIREFOX, "apt-get install firefox-esr"),
    "git": Thing("git", "git", "apt-get install git"),
    "java": Thing("Java", "java", "apt-get install default-jre-headless"),
    "rsync": Thing("rsync", "rsync", "apt-get install rsync"),
    "sshd": Thing("sshd", SSHD, "apt-get install openssh-server openssh-client"),
    "nginx": Thing("nginx", NGINX, "apt-get install nginx-light"),
    "vnu": Thing("the W3C's HTML checker", VNU, NPM),
}


def want(*names: str) -> None:
    """Ends the test that calls it if one of the `THINGS` is missing."""
    for name in names:
        thing = THINGS[name]
        if not thing.is_there():
            missing = f"{thing.what} is missing; to have it: {thing.install}"
            if "EVERYTHING_INSTALLED" in os.environ:  # not CI: with it Hypothesis leaves no chance
                pytest.fail(missing, pytrace=False)
            pytest.skip(missing)


def forbidden(what: str) -> NoReturn:
    """Skips a test of what this machine allows nobody, and says so even where skips are quiet."""
    sys.__stderr__.write(f"\nNOT TESTED: {what}\n")  # type: ignore[union-attr]
    pytest.skip(what)
