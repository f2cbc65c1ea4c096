"""The command as people and timers call it: exit codes, what it says where, and to whom."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portals import ROOT, TestPortal

pytestmark = pytest.mark.system

AT = ("--at", "2026-06-15 12:00")
ENGLISH = {"LC_ALL": "en_US.UTF-8", "LANG": "en_US.UTF-8"}


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md", keywords="Öffentlich")
    return portal


def build(portal: TestPortal, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `build`."""
    done = portal.run("build", *arguments, environment=ENGLISH | environment)
    return done.returncode, done.stdout, done.stderr


# Exit codes.


def test_0_is_for_a_build_that_published(small: TestPortal) -> None:
    code, out, err = build(small, *AT)
    assert (code, err) == (0, "")
    assert re.fullmatch(r"1 article, \d+ pages: \d+ written, 0 kept, 0 removed in [0-9.]+ s\n", out)


def test_1_is_for_mistakes_which_are_said_on_standard_error(small: TestPortal) -> None:
    small.article("2026/05/b.md", title=None)
    code, out, err = build(small, *AT)
    assert (code, out) == (1, "")
    assert err.startswith("content/2026/05/b.md:1: error F")
    assert err.endswith("1 mistake; nothing was published.\n")
    assert not small.output.exists() or not small.files()


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("bauen",), ("build", "--nonsense"), ("build", "--jobs", "0"),
        ("build", "--jobs", "-1"), ("build", "--jobs", "viele"), ("build", "--port", "."),
        ("build", "extra"), ("build", "--at"), ("build", "--lang", "fr"),
    ],
)  # fmt: skip
def test_2_is_for_wrong_usage(small: TestPortal, arguments: tuple[str, ...]) -> None:
    done = small.run(*arguments, environment=ENGLISH)
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert "Traceback" not in done.stderr
    assert not small.output.exists()


@pytest.mark.parametrize("moment", ["nonsense", "2026-13-01", "31.2.2026", "", "gestern"])
def test_a_moment_that_is_none_is_said_with_its_option(small: TestPortal, moment: str) -> None:
    code, out, err = build(small, "--at", moment)
    assert (code, out) == (2, "")
    assert "--at" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("moment", ["2026-05-01", "1.5.2026", "2026-05-01T00:00:00+02:00"])
def test_a_moment_may_be_written_as_in_front_matter(small: TestPortal, moment: str) -> None:
    assert build(small, "--at", moment)[0] == 0
    assert small.has("/2026/05/a/")


def test_a_moment_is_one_of_the_portals_clock(small: TestPortal) -> None:
    small.article("2026/05/b.md", date="2026-05-02 00:30")
    assert build(small, "--at", "2026-05-02 00:29", TZ="Asia/Tokyo")[0] == 0
    assert not small.has("/2026/05/b/")
    assert build(small, "--at", "2026-05-02 00:30", TZ="America/New_York")[0] == 0
    assert small.has("/2026/05/b/")


# Which portal.


def test_the_nearest_portal_upward_is_built(small: TestPortal) -> None:
    inside = TestPortal(small.root / "content" / "2026")
    assert build(inside, *AT)[0] == 0
    assert small.has("/2026/05/a/")


def test_a_portal_may_be_named(small: TestPortal, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    elsewhere = TestPortal(tmp_path / "elsewhere")
    assert build(elsewhere, "--portal", "../portal", "--quiet", *AT) == (0, "", "")
    assert small.has("/2026/05/a/")


def test_the_schema_of_portal_toml_is_there_while_it_is_being_written(small: TestPortal) -> None:
    small.write("portal.toml", "title =")
    done = small.run("schema", "--of", "portal", "--lang", "de")
    assert done.returncode == 0
    assert json.loads(done.stdout)["properties"]["title"]["description"] == "Der Name des Portals."


def test_where_there_is_no_portal_a_message_says_so(tmp_path: Path) -> None:
    nowhere = TestPortal(tmp_path)
    for arguments in ((), ("--portal", "fehlt"), ("--portal", str(tmp_path))):
        code, out, err = build(nowhere, *arguments)
        assert (code, out) == (2, "")
        assert "portal.toml" in err
        assert "Traceback" not in err


def test_the_named_folder_counts_and_none_above_it(small: TestPortal) -> None:
    assert build(small, "--portal", "content")[0] == 2


def test_mistakes_are_shown_with_their_line_from_wherever_it_is_called(
    small: TestPortal, tmp_path: Path
) -> None:
    small.article("2026/05/b.md", rubrikk="politik")
    (tmp_path / "elsewhere" / "content").mkdir(parents=True)
    for place, arguments in ((small.root, ()), (tmp_path / "elsewhere", ("--portal", "../portal"))):
        _, _, err = build(TestPortal(place), *arguments)
        assert "content/2026/05/b.md:5" in err
        assert "\n    rubrikk: politik\n" in err


# What is said.


def test_help_loads_neither_markdown_nor_jinja() -> None:
    code = (
        "import sys\nfrom generator.cli.main import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "heavy = {'markdown', 'jinja2', 'yaml', 'babel', 'PIL', 'typst', 'sqlite3', 'nh3'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    for arguments in (("--help",), ("--version",), ("build", "--help")):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == "[]"


def test_a_build_without_a_change_loads_neither_markdown_nor_jinja(small: TestPortal) -> None:
    build(small, *AT)
    code = (
        "import sys, time\ntime.sleep(0.12)\nfrom generator.cli.main import main\n"
        "for _ in range(2): main(['build', '--quiet', '--at', '2026-06-15 12:00'])\n"
        "print(sorted({'markdown', 'jinja2', 'yaml', 'babel', 'PIL'} & sys.modules.keys()))"
    )
    build(small, *AT)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=small.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"


def test_quiet_says_nothing_but_problems(small: TestPortal) -> None:
    small.article("2026/05/b.md", updated="2026-04-01")
    code, out, err = build(small, "--quiet", *AT)
    assert (code, out) == (0, "")
    assert "warning" in err


def test_what_is_due_is_said(small: TestPortal) -> None:
    small.article("2026/05/b.md", date="2026-07-01 08:00")
    _, out, _ = build(small, *AT)
    assert "2026-07-01T08:00+02:00" in out


def test_explain_says_why_and_groups_many(small: TestPortal) -> None:
    for number in range(8):
        small.article(f"2026/05/b{number}.md")
    build(small, *AT)
    small.article("2026/05/b3.md", "Anders.")
    _, out, _ = build(small, "--explain", *AT)
    assert "/2026/05/b3/: site.body('2026/05/b3.md', 0) changed\n" in out
    assert "/2026/05/b4/" not in out
    (small.root / "layouts" / "foot.html").write_text("<footer>neu</footer>", encoding="utf-8")
    _, out, _ = build(small, "--explain", *AT)
    assert re.search(r"^9 pages, such as /2026/05/a/: layout article.html changed$", out, re.M)
    assert out.count("layout article.html") == 1


def test_nothing_to_explain_where_nothing_was_rendered(small: TestPortal) -> None:
    build(small, *AT)
    _, out, _ = build(small, "--explain", *AT)
    assert len(out.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("--explain",), ("--clean",)])
def test_what_is_no_terminal_gets_no_control_characters(
    small: TestPortal, arguments: tuple[str, ...]
) -> None:
    small.article("2026/05/b.md", updated="2026-04-01")
    for broken in (False, True):
        if broken:
            small.article("2026/05/c.md", datum="nie\tund\x1b[31mnimmer")
        _, out, err = build(small, *arguments, *AT, TERM="xterm-256color")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\x9b]", out + err)


def on_a_terminal(portal: TestPortal, *arguments: str, **environment: str) -> str:
    """What a terminal gets."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "build", *arguments], cwd=portal.root,
        env={**os.environ, **ENGLISH, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
        stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 10_000)
        except OSError:  # the terminal is closed
            break
        if not part:
            break
        said += part
    process.wait()
    os.close(ours)
    return said.decode()


def test_a_terminal_gets_colours_unless_it_wants_none(small: TestPortal) -> None:
    small.article("2026/05/b.md", updated="2026-04-01")
    small.article("2026/05/c.md", title=None)
    assert "\x1b[1;31merror" in on_a_terminal(small, *AT)
    assert "\x1b[1;3" not in on_a_terminal(small, *AT, NO_COLOR="1")


def test_a_terminal_shows_progress_and_wipes_it(small: TestPortal) -> None:
    for number in range(60):
        small.article(f"2026/05/b{number}.md", "Ein Absatz.\n\n" * 40)
    said = on_a_terminal(small, "--jobs", "1", *AT)
    assert re.search(r"\r\x1b\[K\w+: \d+ of \d+", said)
    assert said.rpartition("\r\x1b[K")[2].startswith("61 articles")
    assert "\x1b[K" not in on_a_terminal(small, "--quiet", "--clean", *AT)


def test_an_archive_full_of_warnings_leaves_the_last_line_in_sight(small: TestPortal) -> None:
    for number in range(33):
        small.article(f"2026/05/b{number:02}.md", updated="2026-04-01")
    code, out, err = build(small, *AT)
    assert code == 0
    assert err == (
        "content/2026/05/b00.md:5: warning F202 updated-before-date: "
        "The article was updated before its date.\n"
        "    updated: 2026-04-01\n"
        "    Check both dates.\n"
        "    also content/2026/05/b01.md:5\n"
        "    also content/2026/05/b02.md:5\n"
        "    and 30 more\n"
        "Shown: 3 of 33; --all shows the rest.\n"
    )
    every = build(small, *AT, "--all")[2]
    assert len(re.findall(r"^content/\S+: warning F202", every, re.M)) == 33
    assert "Shown" not in every
    assert out.startswith("34 articles")
    small.article("2026/05/c.md", title=None)
    assert "error F146" in build(small, *AT)[2], (
        "mistakes are said, however many warnings there are"
    )


def test_twenty_mistakes_in_twenty_files_are_twenty_messages(small: TestPortal) -> None:
    for number in range(20):
        small.article(f"2026/05/b{number:02}.md", date="31.2.2026")
    code, _, err = build(small, *AT)
    assert code == 1
    places = re.findall(r"^(content/\S+?):\d+(?::\d+)?: error", err, re.M)
    assert places == [f"content/2026/05/b{number:02}.md" for number in range(20)]
    assert err.endswith("20 mistakes; nothing was published.\n")


def test_mistakes_of_all_sorts_are_told_in_one_run(small: TestPortal) -> None:
    small.article("2026/05/b.md", "[x](fehlt.md)")
    small.article("2026/05/c.md", titel_x="x")
    small.article("2026/05/d.md", "![x](fehlt.svg)")
    small.article("2026/05/e.md", slug="a")
    small.write("layouts/print.html", "{% if %}")
    small.write("layouts/year.html", "{% include 'fehlt.html' %}")
    (small.root / "content" / "link.md").symlink_to("2026/05/a.md")
    _, _, err = build(small, *AT)
    names = {"b.md:7", "c.md:5", "d.md:7", "e.md:5", "print.html:1", "year.html", "link.md"}
    assert {name for name in names if name not in err} == set()
    assert "7 mistakes" in err


@pytest.mark.parametrize(
    ("layout", "text", "line"),
    [
        ("print.html", "\n\n{% if %}", 3),
        ("print.html", "\n{{ nobody }}", 2),
        ("print.html", "\n{{ site.nothing() }}", 2),
        ("print.html", "\n{{ page.nothing }}", 2),
        ("print.html", "\n{{ 'x'|nofilter }}", 2),
        ("print.html", "\n{{ 1 / 0 }}", 2),
        ("macros.html", "{% macro line(item) %}\n{{ item.nothing }}\n{% endmacro %}"
         "{% macro teaser(s, i) %}{% endmacro %}{% macro pager(p) %}{% endmacro %}"
             "{% macro feed_item(s, p) %}{% endmacro %}", 2),
        ("foot.html", "a\nb\n{{ nobody }}", 3),
        ("fragments/box.html", "\n\n\n{{ nobody }}", 4),
    ],
)  # fmt: skip
def test_a_broken_layout_is_named_with_its_line(
    small: TestPortal, layout: str, text: str, line: int
) -> None:
    small.write(f"layouts/{layout}", text)
    code, _, err = build(small, *AT)
    assert code == 1
    assert re.search(rf"^(\S*/)?layouts/{layout}:{line}: error L10", err, re.M), err
    assert "Traceback" not in err
    assert len(re.findall(r": error ", err)) == 1


def test_a_reader_that_goes_away_is_no_traceback(small: TestPortal) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "build", "--explain", *AT], cwd=small.root,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == 1


def redirected(portal: TestPortal, redirection: str, *arguments: str) -> tuple[int, str]:
    """Exit code and standard error of the command behind a redirection of its streams."""
    command = f'exec "$0" -m generator "$@" {redirection}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, *arguments],
        cwd=portal.root,
        env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_mistake(small: TestPortal, closed: str) -> None:
    assert redirected(small, closed, "build", "--jobs", "2", *AT) == (0, "")
    assert small.has("/2026/05/a/")
    assert redirected(small, closed, "status") == (0, "")
    assert redirected(small, closed, "--help") == (0, "")
    small.article("2026/05/a.md", date="morgen")
    assert redirected(small, closed, "build", *AT)[0] == 1


@pytest.mark.parametrize(
    "command",
    [("build",), ("build", "--clean", "--explain"), ("check",), ("status",), ("new", "Neu"),
     ("schema",), ("completion", "bash"), ("--help",), ("serve", "--port", "0")],
)  # fmt: skip
def test_an_output_without_room_is_said(small: TestPortal, command: tuple[str, ...]) -> None:
    code, said = redirected(small, ">/dev/full", *command)
    assert code == 1
    assert said.startswith("error O113 system-refuses: ")
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert "Exception" not in said
    assert redirected(small, ">/dev/full 2>&1", *command) == (1, "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_with_another_alphabet_is_no_mistake(small: TestPortal, encoding: str) -> None:
    build(small, *AT)
    small.article("2026/05/b.md", keywords="Öffentlich, Łódź")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [sys.executable, "-m", "generator", "build", "--explain", *AT], cwd=small.root,
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_python_warns_of_is_nothing_for_editors(small: TestPortal) -> None:
    assert build(small, "--quiet", *AT, PYTHONWARNINGS="default") == (0, "", "")
