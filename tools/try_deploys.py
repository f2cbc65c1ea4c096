"""Cuts deploys at random moments, while a real nginx is asked for pages: nothing may be torn.

    .venv/bin/python -m tools.try_deploys [--cuts N] [--seed N] [KIND …]

For each kind of target a portal is edited and deployed, and the deploy is killed or interrupted, or
its line is cut, after a random time, or its disk is full (where one may be mounted); the next one
has to complete it.  Meanwhile pages are fetched through nginx: each has to be whole, and what it
names has to be there.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.deploy.hosts import Host, built, free_port, seen, sshd
from tests.portals import PORTAL, ROOT, TestPortal

KINDS: Final = ("folder", "rsync", "rsync in place", "sftp", "command")

FILLER: Final = "filler"

ASSET: Final = re.compile(r'(?:href|src)="?(/assets/[^" >]+)')

NGINX: Final = """\
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; user root;
events {{ }}
http {{
    access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{ listen 127.0.0.1:{port}; root {root}; location ~ /\\. {{ return 404; }} }}
}}
"""


class Reader(threading.Thread):
    """Fetches pages and what they name until it is told to stop; `wrong` is what was not right."""

    def __init__(self, address: str, pages: list[str]) -> None:
        super().__init__(daemon=True)
        self.address, self.pages = address, pages
        self.count, self.wrong = 0, Counter[str]()
        self.whole: dict[str, set[str]] = {page: set() for page in pages}
        self.over = threading.Event()

    def expect(self, output: Path) -> None:
        """What was built may be seen from now on."""
        for page, texts in self.whole.items():
            texts.add((output / page[1:] / "index.html").read_text(encoding="utf-8"))

    def run(self) -> None:
        """Fetches."""
        chance = random.Random(1)
        while not self.over.is_set():
            page = chance.choice(self.pages)
            text = self.fetch(page)
            if text is None:
                continue
            if text not in self.whole[page]:
                self.wrong[f"torn: {page}"] += 1
            for name in ASSET.findall(text):
                self.fetch(name)
            time.sleep(0.005)

    def fetch(self, path: str) -> str | None:
        """The text at an address; None, and noted, where it is not there."""
        self.count += 1
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            self.wrong[f"{error.code}: {path}"] += 1
        except OSError as error:
            self.wrong[f"{error}"] += 1
        return None


@contextmanager
def nginx(folder: Path, root: Path) -> Iterator[str]:
    """An nginx that serves `root`; its address."""
    folder.mkdir()
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, root=root), encoding="utf-8")
    command = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c", str(config)]
    server = subprocess.Popen([*command, "-e", str(folder / "error.log")])
    try:
        time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def disk(place: Path) -> Iterator[bool]:
    """A small disk of its own at `place` while the block runs; whether there could be one."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "none", str(place)]
    mounted = not subprocess.run(command, check=False, capture_output=True).returncode
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", place], check=True)


def _fill(place: Path, chance: random.Random) -> None:
    """Leaves little room on the disk at `place`."""
    room = shutil.disk_usage(place).free
    with (place / FILLER).open("wb") as filler:
        filler.write(b"-" * max(0, room - chance.randrange(300_000)))


COMMAND: Final = (
    'cd $STADTSCHREIBER_OUTPUT; while read -r f; do mkdir -p "{0}/$(dirname "$f")" && '
    'cp "$f" "{0}/$f.new" && mv "{0}/$f.new" "{0}/$f" || exit 1; done < $STADTSCHREIBER_SEND && '
    'while read -r f; do rm -f "{0}/$f" || exit 1; done < $STADTSCHREIBER_REMOVE'
)
"""What an administrator may write who has a folder: each file whole, in the order of the list."""


def target_table(kind: str, path: Path, host: Host) -> str:
    """The table of portal.toml."""
    name = kind.partition(" ")[0]
    if kind == "command":
        command = COMMAND.format(path)
        return (
            f"\n[[deploy]]\nname = 'live'\nkind = 'command'\nkeep = 3\ncommand = '''{command}'''\n"
        )
    more = f'host = "127.0.0.1"\nport = {host.port}\n' if name != "folder" else ""
    in_place = "in_place = true\n" if kind.endswith("in place") else ""
    return (
        f'\n[[deploy]]\nname = "live"\nkind = "{name}"\npath = "{path}"\nkeep = 3\n{more}{in_place}'
    )


def cuts(kind: str, count: int, chance: random.Random) -> tuple[int, int, Counter[str]]:
    """Cuts so many deploys; how many were caught at work, fetches, and what was wrong."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deploys-")))
        folder.chmod(0o755)
        host = stack.enter_context(sshd(folder / "host"))
        place = folder / "target"
        mounted = stack.enter_context(disk(place))
        made = TestPortal.small(folder / "portal", toml=PORTAL + target_table(kind, place, host))
        for number in range(40):
            made.article(f"m-{number}.md", f"Text {number}.\n\n" * 200, title=f"Titel {number}")
        environment = {**os.environ, "STADTSCHREIBER_SSH": host.call, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "generator", "deploy", "live", "--quiet"]
        made.build()
        if not ASSET.search(made.page("/")):
            raise ValueError("pages name no assets")
        subprocess.run(command, cwd=made.root, env=environment, check=True)
        docroot = place / "current" if (place / "current").is_symlink() else place
        address = stack.enter_context(nginx(folder / "nginx", docroot))
        pages = [f"/2026/05/m-{n}/" for n in range(40)] + ["/", "/politik/"]
        reader = Reader(address, pages)
        reader.expect(made.output)
        reader.start()
        caught, wrong, longest = 0, Counter[str](), 1.0

        def start() -> "subprocess.Popen[bytes]":
            return subprocess.Popen(
                command, cwd=made.root, env=environment, stderr=subprocess.DEVNULL
            )

        for cut in range(count):
            for number in chance.sample(range(40), 12):
                made.article(f"m-{number}.md", f"Text {cut}.\n\n" * 200, title=f"Titel {number}")
            if chance.random() < 0.5:
                made.write("assets/style.css", f"body{{margin:{cut}px}}\n")
            made.build()
            reader.expect(made.output)
            full = mounted and chance.random() < 0.25
            if _is_hindered(start, place, chance, longest, full=full):
                caught += 1
            elif not full:
                longest = max(0.3, longest * 0.9)
            if chance.random() < 0.5:
                continue  # and the next one brings something else
            began = time.monotonic()
            done = subprocess.run(
                command, cwd=made.root, env=environment, capture_output=True, text=True, check=False
            )
            if time.monotonic() - began > longest:
                longest = min(3.0, longest * 1.2)
            if done.returncode:
                wrong[f"the next run: {done.stderr[:300]}"] += 1
            elif not built(made).items() <= seen_pages(place).items():
                wrong["the next run was not complete"] += 1
        reader.over.set()
        reader.join(10)
        return caught, reader.count, wrong + reader.wrong


def seen_pages(place: Path) -> dict[str, bytes]:
    """What readers see; assets of earlier releases are among it."""
    from generator.config.deploy import Target  # noqa: PLC0415 (for one name)

    return seen(Target("live", "folder", str(place)))


def _is_hindered(
    start: Callable[[], "subprocess.Popen[bytes]"],
    place: Path,
    chance: random.Random,
    longest: float,
    *,
    full: bool,
) -> bool:
    """Whether a deploy was caught at work, by a full disk or after at most `longest` seconds."""
    if full:
        _fill(place, chance)
        try:
            return start().wait(120) != 0
        finally:
            (place / FILLER).unlink()
    process = start()
    time.sleep(chance.uniform(0.15, longest))
    caught = process.poll() is None
    if caught:
        _cut(process, chance)
    process.wait(60)
    return caught


def _cut(process: "subprocess.Popen[bytes]", chance: random.Random) -> None:
    """Ends a deploy: it is killed, or interrupted, or its line is."""
    children = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False
    )
    lines = [int(pid) for pid in children.stdout.split()]
    way = chance.choice(["kill", "interrupt", "line"])
    if way == "line" and lines:
        for pid in lines:
            with suppress(ProcessLookupError):  # it was quicker
                os.kill(pid, signal.SIGKILL)
    elif way == "interrupt":
        process.send_signal(signal.SIGINT)
    else:
        process.kill()


def main() -> None:
    """Tries what is asked for, and says what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=KINDS)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    # A shell lets programs in the background ignore it, and they what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    failed = False
    for kind in options.kinds:
        caught, fetched, wrong = cuts(kind, options.cuts, random.Random(options.seed))
        count = sum(wrong.values())
        print(f"{kind}: {options.cuts} deploys, {caught} cut, {fetched} requests; wrong: {count}")
        for what, often in wrong.most_common(10):
            print(f"    {often} × {what}")
        failed |= bool(wrong)
    sys.exit(failed)


if __name__ == "__main__":
    main()
