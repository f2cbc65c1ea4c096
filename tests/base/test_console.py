"""What the command says, in which language, and in which colours."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import pytest

from generator.base import console
from generator.base.problems import problem
from generator.base.report import Work
from generator.base.words import LANGUAGES, Language, word
from generator.cli.arguments import parser
from generator.cli.main import COMMANDS, main
from tests.portals import TestPortal


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ((), {}, "en"),
        ((), {"LANG": "C"}, "en"),
        ((), {"LANG": "C.UTF-8"}, "en"),
        ((), {"LANG": "POSIX"}, "en"),
        ((), {"LANG": "de_DE.UTF-8"}, "de"),
        ((), {"LANG": "de"}, "de"),
        ((), {"LANG": "de_AT@euro"}, "de"),
        ((), {"LANG": "fr_FR.UTF-8"}, "en"),
        ((), {"LANG": "de_DE", "LC_MESSAGES": "en_GB"}, "en"),
        ((), {"LANG": "en_US", "LC_MESSAGES": "de_DE"}, "de"),
        ((), {"LC_MESSAGES": "de_DE", "LC_ALL": "C"}, "en"),
        ((), {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "de_DE"}, "de"),
        (("check", "--lang", "de"), {"LANG": "en"}, "de"),
        (("check", "--lang=en"), {"LANG": "de_DE"}, "en"),
        (("check", "--lang"), {"LANG": "de_DE"}, "de"),
    ],
)
def test_the_language_is_that_of_the_option_or_the_terminal(
    arguments: Sequence[str], environment: Mapping[str, str], language: Language
) -> None:
    assert console.language_of(arguments, environment) == language


@pytest.mark.parametrize("work", get_args(Work))
def test_progress_is_told_in_the_terminals_language(work: Work) -> None:
    english, german = (word(work, language) for language in LANGUAGES)
    assert english != german or work in ("pdf", "links")
    assert "" not in (english, german)


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_explains_every_option(language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    whole = parser(COMMANDS, language)
    whole.spell_out()
    (commands,) = (a for a in whole._actions if a.choices and not a.option_strings)
    for name, command in dict(commands.choices or {}).items():
        with pytest.raises(SystemExit):
            parser(COMMANDS, language).parse_args([name, "--help"])
        told = " ".join(capsys.readouterr().out.split())
        assert word(f"help-{name}", language) in told
        for option in command._actions:
            if option.option_strings or option.metavar:
                assert option.help in told, (name, option.dest)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    one = problem("file-empty", "a.md", 1)
    plain = console.problem_text(one, "error", "en", tmp_path, io.StringIO())
    assert "\x1b" not in plain
    assert "\x1b[1;31merror" in console.problem_text(one, "error", "en", tmp_path, Terminal())
    assert "\x1b[1;33mWarnung" in console.problem_text(one, "warning", "de", tmp_path, Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert console.problem_text(one, "error", "en", tmp_path, Terminal()) == plain


def test_the_caret_stands_below_the_column(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(f"{'x' * 200}hier{'y' * 200}\n", encoding="utf-8")
    one = problem("link-text", "a.md", 1, 201, text="hier")
    _, line, caret, _ = console.problem_text(
        one, "warning", "en", tmp_path, io.StringIO()
    ).splitlines()
    assert line[caret.index("^") :].startswith("hier")
    assert len(line) <= console.SHOWN + 4


def test_a_terminal_gets_lines_that_fit_and_a_program_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    one = problem("yaml-prose", "content/2026/11/aus-dem-rathaus.md", 3, right="  Der Rat")
    told = console.problem_text(one, "error", "de", tmp_path, Terminal())
    assert max(map(len, told.splitlines())) <= 80
    plain = console.problem_text(one, "error", "de", tmp_path, io.StringIO())
    assert plain.splitlines()[0].endswith(one.what("de"))
    assert told.split() == plain.split()


def test_what_would_steer_a_terminal_is_not_said(tmp_path: Path) -> None:
    one = problem("key-unknown", "a\x1b[2J.md", 0, key="x\x1b]0;title\x07\ny")
    said = console.problem_text(one, "error", "en", tmp_path, io.StringIO())
    assert said.replace("\n", "").isprintable()
    assert len(said.splitlines()) == 2


def test_an_emoji_of_several_signs_is_said_whole(tmp_path: Path) -> None:
    one = problem("pdf-character", "a.md", 1, characters="👩‍🚒", shown="?")
    said = console.problem_text(one, "warning", "en", tmp_path, io.StringIO())
    assert "these characters: 👩‍🚒;" in said


@pytest.mark.system
def test_a_build_speaks_german_where_the_terminal_does(portal: TestPortal) -> None:
    portal.article("a.md")
    done = portal.run("build", environment={"LC_ALL": "de_DE.UTF-8"})
    assert done.stdout.startswith("1 Artikel, ")
    assert " geschrieben, 0 behalten, 0 entfernt in " in done.stdout
    portal.article("b.md", section="sport")
    done = portal.run("build", environment={"LC_ALL": "de_DE.UTF-8"})
    assert "content/b.md:4:10: Fehler F162 section-unknown: Einen Bereich „sport“" in done.stderr
    assert done.stderr.endswith("1 Fehler; nichts wurde veröffentlicht.\n")
    assert "error F162" in portal.run("build", environment={"LC_ALL": "C.UTF-8"}).stderr


def test_a_reader_that_goes_away_is_no_traceback(
    portal: TestPortal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", "--portal", str(portal.root)]) == 0
    assert capsys.readouterr().out.startswith("{")
