"""What can go wrong on the way is said in sentences, and readers see whole pages all the same."""

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from generator.base.problems import PortalError
from generator.config import portal as portals
from generator.config.deploy import Target
from generator.deploy.deploy import Wishes, put_back
from tests.deploy.hosts import Host, built, loaded, portal, seen, send, sshd
from tests.needs import forbidden
from tests.portals import PORTAL, TestPortal

SYSTEM = [pytest.mark.system, pytest.mark.needs("sshd", "rsync")]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with sshd(tmp_path_factory.mktemp("host")) as started:
        yield started


@pytest.fixture
def made(tmp_path: Path) -> TestPortal:
    return portal(tmp_path / "portal")


def said(made: TestPortal, host: Host, call: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("STADTSCHREIBER_SSH", call)
    with pytest.raises(PortalError) as raised:
        send(made, host.target("sftp", made.root.parent / "target"))
    (found,) = raised.value.problems
    return found.name


@pytest.mark.system
@pytest.mark.needs("sshd")
def test_a_host_that_is_not_known_or_does_not_know_us_is_explained(
    made: TestPortal, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    other = (host.folder / "known").read_text().split()
    changed = tmp_path / "changed"
    changed.write_text(f"{other[0]} {key.with_suffix('.pub').read_text()}")
    plain = f"{host.call} -o UserKnownHostsFile="
    assert said(made, host, f"{plain}/dev/null", monkeypatch) == "host-key-unknown"
    assert said(made, host, f"{plain}{changed}", monkeypatch) == "host-key-changed"
    config = (host.folder / "config").read_text().replace(f"{host.folder}/key", str(key))
    (tmp_path / "config").write_text(config)
    assert said(made, host, f"ssh -F {tmp_path}/config", monkeypatch) == "host-refuses"
    assert said(made, Host(host.folder, 1), host.call, monkeypatch) == "host-silent"
    assert said(made, host, str(tmp_path / "nowhere"), monkeypatch) == "program-missing"


@pytest.mark.system
@pytest.mark.needs("sshd")
def test_a_name_that_is_too_long_for_the_target_is_named(
    made: TestPortal, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STADTSCHREIBER_SSH", host.call)
    name = "ü" * 200
    for target in (
        host.target("sftp", tmp_path / name),
        Target("live", "folder", str(tmp_path / name)),
    ):
        with pytest.raises(PortalError) as raised:
            send(made, target)
        assert raised.value.problems[0].name == "target-name-long"


@pytest.mark.system
@pytest.mark.needs("sshd")
def test_a_folder_above_the_target_that_is_not_there_is_named(
    made: TestPortal, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STADTSCHREIBER_SSH", host.call)
    with pytest.raises(PortalError) as raised:
        send(made, host.target("sftp", tmp_path / "htdocs/portal"))
    (found,) = raised.value.problems
    assert (found.name, found.path) == ("target-nowhere", f"127.0.0.1:{tmp_path}/htdocs/portal")


@pytest.mark.parametrize(
    "kind", ["folder", *(pytest.param(k, marks=SYSTEM) for k in ("sftp", "rsync"))]
)
def test_a_full_disk_leaves_readers_what_they_had_and_the_next_deploy_goes_on(
    made: TestPortal,
    tmp_path: Path,
    kind: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(place)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        forbidden("a full disk: this machine lets nobody mount")
    try:
        reached: Host = request.getfixturevalue("host") if kind != "folder" else Host(place, 0)
        monkeypatch.setenv("STADTSCHREIBER_SSH", reached.call)
        target = reached.target(kind, place / "www")
        if kind == "folder":
            target = type(target)("live", "folder", str(place / "www"))
        send(made, target)
        before = seen(target)
        filler = place / "filler"
        made.write("assets/gross.bin", os.urandom(2_000_000))
        made.write("assets/style.css", "body{background:url(gross.bin)}\n")
        made.build()
        filler.write_bytes(b"-" * 1_000_000)
        with pytest.raises(PortalError) as raised:
            send(made, target)
        assert raised.value.problems[0].name == "target-full"
        assert seen(target) == before
        with filler.open("ab") as stream, suppress(OSError):
            stream.write(b"-" * 3_000_000)  # and now not even a lock has room
        with pytest.raises(PortalError) as raised:
            send(made, target)
        assert raised.value.problems[0].name == "target-full"
        filler.unlink()
        send(made, target)
        assert {**seen(target), **built(made)} == seen(target)
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_a_folder_that_may_not_be_written_is_named(made: TestPortal, tmp_path: Path) -> None:
    place = tmp_path / "target"
    place.mkdir(mode=0o500)
    is_root = os.getuid() == 0  # who may write everywhere, but not where nobody can
    command = ["mount", "-t", "tmpfs", "-o", "ro", "none", str(place)]
    if is_root and subprocess.run(command, check=False, capture_output=True).returncode:
        forbidden("a folder that root may not write: this machine lets nobody mount")
    try:
        with pytest.raises(PortalError) as raised:
            send(made, Host(tmp_path, 0).target("folder", place))
        assert raised.value.problems[0].name == "target-forbids"
    finally:
        if is_root:
            subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.system
@pytest.mark.needs("sshd")
def test_a_host_with_nothing_but_sftp_in_a_cage_is_enough(
    made: TestPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.getuid() != 0:
        forbidden("SFTP in a cage: only root can make one")
    cage = Path("/srv") / f"cage-{os.getpid()}"  # root's all the way, as sshd wants it
    (cage / "htdocs").mkdir(parents=True)
    try:
        user = getpass.getuser()
        more = f"Match User {user}\n  ChrootDirectory {cage}\n  ForceCommand internal-sftp\n"
        with sshd(tmp_path / "host", more=more) as host:
            monkeypatch.setenv("STADTSCHREIBER_SSH", host.call)
            target = host.target("sftp", "/htdocs/portal")
            send(made, target)
            made.article("meldung-1.md", "Anders.")
            made.build()
            send(made, target)
            assert seen(host.target("sftp", cage / "htdocs/portal")) == built(made)
    finally:
        subprocess.run(["rm", "-rf", cage], check=True)


@pytest.mark.system
@pytest.mark.needs("sshd")
def test_a_server_that_neither_replaces_nor_links_says_so_and_shows_what_was_built(
    made: TestPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    with sshd(tmp_path / "host", sftp="-P posix-rename,hardlink") as host:
        monkeypatch.setenv("STADTSCHREIBER_SSH", host.call)
        target = host.target("sftp", tmp_path / "www")
        send(made, target, tell=lambda one: told.append(one.name))
        assert told == []  # nobody sees a gap where nothing was
        made.article("meldung-1.md", "Anders.", title="Titel 1")
        made.build()
        send(made, target, tell=lambda one: told.append(one.name))
        assert told == ["gaps-ahead"]
        assert seen(target) == built(made)
        with pytest.raises(PortalError) as raised:
            put_back(loaded(made), target, 1, Wishes())
        assert raised.value.problems[0].name == "release-incomplete"
        assert seen(target) == built(made)
        made.article("meldung-1.md", "Weiter.", title="Titel 1")
        made.build()
        send(made, target)  # nothing was put back, so nothing is held back


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ('name = "x"\nkind = "ftp"\npath = "p"', {"setting-choice"}),
        ('name = "x"\nkind = "sftp"\npath = "p"', {"deploy-needs"}),
        ('name = ""\nkind = "folder"\npath = "p"', {"deploy-name-odd"}),
        (
            'name = "x"\nkind = "folder"\npath = "p"\n\n'
            '[[deploy]]\nname = "x"\nkind = "folder"\npath = "q"',
            {"deploy-name"},
        ),
        ('name = "x"\nkind = "folder"\npath = "p"\nkeep = 0', {"setting-too-small"}),
        ('name = "x"\nkind = "folder"\npath = "output"', {"deploy-inside"}),
        ('name = "x"\nkind = "folder"\npath = "content/site"', {"deploy-inside"}),
        ('name = "x"\nkind = "folder"\npath = "."', {"deploy-inside"}),
        (
            'name = "x"\nkind = "sftp"\npath = "p"\nhost = "h"\npassword = "geheim"',
            {"deploy-secret"},
        ),
        ('name = "x"\nkind = "sftp"\npath = "p"\nhost = "u:geheim@h"', {"deploy-host"}),
    ],
)
def test_what_is_wrong_in_a_target_is_said_with_its_line_and_no_secret(
    tmp_path: Path, table: str, names: set[str]
) -> None:
    made = TestPortal.small(tmp_path / "portal", toml=f"{PORTAL}\n[[deploy]]\n{table}\n")
    with pytest.raises(PortalError) as raised:
        portals.load(made.root / "portal.toml")
    assert {one.name for one in raised.value.problems} == names
    assert all(one.line > len(PORTAL.splitlines()) for one in raised.value.problems)
    assert "geheim" not in str(raised.value)


def test_publish_builds_and_deploys_and_diff_says_what_readers_would_see(tmp_path: Path) -> None:
    table = '\n[[deploy]]\nname = "live"\nkind = "folder"\npath = "../www"\n'
    made = TestPortal.small(tmp_path / "portal", toml=PORTAL + table)
    made.article("eins.md", title="Eins")
    assert made.run("publish").returncode == 0
    assert (tmp_path / "www/current/2026/05/eins/index.html").is_file()
    made.article("eins.md", "Anders.", title="Neue Überschrift", slug="eins")
    made.article("zwei.md", title="Zwei")
    assert made.run("build").returncode == 0
    said = made.run("diff", "--lang", "de").stdout
    assert "Geändert (Überschrift, Text): Neue Überschrift  /2026/05/eins/\n" in said
    assert "Neu: Zwei  /2026/05/zwei/\n" in said
    listed = made.run("deploy", "--dry-run", "--list").stdout.splitlines()
    assert {"+ /2026/05/zwei/", "~ /2026/05/eins/", "~ /"} <= set(listed)
    assert not (tmp_path / "www/current/2026/05/zwei").exists()
    assert made.run("publish", "--quiet").stdout == ""
    assert (tmp_path / "www/current/2026/05/zwei/index.html").is_file()
    assert made.run("diff").stdout == "Readers would see nothing new.\n"


def test_publish_keeps_going_and_says_with_its_exit_code_what_it_left_out(tmp_path: Path) -> None:
    table = '\n[[deploy]]\nname = "live"\nkind = "folder"\npath = "../www"\n'
    made = TestPortal.small(tmp_path / "portal", toml=PORTAL + table)
    made.article("eins.md", title="Eins")
    made.article("falsch.md", section="sport")
    assert made.run("publish").returncode == 1
    assert not (tmp_path / "www/current").exists()
    assert made.run("publish", "--keep-going", "--first").returncode == 3
    assert (tmp_path / "www/current/2026/05/eins/index.html").is_file()
