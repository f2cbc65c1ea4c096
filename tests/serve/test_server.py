"""The preview as a process: who gets an answer, what is heard of, how it begins and ends."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from generator.base import workers
from generator.serve import preview as previews
from generator.serve.preview import Busy, Client, Gone
from generator.serve.protocol import (
    Answer,
    Ask,
    GoOn,
    Look,
    News,
    Opening,
    start_backend,
)
from generator.serve.watcher import Batch, Changes
from tests.portals import ROOT, TestPortal
from tests.previews import (
    Preview,
    children_of,
    descendants_of,
    free_port,
    is_running,
    previewing,
    wait_until,
)

pytestmark = pytest.mark.system

T = TypeVar("T")


def fill(portal: TestPortal) -> TestPortal:
    """Gives a portal three articles."""
    for number in range(3):
        portal.article(f"2026/05/text-{number}.md", f"Satz {number}.", title=f"Titel {number}")
    return portal


@pytest.fixture
def filled(portal: TestPortal) -> TestPortal:
    """A portal of a test's own."""
    return fill(portal)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TestPortal:
    """A portal that several tests edit, each article by one of them."""
    return fill(TestPortal.make(tmp_path_factory.mktemp("shared") / "portal"))


@pytest.fixture(scope="module")
def preview(shared: TestPortal) -> Iterator[Preview]:
    """The preview of the shared portal."""
    with previewing(shared.root) as running:
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


def in_parts(file: Path, text: str) -> None:
    with file.open("w") as stream:
        for part in (text[:30], text[30:60], text[60:]):
            stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())


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
    file.write_text(text)


WAYS = [in_place, in_parts, by_renaming, as_vim_does, by_removing_first]


def test_a_save_is_seen_whatever_way_an_editor_saves(shared: TestPortal, preview: Preview) -> None:
    file = shared.root / "content/2026/05/text-1.md"
    text = file.read_text()
    for number, save in enumerate(WAYS):
        save(file, text.replace("Satz 1.", f"Fassung {number}."))
        preview.wait_for(PAGE, f"Fassung {number}.")
    wait_until(lambda: "stadtschreiber-preview" not in preview.get(PAGE).text)


def test_each_kind_of_file_is_listened_to(shared: TestPortal, preview: Preview) -> None:
    shared.article("2026/06/neu.md", title="Neues")
    preview.wait_for("/2026/05/neu/", "Neues")
    (shared.root / "content/2026/06").rename(shared.root / "content/2026/07")
    shared.article("2026/07/neu.md", title="Anderes")
    preview.wait_for("/2026/05/neu/", "Anderes")
    layout = shared.root / "layouts/fragments/footer.html"
    layout.write_text(layout.read_text() + "<p>Unten</p>")
    preview.wait_for("/", "<p>Unten</p>")
    style = shared.root / "assets/css/style.css"
    before = next(part for part in preview.get("/").text.split('"') if part.endswith(".css"))
    style.write_text(style.read_text() + "\n/* anders */")
    wait_until(lambda: before not in preview.get("/").text)
    toml = shared.root / "portal.toml"
    by_renaming(toml, toml.read_text().replace("Amt & Alltag", "Rat & Tat"))
    preview.wait_for("/", "Rat &amp; Tat")


def test_a_folder_that_was_replaced_is_listened_to(shared: TestPortal, preview: Preview) -> None:
    content = shared.root / "content"
    content.rename(shared.root / "old")
    (shared.root / "old").rename(content)
    shared.article("2026/06/danach.md", title="Danach")
    preview.wait_for("/politik/", "Danach")
    shared.article("2026/06/zuletzt.md", title="Zuletzt")
    preview.wait_for("/politik/", "Zuletzt")


def test_a_checkout_is_one_batch_however_it_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system tells of a thousand files bit by bit; the batch ends when nothing more comes."""
    changes = Changes(tmp_path, print)
    told = iter([range(30), range(30, 400), range(400, 1000)])

    def hear() -> None:
        changes._note({str(tmp_path / f"{number}.md") for number in next(told, ())})

    async def pause(_seconds: float) -> None:
        hear()

    async def gather() -> Batch | None:
        hear()
        return await changes.batch(60)

    monkeypatch.setattr(asyncio, "sleep", pause)
    batch = in_a_loop(gather)
    assert batch is not None
    assert len(batch.paths) == 1000


def test_a_thousand_files_changed_at_once_are_not_built_one_by_one(
    portal: TestPortal,
) -> None:
    files = [portal.article(f"2026/05/text-{number}.md", "Alt.") for number in range(1000)]
    new = files[0].read_text().replace("Alt.", "Neu.")
    with previewing(portal.root) as preview:
        preview.wait_for("/2026/05/text-4/", "Alt.")
        before = len(preview.said)
        # As long as it is stopped, it hears nothing: afterwards all has changed at once.
        preview.process.send_signal(signal.SIGSTOP)
        for number, file in enumerate(files):
            file.unlink()
            file.write_text(new.replace("text-0", f"text-{number}"))
        preview.process.send_signal(signal.SIGCONT)
        for number in (0, 4, 999):
            preview.wait_for(f"/2026/05/text-{number}/", "Neu.")
        assert 1 <= len([line for line in preview.said[before:] if line[:1].isdigit()]) <= 5


# Beginning and ending.


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(filled: TestPortal, number: int) -> None:
    with previewing(filled.root) as preview:
        preview.get("/")
        others = descendants_of(preview.process.pid)
        assert others
        assert preview.end(number) == 0
        wait_until(lambda: not any(map(is_running, others)))
    assert preview.said[-1] == "The preview has ended."
    assert not any("Traceback" in line for line in preview.said)


def test_nothing_is_left_of_it_when_it_is_killed(filled: TestPortal) -> None:
    with previewing(filled.root) as preview:
        others = descendants_of(preview.process.pid)
        preview.process.kill()
        wait_until(lambda: not any(map(is_running, others)))


def test_a_backend_that_dies_is_replaced(filled: TestPortal) -> None:
    file = filled.root / "content/2026/05/text-1.md"
    text = file.read_text()
    with previewing(filled.root) as preview:
        for turn in range(3):
            os.kill(preview.backend, signal.SIGKILL)
            assert preview.get(PAGE).status in (200, 500, 503)
            preview.wait_for(PAGE, "Satz 1.")
            file.write_text(text.replace("Satz 1.", f"Satz 1. Noch einer, {turn}."))
            preview.wait_for(PAGE, f"Noch einer, {turn}.")
        (worker, *_) = children_of(preview.backend)
        os.kill(worker, signal.SIGKILL)
        file.write_text(text.replace("Satz 1.", "Satz eins."))
        preview.wait_for(PAGE, "Satz eins.")


def in_a_loop(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What `make` makes, in a thread of its own: a browser may have the loop of this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(make())).result()


def test_a_page_that_never_ends_is_given_up(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = filled.root / "layouts/standing.html"
    filled.write("content/seiten/impressum.md", "---\ntitle: Impressum\n---\n\nWir.\n")
    layout.write_text(
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    )

    async def ask() -> tuple[bool, int]:
        opening = Opening(filled.root, at="", drafts=True, jobs=1)
        connection = Client(start_backend(opening))
        assert isinstance(await connection.ask(Look()), News)
        with monkeypatch.context() as patch, pytest.raises(Gone) as gone:
            patch.setitem(previews.BUDGETS, Ask, 0.5)
            await connection.ask(Ask("/impressum/", "localhost", "de"))
        assert isinstance(await connection.ask(Look()), News)
        answer = await connection.ask(Ask("/", "localhost", "de"))
        await connection.close()
        assert isinstance(answer, Answer)
        return gone.value.slow, answer.status

    assert in_a_loop(ask) == (True, 200)


def test_a_browser_waits_for_its_turn_and_not_for_ever(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backend that does not answer keeps nobody waiting; another one takes its place."""
    opening = Opening(filled.root, at="", drafts=True, jobs=1)
    monkeypatch.setattr(previews, "TURN", 0.1)
    monkeypatch.setitem(previews.BUDGETS, GoOn, 2.0)
    monkeypatch.setattr(workers, "PATIENCE", 1)

    async def ask() -> bool:
        before = {*children_of(os.getpid())}
        connection = Client(start_backend(opening))
        assert isinstance(await connection.ask(Look()), News)
        for child in {*children_of(os.getpid())} - before:
            os.kill(child, signal.SIGSTOP)
        going_on = asyncio.create_task(connection.ask(GoOn()))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await connection.ask(Ask("/", "localhost", "de"))
        with pytest.raises(Gone) as gone:
            await going_on
        assert isinstance(await connection.ask(Look()), News)
        await connection.close()
        return gone.value.slow

    assert in_a_loop(ask)


def test_a_port_that_is_taken_is_said(filled: TestPortal) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = filled.run("serve", "--port", str(port), environment={"LC_ALL": "C"})
    assert done.returncode == 2
    assert done.stderr.startswith(f"--port: error S101 preview-port-taken: Port {port} is in use")
    assert done.stdout == ""


def test_without_a_wish_the_nearest_portal_and_the_next_free_port_are_taken(
    filled: TestPortal,
) -> None:
    with contextlib.ExitStack() as stack:
        taken = stack.enter_context(socket.socket())
        with contextlib.suppress(OSError):  # somebody else has it: just as well
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        with previewing(filled.root / "content", port=-1) as preview:
            assert preview.port > 8000
            assert preview.get("/").status == 200
            assert any("S102" in line for line in preview.said)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--at", "gestern"], 2, "--at: error F151"),
        (["--portal", "/nirgends"], 2, "--portal: error P109"),
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


def test_the_process_that_talks_to_browsers_starts_without_jinja() -> None:
    """It is there at once, while the other one reads the portal."""
    modules = "generator.serve.preview, generator.serve.server, generator.serve.watcher"
    code = f"import sys, {modules}; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
