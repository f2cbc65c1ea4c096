"""The preview as a process: who gets an answer, what is heard of, how it begins and ends."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import preview_line, preview_process
from generator.preview_line import Gone, Line
from generator.preview_talk import Answer, Ask, Look, News, Opened, Opening
from tests.portals import TestPortal
from tests.previews import Preview, free_port, previewing

pytestmark = pytest.mark.preview


@pytest.fixture
def filled(portal: TestPortal) -> TestPortal:
    """A portal with three articles."""
    for number in range(3):
        portal.article(f"2026/05/text-{number}.md", f"Satz {number}.", title=f"Titel {number}")
    return portal


@pytest.fixture
def preview(filled: TestPortal) -> Iterator[Preview]:
    with previewing(filled.root) as running:
        yield running


PAGE = "/2026/05/text-1/"


def test_pages_come_fresh_and_assets_to_stay(preview: Preview) -> None:
    page = preview.get(PAGE)
    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    style = next(part for part in page.text.split('"') if part.endswith(".css"))
    asset = preview.get(style)
    assert asset.status == 200
    assert "immutable" in asset.headers["Cache-Control"]
    assert preview.get(PAGE, "HEAD").data == b""
    assert preview.get(PAGE, "POST").status == 405
    assert preview.get("/politik").headers["Location"] == "/politik/"
    assert preview.get("/feed.xml").headers["Content-Type"].startswith("application/xml")


def test_a_missing_page_is_the_portals_own_and_reloads_itself(preview: Preview) -> None:
    missing = preview.get("/nirgends/")
    assert missing.status == 404
    assert "Seite nicht gefunden" in missing.text
    assert "/livereload.js" in missing.text


@pytest.mark.parametrize("path", ["/", "/nirgends/", "/livereload.js", "/livereload"])
def test_who_asks_for_another_server_gets_nothing(preview: Preview, path: str) -> None:
    refused = preview.get(path, Host=f"evil.example:{preview.port}")
    assert refused.status == 403
    assert "<" not in refused.text


def test_a_page_of_another_website_cannot_listen(preview: Preview) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec_WebSocket_Version": "13",
    }
    assert preview.get("/livereload", Origin="http://evil.example", **upgrade).status == 403
    with socket.create_connection(("127.0.0.1", preview.port), timeout=30) as line:
        lines = [
            "GET /livereload HTTP/1.1",
            f"Host: 127.0.0.1:{preview.port}",
            f"Origin: {preview.address}",
            *(f"{name.replace('_', '-')}: {value}" for name, value in upgrade.items()),
        ]
        line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        assert line.recv(100).startswith(b"HTTP/1.1 101 ")


@pytest.mark.parametrize(
    "path", ["/.stadtschreiber/preview/store.sqlite", "/%2e%2e/portal.toml", "/..%2fportal.toml"]
)
def test_no_file_is_served_that_is_no_page(preview: Preview, path: str) -> None:
    assert preview.get(path).status == 404


# Ways of saving.


def in_place(file: Path, text: str) -> None:
    file.write_text(text)


def slowly_in_place(file: Path, text: str) -> None:
    with file.open("w") as stream:
        for part in (text[:30], text[30:60], text[60:]):
            stream.write(part)
            stream.flush()
            time.sleep(0.03)


def by_renaming(file: Path, text: str) -> None:
    new = file.with_name(f"{file.name}.tmp")
    new.write_text(text)
    new.rename(file)


def as_vim_does(file: Path, text: str) -> None:
    swap = file.with_name(f".{file.name}.swp")
    swap.write_text("x")
    probe = file.with_name("4913")
    probe.write_text("")
    probe.unlink()
    backup = file.with_name(f"{file.name}~")
    file.rename(backup)
    file.write_text(text)
    backup.unlink()
    swap.unlink()


def by_removing_first(file: Path, text: str) -> None:
    file.unlink()
    time.sleep(0.04)
    file.write_text(text)


WAYS = [in_place, slowly_in_place, by_renaming, as_vim_does, by_removing_first]


def test_a_save_is_seen_whatever_way_an_editor_saves(filled: TestPortal, preview: Preview) -> None:
    file = filled.root / "content/2026/05/text-1.md"
    text = file.read_text()
    for number, save in enumerate(WAYS):
        save(file, text.replace("Satz 1.", f"Fassung {number}."))
        preview.wait_for(PAGE, f"Fassung {number}.")
    assert not [line for line in preview.said if "error" in line]


def test_each_kind_of_file_is_listened_to(filled: TestPortal, preview: Preview) -> None:
    filled.article("2026/06/neu.md", title="Neues")
    preview.wait_for("/2026/05/neu/", "Neues")
    (filled.root / "content/2026/06").rename(filled.root / "content/2026/07")
    preview.wait_until_said(" 2 files: ")
    filled.article("2026/07/neu.md", title="Anderes")
    preview.wait_for("/2026/05/neu/", "Anderes")
    layout = filled.root / "layouts/fragments/footer.html"
    layout.write_text(layout.read_text() + "<p>Unten</p>")
    preview.wait_for("/", "<p>Unten</p>")
    style = filled.root / "assets/css/style.css"
    before = next(part for part in preview.get("/").text.split('"') if part.endswith(".css"))
    style.write_text(style.read_text() + "\n/* anders */")
    end = time.monotonic() + 30
    while before in preview.get("/").text and time.monotonic() < end:
        time.sleep(0.05)
    assert before not in preview.get("/").text
    toml = filled.root / "portal.toml"
    by_renaming(toml, toml.read_text().replace("Amt & Alltag", "Rat & Tat"))
    preview.wait_for("/", "Rat &amp; Tat")


def test_a_folder_that_was_replaced_is_listened_to(filled: TestPortal, preview: Preview) -> None:
    content = filled.root / "content"
    content.rename(filled.root / "old")
    (filled.root / "old").rename(content)
    filled.article("2026/06/danach.md", title="Danach")
    preview.wait_for("/politik/", "Danach")
    time.sleep(1)
    filled.article("2026/06/zuletzt.md", title="Zuletzt")
    preview.wait_for("/politik/", "Zuletzt")


def test_a_checkout_of_a_thousand_files_is_one_build(portal: TestPortal) -> None:
    for number in range(1000):
        portal.article(f"2026/{number % 12 + 1:02}/text-{number}.md", "Alt.")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@y.example", "-C", str(portal.root)]
    portal.write(".gitignore", ".stadtschreiber\n")
    subprocess.run([*git, "init", "-q"], check=True)
    for text in ("Alt.", "Neu."):
        for file in (portal.root / "content").rglob("*.md"):
            file.write_text(file.read_text().replace("Alt.", text))
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", text], check=True)
    with previewing(portal.root) as preview:
        preview.wait_for("/2026/05/text-4/", "Neu.")
        subprocess.run([*git, "checkout", "-q", "HEAD~1"], check=True)
        preview.wait_for("/2026/05/text-4/", "Alt.")
        preview.wait_until_said(" 1000 files: ")
        assert len([line for line in preview.said if " files: " in line or ".md: " in line]) == 1


# Beginning and ending.


def children(pid: int) -> set[int]:
    """All processes that a process has started, and those have."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(place.read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found.add(int(place.parent.name))
    return found.union(*map(children, found)) if found else found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(filled: TestPortal, number: int) -> None:
    with previewing(filled.root) as preview:
        preview.get("/")
        others = children(preview.process.pid)
        assert others
        assert preview.end(number) == 0
        assert not [pid for pid in others if Path(f"/proc/{pid}").exists()]
    assert preview.said[-1] == "The preview has ended."
    assert not any("Traceback" in line for line in preview.said)


def test_nothing_is_left_of_it_when_it_is_killed(filled: TestPortal) -> None:
    with previewing(filled.root) as preview:
        others = children(preview.process.pid)
        preview.process.kill()
        end = time.monotonic() + 30
        while any(Path(f"/proc/{pid}").exists() for pid in others) and time.monotonic() < end:
            time.sleep(0.05)
        assert not [pid for pid in others if Path(f"/proc/{pid}").exists()]


def test_a_bench_that_dies_is_replaced(filled: TestPortal) -> None:
    with previewing(filled.root) as preview:
        bench = min(children(preview.process.pid))
        os.kill(bench, signal.SIGKILL)
        assert preview.get(PAGE).status in (200, 500, 503)
        preview.wait_for(PAGE, "Satz 1.")
        file = filled.root / "content/2026/05/text-1.md"
        file.write_text(file.read_text().replace("Satz 1.", "Satz eins."))
        preview.wait_for(PAGE, "Satz eins.")


def test_a_page_that_never_ends_is_given_up(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_line, "PATIENCE", 2.0)
    layout = filled.root / "layouts/standing.html"
    filled.write("content/seiten/impressum.md", "---\ntitle: Impressum\n---\n\nWir.\n")
    layout.write_text(
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    )

    async def ask() -> tuple[bool, int]:
        opening = Opening(str(filled.root), exact=True, at="", drafts=True, jobs=1)
        line = Line(preview_process.start(opening), opening)
        assert isinstance(line.opened(), Opened)
        assert isinstance(await line.ask(Look(all=True)), News)
        with pytest.raises(Gone) as gone:
            await line.ask(Ask("/impressum/", "localhost", "de"))
        assert isinstance(await line.ask(Look(all=True)), News)
        answer = await line.ask(Ask("/", "localhost", "de"))
        await line.close()
        assert isinstance(answer, Answer)
        return gone.value.slow, answer.status

    assert asyncio.run(ask()) == (True, 200)


def test_a_port_that_is_taken_is_said(filled: TestPortal) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = filled.run("serve", "--port", str(port), environment={"LC_ALL": "C"})
    assert done.returncode == 2
    assert done.stderr.startswith(f"--port: error S101 preview-port-taken: Port {port} is in use")
    assert done.stdout == ""


def test_without_a_wish_the_next_free_port_is_taken(filled: TestPortal) -> None:
    with contextlib.ExitStack() as stack:
        taken = stack.enter_context(socket.socket())
        with contextlib.suppress(OSError):  # somebody else has it: just as well
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        process = subprocess.Popen(["true"])
        process.wait()
        with previewing(filled.root, port=-1) as preview:
            assert preview.port > 8000
            assert preview.get("/").status == 200
            assert any("S102" in line for line in preview.said)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--at", "gestern"], 1, "--at: error F151"),
        (["--portal", "/nirgends"], 1, "error P100"),
        (["--port", "99999"], 2, "--port"),
        (["--host", "gibt.es.nicht.invalid"], 2, "--host: error S103"),
    ],
)
def test_what_cannot_be_is_said(
    filled: TestPortal, arguments: list[str], code: int, said: str
) -> None:
    done = filled.run("serve", "--port", str(free_port()), *arguments, environment={"LC_ALL": "C"})
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert said in done.stderr


def test_mistakes_are_said_on_the_terminal_until_they_are_mended(filled: TestPortal) -> None:
    file = filled.root / "content/2026/05/text-1.md"
    text = file.read_text()
    file.write_text(text.replace("date: ", "date: am "))
    with previewing(filled.root, LC_ALL="de_DE.UTF-8") as preview:
        preview.wait_until_said("content/2026/05/text-1.md:3:7: Fehler F151")
        file.write_text(text)
        preview.wait_until_said("Alle Fehler sind behoben")
