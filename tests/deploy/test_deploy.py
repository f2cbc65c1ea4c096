"""What is published is what was built, on every kind of target, and nothing else is touched."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from generator.base.problems import PortalError, Problem
from generator.config.deploy import Target
from generator.deploy.deploy import Wishes, put_back
from generator.deploy.local import LocalFolder
from generator.deploy.manifest import CONTROL, File, is_asset, with_earlier_assets
from generator.publish.output import opened
from tests.deploy.hosts import Host, built, loaded, portal, seen, send, sshd
from tests.portals import NOW, PORTAL, ROOT, TestPortal, files_of
from tests.previews import wait_until

REMOTE = [pytest.mark.system, pytest.mark.needs("sshd", "rsync")]
KINDS = ["folder", *(pytest.param(k, marks=REMOTE) for k in ("sftp", "rsync", "rsync in place"))]
# What lies in place is brought alike by rsync and SFTP.
FEWER = ["folder", *(pytest.param(k, marks=REMOTE) for k in ("sftp", "rsync"))]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with sshd(tmp_path_factory.mktemp("host")) as started:
        yield started


@pytest.fixture
def target(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Target:
    kind, place = request.param, tmp_path / "target"
    if kind == "folder":
        return Target("live", "folder", str(place), keep=3)
    found: Host = request.getfixturevalue("host")
    monkeypatch.setenv("STADTSCHREIBER_SSH", found.call)
    name, in_place = kind.partition(" ")[0], kind.endswith("in place")
    return found.target(name, place, keep=3, in_place=in_place)


def refusal(made: TestPortal, target: Target, **wishes: object) -> str:
    """The name of the message with which a deploy ends."""
    with pytest.raises(PortalError) as raised:
        send(made, target, **wishes)
    return raised.value.problems[0].name


@pytest.mark.parametrize("target", KINDS, indirect=True)
def test_readers_see_what_was_built_after_each_edit(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal")
    send(made, target)
    assert seen(target) == built(made)
    for edit in range(3):
        made.article("meldung-1.md", f"Anders {edit}.", title=f"Titel {edit}")
        made.article(f"neu-{edit}.md")
        if edit:
            made.article(f"neu-{edit - 1}.md", draft="true")
        made.build()
        send(made, target)
        assert seen(target) == built(made)


@pytest.mark.parametrize("target", KINDS, indirect=True)
def test_only_what_changed_is_sent(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal")
    assert send(made, target).sent == len(built(made))
    before = built(made)
    assert send(made, target).sent == 0
    made.article("meldung-1.md", "Anders.", title="Titel 1")
    made.build()
    changed = [path for path, data in built(made).items() if before.get(path) != data]
    assert 0 < len(changed) < len(before) / 2
    assert send(made, target).sent == len(changed)


@pytest.mark.parametrize("target", KINDS[:2], indirect=True)
def test_assets_stay_for_readers_with_an_open_page(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal")
    send(made, target)
    (old,) = (p for p in built(made) if is_asset(p) and p.endswith(".css"))
    for edit in range(4):
        made.write("assets/style.css", f"body{{margin:{edit}px}}\n")
        made.build()
        send(made, target)
        assert (old in seen(target)) == (edit < 3)


@pytest.mark.parametrize("target", FEWER, indirect=True)
def test_a_foreign_file_is_never_touched(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal")
    place = Path(target.path)
    place.mkdir(exist_ok=True)
    foreign = place / ("current" if target.kind == "folder" else "index.html")
    if target.kind == "rsync" and not target.in_place:
        foreign = place / "current"
    foreign.write_text("fremd")
    assert refusal(made, target) == "target-foreign"
    assert foreign.read_text() == "fremd"
    foreign.unlink()
    (place / "fremd.txt").write_text("fremd")
    send(made, target)
    assert (place / "fremd.txt").read_text() == "fremd"


@pytest.mark.parametrize("target", KINDS[:2], indirect=True)
def test_verify_finds_and_mends_what_somebody_damaged(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal")
    send(made, target)
    place = Path(target.path)
    place = place / "current" if (place / "current").exists() else place
    page = place / "2026/05/meldung-1/index.html"
    page.write_bytes(page.read_bytes().replace(b"Text", b"Tixt"))
    (place / "feed.xml").unlink()
    assert send(made, target).mended == 0
    assert send(made, target, verify=True).mended == 2
    assert seen(target) == built(made)


@pytest.mark.parametrize("target", [KINDS[0], KINDS[2]], indirect=True)
def test_a_damaged_manifest_of_an_earlier_release_stops_no_deploy(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal")
    told: list[Problem] = []

    def publish(text: str, keep: int = 3) -> None:
        made.article("meldung-1.md", text, title="Titel 1")
        made.build()
        send(made, msgspec.structs.replace(target, keep=keep), tell=told.append)
        assert seen(target) == built(made)

    for text in "abc":
        publish(text)
    damaged = Path(target.path, CONTROL, "manifest-1-1")
    damaged.write_bytes(damaged.read_bytes()[:50])
    before = files_of(Path(target.path, "releases/1"))
    for text in "defg":
        publish(text)
    assert [(p.name, p.path) for p in told] == 4 * [("release-damaged", "releases/1")]
    assert files_of(Path(target.path, "releases/1")) == before
    assert len(list(Path(target.path, "releases").iterdir())) == 4
    publish("h", keep=2)
    assert files_of(Path(target.path, "releases/1")) == before
    refused = msgspec.structs.replace(target, keep=2)
    with pytest.raises(PortalError) as raised:
        put_back(loaded(made), refused, 2, Wishes())
    assert [p.name for p in raised.value.problems] == ["release-incomplete"]
    damaged.unlink()
    shutil.rmtree(Path(target.path, "releases/1"))
    told.clear()
    publish("i", keep=2)
    assert not told


@pytest.mark.parametrize("target", [KINDS[1]], indirect=True)
def test_a_folder_that_somebody_put_in_a_pages_place_is_named(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal")
    send(made, target)
    page = Path(target.path, "2026/05/meldung-1/index.html")
    page.unlink()
    page.mkdir()
    with pytest.raises(PortalError) as raised:
        send(made, target, verify=True)
    assert [(p.name, p.path) for p in raised.value.problems] == [
        ("target-foreign", "2026/05/meldung-1/index.html/")
    ]
    page.rmdir()
    send(made, target, verify=True)
    assert seen(target) == built(made)


def test_a_deploy_cut_off_before_its_addresses_were_kept_and_put_back_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = portal(tmp_path / "portal")
    target = Target("live", "folder", str(tmp_path / "target"))
    send(made, target)
    made.article("neu.md", "Neu.")
    made.build()
    with monkeypatch.context() as patched:
        patched.setattr("generator.deploy.ledger.enter", cut)
        with pytest.raises(KeyboardInterrupt):
            send(made, target)
    put_back(loaded(made), target, 1, Wishes())
    (made.root / "content/neu.md").unlink()
    made.build()
    with pytest.raises(PortalError) as raised:  # it is known at the target, and asked about next
        send(made, target, resume=True)
    assert raised.value.problems[0].name == "ledger-behind"
    made.build()
    with pytest.raises(PortalError) as raised:
        send(made, target, resume=True)
    assert dict(raised.value.problems[0].values)["address"] == "/2026/05/neu/"


@pytest.mark.parametrize("target", FEWER, indirect=True)
def test_a_cut_deploy_is_completed_by_the_next_whatever_it_brings(
    tmp_path: Path, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first begins to bring a change; the second, after the cut, takes it back.
    made = portal(tmp_path / "portal")
    for _ in range(3):
        made.article("meldung-2.md", f"Anders {time.monotonic_ns()}.")
        made.build()
        send(made, target)
    before = built(made)
    made.article("meldung-1.md", "Ganz anders.", title="Titel 1")
    made.build()
    monkeypatch.setattr("generator.deploy.in_place.packed", cut)
    monkeypatch.setattr("generator.deploy.releases.packed", cut)
    with pytest.raises(KeyboardInterrupt):
        send(made, target)
    monkeypatch.undo()
    if target.host:
        monkeypatch.setenv("STADTSCHREIBER_SSH", host_call(target))
    made.article("meldung-1.md", "Text 1.", title="Titel 1")
    made.build()
    assert built(made) == before
    send(made, target)
    assert seen(target) == before


def cut(*_of: object) -> bytes:
    raise KeyboardInterrupt


CALLS: dict[int, str] = {}


def host_call(target: Target) -> str:
    return CALLS[target.port]


@pytest.fixture(autouse=True)
def _remember(request: pytest.FixtureRequest) -> None:
    if "target" in request.fixturenames:
        found: Target = request.getfixturevalue("target")
        if found.host:
            CALLS[found.port] = os.environ["STADTSCHREIBER_SSH"]


@pytest.mark.parametrize("target", KINDS, indirect=True)
def test_a_release_put_back_holds_back_what_comes_until_somebody_resumes(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal")
    states = []
    for edit in range(4):
        made.article("meldung-1.md", f"Anders {edit}.")
        made.article(f"neu-{edit}.md", f"Neu {edit}.")
        made.build()
        send(made, target)
        states.append(built(made))
    with pytest.raises(PortalError) as raised:
        put_back(loaded(made), target, 3, Wishes())
    assert raised.value.problems[0].name == "release-missing"
    put_back(loaded(made), target, 1, Wishes())
    assert seen(target) == states[2]
    put_back(loaded(made), target, 1, Wishes())
    assert seen(target) == states[1]
    assert refusal(made, target) == "deploy-held"
    assert seen(target) == states[1]
    send(made, target, resume=True)
    assert seen(target) == states[3]
    put_back(loaded(made), target, 1, Wishes())
    assert seen(target) == states[1]  # which readers saw before
    send(made, target, resume=True)
    made.article("meldung-1.md", "Nun weiter.")
    made.build()
    send(made, target)
    assert seen(target) == built(made)


@pytest.mark.parametrize("target", [KINDS[1]], indirect=True)
def test_a_way_back_that_was_cut_is_gone_to_its_end_the_next_time(
    tmp_path: Path, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = portal(tmp_path / "portal")
    states = []
    for edit in range(3):
        made.article("meldung-1.md", f"Anders {edit}.")
        made.build()
        send(made, target)
        states.append(built(made))
    with monkeypatch.context() as patched:
        patched.setattr("generator.deploy.in_place.packed", cut)
        with pytest.raises(KeyboardInterrupt):
            put_back(loaded(made), target, 1, Wishes())
    put_back(loaded(made), target, 1, Wishes())
    assert seen(target) == states[1]
    assert send(made, target, resume=True).sent == 0  # all of it lies there
    assert seen(target) == states[2]
    put_back(loaded(made), target, 2, Wishes())
    assert seen(target) == states[2]


def test_not_more_releases_are_kept_than_wanted(tmp_path: Path) -> None:
    made = portal(tmp_path / "portal")
    place = tmp_path / "target"
    for edit in range(6):
        made.article("meldung-1.md", f"Anders {edit}.")
        made.build()
        send(made, Target("live", "folder", str(place), keep=3 if edit < 4 else 2))
        assert len(list((place / "releases").iterdir())) <= (3 if edit < 4 else 2)
    with pytest.raises(PortalError) as raised:
        put_back(loaded(made), Target("live", "folder", str(place)), 3, Wishes())
    assert raised.value.problems[0].name == "release-missing"


def test_what_is_not_public_yet_is_never_deployed(tmp_path: Path) -> None:
    made = portal(tmp_path / "portal")
    made.article("geheim.md", "Kanarienvogel.", draft="true")
    target = Target("live", "folder", str(tmp_path / "target"))
    made.build(drafts=True)
    assert refusal(made, target) == "output-not-public"
    made.build(at=NOW + timedelta(days=5000))
    assert refusal(made, target) == "output-not-public"
    assert not (tmp_path / "target").exists()
    made.build()
    send(made, target)
    assert not any(b"Kanarienvogel" in data for data in seen(target).values())


def test_another_portals_target_and_a_newer_state_are_asked_about(tmp_path: Path) -> None:
    target = Target("live", "folder", str(tmp_path / "target"))
    one = portal(tmp_path / "one")
    one.build(at=NOW + timedelta(days=2))
    send(one, target)
    one.build(at=NOW)
    assert refusal(one, target) == "target-newer"
    other = portal(tmp_path / "other")
    toml = (other.root / "portal.toml").read_text().replace("www.amt.example", "www.land.example")
    other.write("portal.toml", toml)
    other.build(at=NOW + timedelta(days=3))
    assert refusal(other, target) == "target-others"
    send(other, target, force=True)
    assert seen(target) == built(other)


def test_commands_hear_once_of_each_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = portal(tmp_path / "portal")
    heard = tmp_path / "heard"
    after = (f"echo call >> {heard}; cat $STADTSCHREIBER_CHANGED >> {heard}",)
    target = Target("live", "folder", str(tmp_path / "target"), after=after)
    send(made, target)
    send(made, target)
    assert heard.read_text() == "call\n"
    made.article("meldung-1.md", "Anders.", title="Titel 1")
    made.build()
    with monkeypatch.context() as patched:  # cut after readers see it, before the call
        write = LocalFolder.write

        def until_called(remote: LocalFolder, path: str, data: bytes) -> None:
            if path == f"{CONTROL}/called":
                raise OSError(5, "cut", path)
            write(remote, path, data)

        patched.setattr(LocalFolder, "write", until_called)
        with pytest.raises(PortalError):
            send(made, target)
    assert heard.read_text() == "call\n"
    send(made, target)
    send(made, target)
    said = heard.read_text()
    assert said.count("call") == 2
    assert "https://www.amt.example/2026/05/meldung-1/\n" in said


def test_a_command_brings_what_changed_and_is_called_again_after_it_failed(tmp_path: Path) -> None:
    made = portal(tmp_path / "portal")
    copy = (
        'cd $STADTSCHREIBER_OUTPUT; while read -r f; do mkdir -p "$T/$(dirname "$f")"; '
        'cp "$f" "$T/$f"; '
        'done < $STADTSCHREIBER_SEND; while read -r f; do rm "$T/$f"; done < $STADTSCHREIBER_REMOVE'
    )
    place = tmp_path / "target"
    command = f"test -e {tmp_path}/ready || exit 7; T={place}; {copy}"
    target = Target("eigen", "command", command=command)
    assert refusal(made, target) == "command-failed"
    (tmp_path / "ready").touch()
    send(made, target)
    made.article("meldung-1.md", draft="true")
    made.build()
    send(made, target)
    assert seen(Target("x", "folder", str(place))) == built(made)


def test_a_command_that_goes_on_after_its_deploy_was_killed_keeps_the_output_as_it_is(
    tmp_path: Path,
) -> None:
    begun, go_on = tmp_path / "begun", tmp_path / "go-on"
    os.mkfifo(go_on)
    command = f"touch {begun}; read -r line < {go_on}"
    table = f"\n[[deploy]]\nname = 'eigen'\nkind = 'command'\ncommand = '{command}'\n"
    made = portal(tmp_path / "portal", toml=PORTAL + table)
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "deploy", "eigen"],
        cwd=made.root, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    wait_until(begun.exists)
    process.kill()
    process.wait()
    try:
        with pytest.raises(PortalError) as raised, opened(made.output):
            pass
        assert [p.name for p in raised.value.problems] == ["build-runs"]
    finally:
        go_on.write_text("\n")
    with opened(made.output, wait=60):
        pass


def test_two_deploys_at_once_the_second_says_who_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = portal(tmp_path / "portal")
    target = Target("live", "folder", str(tmp_path / "target"))
    inner: list[str] = []

    def meanwhile(*arguments: Any) -> dict[str, File]:
        monkeypatch.undo()
        monkeypatch.setattr("generator.deploy.deploy.WAIT", 0.2)
        with pytest.raises(PortalError) as raised:
            put_back(loaded(made), target, 1, Wishes(tell=lambda p: inner.append(p.name)))
        inner.append(raised.value.problems[0].name)
        return with_earlier_assets(*arguments)

    monkeypatch.setattr("generator.deploy.deploy.with_earlier_assets", meanwhile)
    send(made, target)
    assert inner == ["deploy-waits", "deploy-runs"]
