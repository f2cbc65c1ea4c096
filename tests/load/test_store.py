"""A store may be lost, damaged, old, or somebody else's: it costs time, and nothing else."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from generator.base.problems import PortalError
from generator.engine.stale import FREE
from generator.load import store as stores
from generator.load.kept_list import CHUNK
from generator.load.store import FOLDER, Store
from generator.templates.context import Question
from tests.portals import PORTAL, ROOT, SVG, TestPortal, files_of

Harm = Callable[[Path], None]


@pytest.fixture
def portal(tmp_path: Path) -> TestPortal:
    """A small portal, built, in which an article has changed since."""
    made = TestPortal.small(tmp_path / "portal")
    fill(made)
    made.build()
    made.article("2026/05/a3.md", title="Anders")
    return made


def fill(portal: TestPortal) -> None:
    for number in range(8):
        portal.article(
            f"2026/05/a{number}.md", f"Text {number} [davor](a{max(0, number - 1)}.md)",
            keywords=f"Rat, Wort {number % 3}", author="ve",
        )  # fmt: skip
    portal.write("content/2026/05/bild.svg", SVG)
    portal.article("2026/05/b.md", "![x](bild.svg)", image="{file: bild.svg, alt: x}")


def store_of(portal: TestPortal) -> Path:
    return portal.root / FOLDER / "store.sqlite"


def equals_clean(portal: TestPortal) -> bool:
    found = portal.files()
    portal.build(clean=True)
    return found == portal.files()


def delete_folder(store: Path) -> None:
    shutil.rmtree(store.parent)


def delete(store: Path) -> None:
    store.unlink()


def empty(store: Path) -> None:
    store.write_bytes(b"")


def halve(store: Path) -> None:
    os.truncate(store, store.stat().st_size // 2)


def cut_odd(store: Path) -> None:
    os.truncate(store, 5000)


def garbage(store: Path) -> None:
    store.write_bytes(b"This is no store. " * 500)


def flip_bits(store: Path) -> None:
    data = bytearray(store.read_bytes())
    for place in range(200, len(data), 977):
        data[place] ^= 4
    store.write_bytes(data)


def overwrite_middle(store: Path) -> None:
    with store.open("r+b") as file:
        for place in range(4096, store.stat().st_size, 1000):
            file.seek(place)
            file.write(b"\xde\xad\xbe\xef" * 8)


def change(statement: str) -> Harm:
    """Harm by an SQL statement."""

    def harm(store: Path) -> None:
        with sqlite3.connect(store) as connection:
            connection.execute(statement)
        connection.close()

    return harm


HARMS: dict[str, Harm] = {
    "folder deleted": delete_folder,
    "deleted": delete,
    "empty": empty,
    "halved": halve,
    "cut within a page": cut_odd,
    "garbage": garbage,
    "overwritten": overwrite_middle,
    "bits flipped": flip_bits,
    "another version": change("UPDATE meta SET value = 'Stadtschreiber 0' WHERE key = 'identity'"),
    "no identity": change("DELETE FROM meta WHERE key = 'identity'"),
    "no table": change("DROP TABLE bodies"),
    "no bodies": change("DELETE FROM bodies"),
    "bodies are others": change("UPDATE bodies SET body = x'93'"),
    "records are others": change("UPDATE sources SET record = x'93'"),
    "records without an end": change("UPDATE sources SET record = substr(record, 1, 40)"),
    "records are lost": change("DELETE FROM sources"),
    "questions are lost": change("DELETE FROM meta WHERE key = 'questions'"),
    "some questions are lost": change("DELETE FROM meta WHERE key = 'questions' AND part = 0"),
    "some questions are doubled": change(
        "INSERT INTO meta SELECT key, part + 1, value FROM meta WHERE key = 'questions'"
        " AND part = (SELECT max(part) FROM meta WHERE key = 'questions')"
    ),
    "pages are lost": change("DELETE FROM meta WHERE key = 'pages' AND part = 0"),
    "no generation": change("DELETE FROM meta WHERE key = 'generation'"),
    "generation is another": change("UPDATE meta SET value = x'81a161' WHERE key = 'generation'"),
    "generation of another shape": change("UPDATE meta SET value = x'90' WHERE key = 'generation'"),
    "nothing written": change("DELETE FROM meta WHERE key = 'written'"),
    "written is another": change("UPDATE meta SET value = x'a161' WHERE key = 'written'"),
    "the up-to-date check is another": change(
        "UPDATE meta SET value = x'a161' WHERE key = 'up-to-date'"
    ),
    "files are others": change("UPDATE meta SET value = x'c0' WHERE key = 'files'"),
    "references are others": change("UPDATE meta SET value = x'c0' WHERE key = 'references'"),
    "pictures are others": change("UPDATE meta SET value = x'c0' WHERE key = 'pictures'"),
}


@pytest.mark.slow
@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_store_makes_no_difference(portal: TestPortal, harm: str) -> None:
    HARMS[harm](store_of(portal))
    portal.build()
    assert "Anders" in portal.page("/2026/05/a3/")
    assert portal.build().rendered == 0
    assert equals_clean(portal)


@pytest.mark.slow
@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_store_is_no_mistake_where_nothing_changed(portal: TestPortal, harm: str) -> None:
    portal.build()
    before = {path: path.stat().st_mtime_ns for path in portal.output.rglob("*")}
    HARMS[harm](store_of(portal))
    portal.build()
    assert before == {path: path.stat().st_mtime_ns for path in portal.output.rglob("*")}


@pytest.mark.parametrize("place", [FOLDER, f"{FOLDER}/store.sqlite", f"{FOLDER}/pictures"])
def test_where_the_store_cannot_be_a_message_says_so(portal: TestPortal, place: str) -> None:
    before = portal.files()
    there = portal.root / place
    if there.is_dir():
        shutil.rmtree(there)
        there.write_bytes(b"")
    else:
        there.unlink()
        (there / "folder").mkdir(parents=True)
    (found,) = portal.mistakes()
    assert found.name == "not-writable"
    assert FOLDER in found.path
    assert portal.files() == before


@pytest.mark.system
def test_a_full_disk_is_a_message_and_changes_nothing(portal: TestPortal, tmp_path: Path) -> None:
    """At every share of what a build needs, from nothing to enough."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        small = TestPortal(disk / "portal")
        shutil.copytree(portal.root, small.root)
        before, filler = small.files(), disk / "filler"
        results: list[str] = []
        for kilobytes in (0, 4, 8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 1024, 2048):
            filler.write_bytes(b"")
            room = shutil.disk_usage(disk).free
            filler.write_bytes(b"x" * max(0, room - kilobytes * 1024))
            if results and results[-1] == "built":
                small.article("2026/05/a3.md", title=f"Titel {kilobytes}")
            try:
                small.build(clean=kilobytes % 3 == 0)
                results.append("built")
                before = small.files()
            except PortalError as error:
                (found,) = error.problems
                results.append(found.name)
                assert small.files() == before
        assert results[0] == "disk-full"
        assert results[-1] == "built"
        assert set(results) <= {"disk-full", "built"}
        filler.unlink()
        assert equals_clean(small)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("word", ["Text 3", "Titel von", "Wort 1", "2026/05/a"])
def test_a_word_that_became_another_within_the_store_is_not_published(
    portal: TestPortal, word: str
) -> None:
    """SQLite has no checksums of its own."""
    data = store_of(portal).read_bytes()
    assert word.encode() in data
    store_of(portal).write_bytes(data.replace(word.encode(), b"X" * len(word)))
    portal.write("layouts/print.html", "{{ site.body(page.article) }}")
    portal.build()
    assert not any(b"XXX" in page for page in portal.files().values())
    assert equals_clean(portal)


def test_what_sqlite_keeps_beside_the_store_may_be_lost_or_left_over(portal: TestPortal) -> None:
    beside = store_of(portal).with_name("store.sqlite-wal")
    beside.write_bytes(b"left over from another one" * 400)
    portal.build()
    assert equals_clean(portal)


def test_an_old_store_is_as_good_as_it_can_be(portal: TestPortal, tmp_path: Path) -> None:
    """CI brings back that of an earlier run, with the output of a later one."""
    shutil.copytree(portal.root / FOLDER, tmp_path / "kept")
    for number in range(4):
        portal.article(f"2026/05/a{number}.md", f"Neuer Text {number}")
        portal.build()
    shutil.rmtree(portal.root / FOLDER)
    shutil.copytree(tmp_path / "kept", portal.root / FOLDER)
    report = portal.build()
    assert report.read == 4
    assert report.written == 0
    assert equals_clean(portal)


@pytest.mark.parametrize("with_output", [True, False])
def test_a_store_that_was_carried_elsewhere_helps_there(
    portal: TestPortal, tmp_path: Path, with_output: bool
) -> None:
    """Another checkout has other times, inodes and places; the bytes are the same."""
    portal.build()
    elsewhere = TestPortal(tmp_path / "woanders" / "portal")
    for folder in ("content", "layouts", "assets", "portal.toml", FOLDER, "output"):
        if folder != "output" or with_output:
            source, goal = portal.root / folder, elsewhere.root / folder
            goal.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, goal, copy_function=shutil.copyfile)
            else:
                shutil.copyfile(source, goal)
    report = elsewhere.build()
    assert report.read == 0
    assert elsewhere.files() == portal.files()
    if with_output:
        assert report.written == 0
    elsewhere.article("2026/05/a3.md", title="Noch anders")
    assert elsewhere.build().read == 1
    assert equals_clean(elsewhere)


def test_a_store_that_was_carried_with_the_output_and_its_times_renders_nothing(
    portal: TestPortal, tmp_path: Path
) -> None:
    portal.build()
    elsewhere = TestPortal(tmp_path / "woanders" / "portal")
    shutil.copytree(portal.root, elsewhere.root)  # keeps the times, as `tar` and `rsync -a` do
    report = elsewhere.build()
    assert (report.read, report.rendered, report.written) == (0, 0, 0)


def test_the_store_of_another_portal_does_no_harm(portal: TestPortal, tmp_path: Path) -> None:
    other = TestPortal.small(
        tmp_path / "other",
        toml=PORTAL.replace("Amt & Alltag", "Stadt & Land").replace("amt.", "s."),
    )
    for number in range(5):
        other.article(f"2026/05/a{number}.md", f"Ganz anders {number}")
    shutil.copytree(portal.root / FOLDER, other.root / FOLDER)
    other.build()
    assert "Ganz anders 2" in other.page("/2026/05/a2/")
    assert equals_clean(other)


@pytest.mark.slow
def test_one_store_serves_two_outputs(portal: TestPortal, tmp_path: Path) -> None:
    arguments = ("build", "--quiet", "--at", "2026-06-15 12:00")
    for _ in range(2):
        for folder in ("eins", "zwei"):
            assert portal.run(*arguments, "--output", str(tmp_path / folder)).returncode == 0
    portal.build()
    for folder in ("eins", "zwei"):
        built = TestPortal(tmp_path)
        shutil.rmtree(tmp_path / "output", ignore_errors=True)
        shutil.copytree(tmp_path / folder, tmp_path / "output")
        assert built.files() == portal.files()


@pytest.mark.system
def test_builds_into_several_outputs_at_once_share_the_store(
    portal: TestPortal, tmp_path: Path
) -> None:
    """One of them forgets what another has just remembered, if they do not take turns."""
    command = [sys.executable, "-m", "generator", "build", "--quiet", "--at", "2026-06-15 12:00"]
    for turn in range(3):
        running = [
            subprocess.Popen(
                [*command, "--output", str(tmp_path / f"o{n}"), *["--clean"] * (n == turn)],
                cwd=portal.root, env={**os.environ, "PYTHONPATH": str(ROOT)},
                stderr=subprocess.PIPE, text=True,
            )
            for n in range(4)
        ]  # fmt: skip
        portal.article(f"2026/05/a{turn}.md", f"Neu {turn}", keywords="Neu")
        assert [process.communicate()[1] for process in running] == [""] * 4
    for n in range(4):
        assert portal.run(*command[3:], "--output", str(tmp_path / f"o{n}")).returncode == 0
    portal.build(clean=True)
    assert all(files_of(tmp_path / f"o{n}") == portal.files() for n in range(4))


def test_bodies_and_sources_that_are_gone_are_forgotten(portal: TestPortal) -> None:
    portal.build()
    for number in range(8):
        portal.article(f"2026/05/a{number}.md", f"Anderer Text {number}")
    (portal.root / "content/2026/05/a7.md").unlink()
    portal.build()
    portal.build()
    with sqlite3.connect(store_of(portal)) as connection:
        assert len(stores.Meta(connection).records()) == 8
        assert connection.execute("SELECT count(*) FROM bodies").fetchone() == (8,)
    connection.close()


@pytest.mark.slow
def test_a_store_does_not_grow_with_builds(portal: TestPortal) -> None:
    sizes = []
    for number in range(30):
        portal.article("2026/05/a3.md", f"Text {number}", title=f"Titel {number}")
        portal.build()
        sizes.append(store_of(portal).stat().st_size)
    assert sizes[-1] <= 1.5 * sizes[5]


def test_what_nobody_asks_any_more_gives_its_place_to_another(portal: TestPortal) -> None:
    def known() -> tuple[dict[str, int], set[Question], set[Question]]:
        """The lengths of the lists, the questions, and those that derived answers are given to."""
        with sqlite3.connect(store_of(portal)) as connection:
            found = stores.Meta(connection).lists()
            questions = found["questions"].all()
            derived = {questions[kept.question] for kept in found["derived"]}
            lengths = {key: len(kept) for key, kept in found.items()}
        connection.close()
        return lengths, {*questions} - {FREE}, derived

    lengths = []
    for number in range(6):
        old = portal.root / f"content/2026/04/neu-{number - 1}.md"
        old.unlink(missing_ok=True)
        portal.article(f"2026/04/neu-{number}.md", date="2026-04-01", keywords=f"Neu {number % 2}")
        portal.build()
        lengths.append(known()[0])
    assert lengths[-1] == lengths[-2] == lengths[-3]
    questions, derived = known()[1:]
    portal.build(clean=True)
    assert known()[1:] == (questions, derived)


def test_a_value_that_goes_back_to_what_it_was_is_remembered_so(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    for values in ((b"one",), (b"other", b"one")):
        with closing(Store.open(file)) as store:
            store.get("key", bytes)
            for value in values:
                store.put("key", value)
            store.commit()
    with closing(Store.open(file)) as store:
        assert store.get("key", bytes) == b"one"


def test_only_those_parts_of_a_value_are_written_that_are_others(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    value = bytes(500_000)
    with closing(Store.open(file)) as store:
        store.put("key", value)
        store.commit()
    with closing(Store.open(file)) as store:
        store.get("key", bytes)
        store.put("key", value[:-1] + b"x")
        store.put("key", value[:-1] + b"y")
        assert store._connection.total_changes == 2
        store.put("key", b"")
        store.commit()
    with closing(Store.open(file)) as store:
        assert store.get("key", bytes) == b""


def test_items_that_are_put_behind_a_list_are_there_the_next_time(tmp_path: Path) -> None:
    items = [f"{number}" for number in range(CHUNK - 1)]
    with closing(Store.open(tmp_path / "store.sqlite")) as store:
        store.list("kept", str).put(items)
        store.commit()
    with closing(Store.open(tmp_path / "store.sqlite")) as store:
        store.list("kept", str).change({3: "anders", CHUNK - 1: "neu", CHUNK: "ganz neu"})
        store.commit()
    wanted = [*items[:3], "anders", *items[4:], "neu", "ganz neu"]
    with closing(Store.open(tmp_path / "store.sqlite")) as store:
        assert list(store.list("kept", str)) == wanted


def test_another_format_is_thrown_away(portal: TestPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.build()
    monkeypatch.setattr(stores, "FORMAT", stores.FORMAT + 1)
    opened = Store.open(store_of(portal))
    assert opened.renewed
    assert opened.records() == {}
    opened.close()
