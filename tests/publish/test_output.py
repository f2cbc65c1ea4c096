"""What publishing does to an output folder, and what it never does."""

import os
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.base.problems import PortalError
from generator.publish import journal
from generator.publish.journal import Journal, StagingArea
from generator.publish.output import (
    MANIFEST,
    OutputFolder,
    Published,
    Written,
    missing_or_changed,
    opened,
    publish,
)

STAYS = {"lock", "spares"}
"""What stays in a staging area."""

OWNER = "Rathaus & Netz https://example.org"


class Newsroom:
    """Publishes texts as a build does, and remembers `known` as a store does."""

    def __init__(self, output: Path, owner: str = OWNER) -> None:
        self.output = output
        self.owner = owner
        self.known: dict[str, Written] = {}

    def publish(self, site: Mapping[str, str], *, anew: bool = False) -> Published:
        """Publishes `site`, text by target: what changed or is damaged, or all of it `anew`."""
        with opened(self.output) as room:
            damaged = missing_or_changed(room.output, self.known)
            fresh = {
                target: text
                for target, text in site.items()
                if anew or target in damaged or self._is_new(target, text)
            }
            return self.publish_in(room, site, fresh)

    def publish_in(
        self, room: OutputFolder, site: Mapping[str, str], fresh: Mapping[str, str]
    ) -> Published:
        """Publishes `site`, of which `fresh` is written to the stage."""
        staged = {t: room.stage.write(t, text.encode(), digest(text)) for t, text in fresh.items()}
        done = publish(room, owner=self.owner, planned=list(site), staged=staged, known=self.known)
        self.known = done.files
        return done

    def _is_new(self, target: str, text: str) -> bool:
        return target not in self.known or self.known[target].digest != digest(text)


def digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def tree(output: Path) -> dict[str, str]:
    """All files in `output` but the manifest, and with a `/` at the end all empty folders."""
    found = {}
    for path in sorted(output.rglob("*")):
        name = path.relative_to(output).as_posix()
        if path.is_symlink() or path.is_file():
            found[name] = path.read_text() if path.is_file() else "a link"
        elif not any(path.iterdir()):
            found[name + "/"] = ""
    found.pop(MANIFEST, None)
    return found


def left_behind(output: Path) -> list[str]:
    """What lies in the workshops of `output`, but for what stays there."""
    found = [path for area in StagingArea.all_of(output) for path in area.path.glob("*")]
    return [path.name for path in found if path.name not in STAYS]


def inodes(output: Path) -> dict[str, tuple[int, int]]:
    files = (path for path in output.rglob("*") if path.is_file())
    return {
        p.relative_to(output).as_posix(): (p.stat().st_ino, p.stat().st_mtime_ns) for p in files
    }


@contextmanager
def refused(*names: str) -> Iterator[None]:
    """Expects a PortalError with these problems, by name."""
    with pytest.raises(PortalError) as caught:
        yield
    assert tuple(problem.name for problem in caught.value.problems) == names
    assert str(caught.value)  # each message finds its values


SITE = {
    "css/style.css": "…",
    "2026/03/haushalt/index.html": "Haushalt",
    "2026/03/haushalt/druck/index.html": "Haushalt, gedruckt",
    "2026/03/kita/index.html": "Kita",
    "2026/03/index.html": "März",
    "index.html": "Start",
}


@pytest.fixture(params=[journal.MANY, 2], ids=["alone", "halved"])
def room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Newsroom:
    """A newsroom that has published `SITE`, in one process or with the help of another."""
    monkeypatch.setattr(journal, "MANY", request.param)
    newsroom = Newsroom(tmp_path / "output")
    newsroom.publish(SITE)
    return newsroom


def test_first_publishing_makes_the_folder(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path / "not" / "yet" / "output")
    done = newsroom.publish(SITE)
    assert tree(newsroom.output) == SITE
    assert done.written == done.files.keys() == SITE.keys()
    assert not left_behind(newsroom.output)


def test_an_empty_folder_that_is_there_stays_the_same_folder(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir(mode=0o750)
    before = output.stat().st_ino
    Newsroom(output).publish(SITE)
    assert tree(output) == SITE
    assert output.stat().st_ino == before


def test_nothing_changed_touches_nothing(room: Newsroom) -> None:
    before = inodes(room.output), room.output.stat().st_mtime_ns
    done = room.publish(SITE)
    assert (inodes(room.output), room.output.stat().st_mtime_ns) == before
    assert not done.written
    assert done.files.keys() == SITE.keys()


def test_only_what_changed_is_replaced(room: Newsroom) -> None:
    before = inodes(room.output)
    done = room.publish(SITE | {"index.html": "Neuer Start"}, anew=True)
    after = inodes(room.output)
    assert {name for name in after if after[name] != before[name]} == {"index.html"}
    assert done.written == {"index.html"}
    assert done.files.keys() == SITE.keys()
    assert not missing_or_changed(room.output, done.files)


def test_a_lost_store_costs_no_file_its_time(room: Newsroom) -> None:
    before = inodes(room.output)
    room.known = {}
    done = room.publish(SITE)
    assert inodes(room.output) == before
    assert not done.written
    assert not missing_or_changed(room.output, done.files)


def test_a_lost_store_does_not_keep_pages_from_being_replaced_and_removed(room: Newsroom) -> None:
    room.known = {}
    site = {"index.html": "Neuer Start"}
    done = room.publish(site)
    assert tree(room.output) == site
    assert list(done.removed) == list(reversed(SITE))[1:]


def test_pages_no_longer_planned_go_and_so_do_their_folders(room: Newsroom) -> None:
    site = {target: text for target, text in SITE.items() if "kita" not in target}
    done = room.publish(site)
    assert tree(room.output) == site
    assert done.removed == ("2026/03/kita/index.html",)
    assert not (room.output / "2026/03/kita").exists()


def test_a_folder_whose_page_somebody_else_removed_goes_with_the_page(room: Newsroom) -> None:
    (room.output / "2026/03/kita/index.html").unlink()
    room.publish({path: text for path, text in SITE.items() if "kita" not in path})
    assert not (room.output / "2026/03/kita").exists()


def test_foreign_files_stay(room: Newsroom) -> None:
    foreign = {".well-known/acme": "token", "2026/03/kita/foto.jpg": "Foto", "leer/": ""}
    for name, text in foreign.items():
        (room.output / name).parent.mkdir(exist_ok=True)
        if name.endswith("/"):
            (room.output / name).mkdir()
        else:
            (room.output / name).write_text(text)
    site = {"index.html": "Start"}
    room.publish(site)
    assert tree(room.output) == site | foreign
    room.publish(SITE)
    assert tree(room.output) == SITE | foreign


def test_a_foreign_file_where_a_page_belongs_is_an_error(room: Newsroom) -> None:
    (room.output / "neu.html").write_text("fremd")
    (room.output / "sport").write_text("fremd")
    before = inodes(room.output)
    with refused("not-ours", "not-ours"):
        room.publish(SITE | {"neu.html": "Neu", "sport/a.html": "", "sport/b.html": ""}, anew=True)
    assert inodes(room.output) == before
    assert not left_behind(room.output)
    (room.output / "neu.html").unlink()
    (room.output / "sport").unlink()
    room.publish(SITE | {"neu.html": "Neu"})
    assert tree(room.output) == SITE | {"neu.html": "Neu"}


def test_a_foreign_file_with_the_page_s_bytes_becomes_the_generator_s(room: Newsroom) -> None:
    (room.output / "neu.html").write_text("Neu")
    done = room.publish(SITE | {"neu.html": "Neu"})
    assert "neu.html" in done.files.keys() - done.written
    room.publish(SITE)
    assert tree(room.output) == SITE


def test_a_lost_manifest_is_made_good_by_the_store(room: Newsroom) -> None:
    (room.output / MANIFEST).unlink()
    site = SITE | {"index.html": "Neuer Start"}
    del site["css/style.css"]
    room.publish(site)
    assert tree(room.output) == site
    assert (room.output / MANIFEST).exists()


@pytest.mark.parametrize(
    "text", ["", "x", "Stadtschreiber wrote these 6 files for x\nindex.html\n"]
)
def test_a_damaged_manifest_counts_as_lost(room: Newsroom, text: str) -> None:
    (room.output / MANIFEST).write_text(text)
    room.publish(SITE | {"index.html": "Neuer Start"})
    assert tree(room.output) == SITE | {"index.html": "Neuer Start"}
    assert (room.output / MANIFEST).read_text() == (
        f"Stadtschreiber wrote these 6 files for {OWNER}\n"
        + "".join(f"{t}\n" for t in SITE)
        + "{}\n"
    )


def test_without_store_and_manifest_only_pages_that_differ_are_in_the_way(room: Newsroom) -> None:
    (room.output / MANIFEST).unlink()
    room.known = {}
    with refused("not-ours"):
        room.publish(SITE | {"index.html": "Neuer Start"})
    assert tree(room.output) == SITE
    room.publish(SITE)
    room.publish(SITE | {"index.html": "Neuer Start"})
    assert tree(room.output) == SITE | {"index.html": "Neuer Start"}


def test_many_files_in_the_way_are_summed_up(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    for number in range(25):
        (output / f"{number}.html").write_text("fremd")
    with refused(*["not-ours"] * 10, "many-in-the-way"):
        Newsroom(output).publish({f"{number}.html": "" for number in range(25)})


def test_a_tampered_manifest_leads_nowhere(room: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("")
    head = f"Stadtschreiber wrote these 2 files for {OWNER}\n"
    (room.output / MANIFEST).write_text(f"{head}../keep.txt\n{tmp_path}/keep.txt\n")
    room.publish({"neu.html": "Neu"})
    assert (tmp_path / "keep.txt").exists()


def test_another_portal_s_folder_is_refused(room: Newsroom) -> None:
    before = inodes(room.output)
    other = Newsroom(room.output, "Anderswo https://example.com")
    with refused("other-portal"):
        other.publish({"index.html": "Anderswo"})
    assert inodes(room.output) == before


def test_a_portal_may_change_its_name(room: Newsroom, tmp_path: Path) -> None:
    room.owner = "Netz & Rathaus https://example.org"
    room.publish(SITE)
    clean = Newsroom(tmp_path / "clean", room.owner)
    clean.publish(SITE)
    assert (room.output / MANIFEST).read_text() == (clean.output / MANIFEST).read_text()


def test_a_name_of_two_lines_does_no_harm(room: Newsroom) -> None:
    room.owner = " Rathaus\n& Netz  https://example.org\n"
    before = inodes(room.output)
    room.publish(SITE)
    assert inodes(room.output) == before


def test_a_manifest_that_is_none_is_in_the_way(room: Newsroom) -> None:
    (room.output / MANIFEST).unlink()
    (room.output / MANIFEST).mkdir()
    assert missing_or_changed(room.output, room.known) == {MANIFEST}
    with refused("not-ours-inside"):
        room.publish(SITE)


def test_files_touched_by_hand_are_noticed(room: Newsroom) -> None:
    assert not missing_or_changed(room.output, room.known)
    (room.output / "index.html").write_text("Stort")
    (room.output / "2026/03/index.html").unlink()
    os.utime(room.output / "css/style.css")
    (room.output / "2026/03/kita/index.html").unlink()
    (room.output / "2026/03/kita").rmdir()
    (room.output / "2026/03/kita").write_text("")
    assert missing_or_changed(room.output, room.known) == {
        "index.html", "2026/03/index.html", "css/style.css", "2026/03/kita/index.html",
    }  # fmt: skip
    (room.output / "2026/03/kita").unlink()
    room.publish(SITE)
    assert tree(room.output) == SITE


def test_a_file_of_another_length_is_noticed_whatever_its_time_is(room: Newsroom) -> None:
    file = room.output / "index.html"
    status = file.stat()
    file.write_text("Etwas ganz anderes")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert missing_or_changed(room.output, room.known) == {"index.html"}


def test_all_is_missing_where_there_is_no_folder(room: Newsroom, tmp_path: Path) -> None:
    assert missing_or_changed(tmp_path / "elsewhere", room.known) == {*SITE, MANIFEST}


def test_pages_that_are_not_remembered_are_noticed(room: Newsroom) -> None:
    before = dict(room.known)
    room.publish(SITE | {"neu.html": "Neu"})
    assert missing_or_changed(room.output, before) == {MANIFEST}
    room.known = before
    room.publish(SITE)
    assert tree(room.output) == SITE
    (room.output / MANIFEST).unlink()
    assert missing_or_changed(room.output, room.known) == {MANIFEST}


def test_a_failed_build_leaves_the_folder_as_it_was(room: Newsroom) -> None:
    before = inodes(room.output)
    with pytest.raises(RuntimeError), opened(room.output) as opened_room:
        opened_room.stage.write("neu.html", b"Neu", b"")
        raise RuntimeError
    assert inodes(room.output) == before
    assert not left_behind(room.output)


def test_a_failed_first_build_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), opened(tmp_path / "output") as room:
        room.stage.write("neu.html", b"Neu", b"")
        raise RuntimeError
    assert not (tmp_path / "output").exists()
    assert not left_behind(tmp_path / "output")


def test_a_file_turns_into_a_folder_and_back(room: Newsroom) -> None:
    folder = {"index.html": "Start", "css/style.css/a": "Ordner", "css/style.css/b/c": "Ordner"}
    room.publish(folder)
    assert tree(room.output) == folder
    room.publish(SITE)
    assert tree(room.output) == SITE


@pytest.mark.parametrize("foreign", ["foto.jpg", "druck/foto.jpg", "leer/"])
def test_a_folder_with_something_foreign_does_not_turn_into_a_file(
    room: Newsroom, foreign: str
) -> None:
    folder = room.output / "2026/03/haushalt"
    if foreign.endswith("/"):
        (folder / foreign).mkdir()
    else:
        (folder / foreign).write_text("fremd")
    before = inodes(room.output)
    with refused("not-ours-inside"):
        room.publish({"index.html": "Neuer Start", "2026/03/haushalt": "Datei"})
    assert inodes(room.output) == before


def test_an_empty_foreign_folder_where_a_file_belongs_is_an_error(room: Newsroom) -> None:
    (room.output / "neu").mkdir()
    with refused("not-ours-inside"):
        room.publish(SITE | {"neu": "Datei"})


def test_the_output_folder_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "output").symlink_to(tmp_path / "www")
    Newsroom(tmp_path / "output").publish(SITE)
    assert tree(tmp_path / "www") == SITE
    assert (tmp_path / "output").is_symlink()


@pytest.mark.parametrize("target", ["2026/03/neu/index.html", "2026/03/kita/index.html"])
def test_no_link_inside_leads_a_write_out_of_the_folder(
    room: Newsroom, tmp_path: Path, target: str
) -> None:
    (room.output / "2026").rename(tmp_path / "elsewhere")
    (room.output / "2026").symlink_to(tmp_path / "elsewhere")
    before = tree(tmp_path / "elsewhere")
    with refused("not-a-file-or-folder"):
        room.publish(SITE | {target: "Neu"})
    assert tree(tmp_path / "elsewhere") == before
    room.publish({"index.html": "Start"})  # nothing is removed through the link, either
    assert tree(tmp_path / "elsewhere") == before


def test_a_link_where_a_page_belongs_is_not_written_through(room: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("Start")
    (room.output / "index.html").unlink()
    (room.output / "index.html").symlink_to(tmp_path / "secret")
    with refused("not-a-file-or-folder"):
        room.publish(SITE | {"index.html": "Neuer Start"})
    assert (tmp_path / "secret").read_text() == "Start"


def test_a_link_in_the_place_of_a_page_that_goes_is_somebodys_own(
    room: Newsroom, tmp_path: Path
) -> None:
    room.publish({"index.html": "a", "alt.html": "b"})
    (room.output / "alt.html").unlink()
    (room.output / "alt.html").symlink_to(tmp_path / "elsewhere")
    room.publish({"index.html": "a"})
    assert (room.output / "alt.html").is_symlink()


@pytest.mark.parametrize("target", ["../x", "/etc/x", "a/../../x"])
def test_nothing_is_staged_outside(tmp_path: Path, target: str) -> None:
    with opened(tmp_path / "output") as room, pytest.raises(ValueError, match="x"):
        room.stage.write(target, b"", b"")


def test_names_that_some_disks_hold_for_one_are_an_error(room: Newsroom) -> None:
    before = inodes(room.output)
    decomposed = unicodedata.normalize("NFD", "müll.html")
    with refused("names-alike", "names-alike", "file-and-folder"):
        site = {"a.html": "", "A.html": "", "müll.html": "", decomposed: "", "x": "", "X/y/z": ""}
        room.publish(SITE | site)
    assert inodes(room.output) == before


def test_capitals_may_change_on_a_disk_that_ignores_them(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Such a disk is imitated: one file under both names, and what removes the one removes both.
    remove = journal._remove

    def remove_both(targets: tuple[str, ...], output: Path) -> None:
        remove(targets + tuple(target.lower() for target in targets), output)

    monkeypatch.setattr(journal, "_remove", remove_both)
    room.publish(SITE | {"Sport.html": "Sport", "Kultur.html": "Kultur"})
    for name in ("Sport.html", "Kultur.html"):
        (room.output / name.lower()).hardlink_to(room.output / name)
    site = SITE | {"sport.html": "Sport", "kultur.html": "Kultur, neu"}
    room.publish(site)
    assert tree(room.output) == site


def test_arguments_that_contradict_each_other_are_a_mistake_of_the_caller(room: Newsroom) -> None:
    for site, fresh in (({"a": ""}, {}), ({}, {"a": ""})):
        with pytest.raises(ValueError, match="planned"), opened(room.output) as opened_room:
            room.publish_in(opened_room, site, fresh)
    assert tree(room.output) == SITE


def test_the_output_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("")
    with refused("output-not-a-folder"), opened(tmp_path / "output"):
        pass


def test_a_step_that_fails_is_taken_by_the_next_build(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = {target: f"{text}, neu" for target, text in SITE.items()} | {"neu.html": "Neu"}
    move = journal._move
    moved: list[str] = []

    def fail_at_the_third(source: str, goal: str) -> None:
        moved.append(goal)
        if len(moved) == 3:
            raise OSError(5, "Input/output error", goal)
        move(source, goal)

    with monkeypatch.context() as patch, refused("publishing-stopped"):
        patch.setattr(journal, "_move", fail_at_the_third)
        room.publish(site)
    assert tree(room.output) != site
    with opened(room.output) as again:
        assert [warning.name for warning in again.warnings] == ["publishing-finished"]
        assert tree(room.output) == site
    assert not left_behind(room.output)
    room.publish(site)
    assert tree(room.output) == site


def fails(_source: str, goal: str) -> None:
    raise OSError(5, "Input/output error", goal)


def test_what_appeared_in_the_way_since_is_not_overwritten(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, refused("publishing-stopped"):
        patch.setattr(journal, "_move", fails)
        room.publish(SITE | {"neu.html": "Neu"})
    (room.output / "neu.html").write_text("fremd")
    with refused("publishing-stopped"), opened(room.output):
        pass
    assert (room.output / "neu.html").read_text() == "fremd"
    (room.output / "neu.html").unlink()
    with opened(room.output) as again:
        assert [warning.name for warning in again.warnings] == ["publishing-finished"]
    assert tree(room.output) == SITE | {"neu.html": "Neu"}


def test_nothing_is_finished_in_a_folder_that_was_deleted_since(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, refused("publishing-stopped"):
        patch.setattr(journal, "_move", fails)
        room.publish(SITE | {"index.html": "Neuer Start"})
    shutil.rmtree(room.output)
    with opened(room.output) as again:
        assert not again.warnings
    assert not room.output.exists()
    assert not left_behind(room.output)


TARGETS = ("a", "a/b", "a/b/c", "a/d", "b", "b/index.html", "index.html", "c/x/1", "c/x/2", "c/y")
SITES = st.dictionaries(st.sampled_from(TARGETS), st.sampled_from("xyz"), max_size=7).filter(
    lambda site: not any(other.startswith(f"{target}/") for target in site for other in site)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(SITES, st.booleans(), st.booleans()), min_size=1, max_size=5))
def test_any_sequence_of_sites_ends_like_a_clean_build(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[dict[str, str], bool, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    newsroom = Newsroom(folder / "output")
    newsroom.output.mkdir()
    (newsroom.output / "foreign").write_text("")
    for site, anew, forget in steps:
        if forget:
            newsroom.known = {}
        newsroom.publish(site, anew=anew)
        assert tree(newsroom.output) == site | {"foreign": ""}
        assert not missing_or_changed(newsroom.output, newsroom.known)
        assert newsroom.known.keys() == site.keys()
    clean = Newsroom(folder / "clean")
    clean.publish(steps[-1][0])
    assert (clean.output / MANIFEST).read_text() == (newsroom.output / MANIFEST).read_text()


def test_an_output_that_was_moved_away_meanwhile_is_said(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path / "output")
    newsroom.publish(SITE)
    with refused("not-writable"), opened(newsroom.output) as room:
        newsroom.output.rename(tmp_path / "away")
        newsroom.publish_in(
            room, SITE | {"neu.html": ""}, dict.fromkeys(SITE | {"neu.html": ""}, "neu")
        )
    assert tree(tmp_path / "away") == SITE
    assert not newsroom.output.exists()


def test_a_stage_that_vanished_meanwhile_is_no_success(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path / "output")
    newsroom.publish(SITE)
    with pytest.raises(PortalError), opened(newsroom.output) as room:
        fresh = {target: f"{text}, neu" for target, text in SITE.items()}
        staged = {t: room.stage.write(t, x.encode(), digest(x)) for t, x in fresh.items()}
        journal = Journal(room.stage.path.name, room.stage.flat, (), (), tuple(staged), ())
        shutil.rmtree(room.stage.path)
        room.area.write(journal)
        room.area.carry_out(journal, newsroom.output)
    assert tree(newsroom.output) == SITE
    with opened(newsroom.output):
        pass  # what cannot be finished is said once and does not stand in the way
