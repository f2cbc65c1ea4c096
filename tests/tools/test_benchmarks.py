"""The measure that changes are judged by: another commit of the project beside this one."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.against import Contest, in_turn, tables
from benchmarks.bench import Bench
from benchmarks.generators import AGAIN, COLD, EDITS, Generator
from benchmarks.measure import Cost
from tests.portals import ROOT

pytestmark = pytest.mark.system

OLD_TEXT = "text of an old article changed"
ARTICLE = '---\ntitle: "Neuer Ratssaal"\n---\n\nDie Stadt baut.\n'

FOLDERS = ("generator", "benchmarks", "layouts", "assets")
FILES = ("pyproject.toml", "uv.lock", "README.md", "LICENSE", "NOTICE.md")


def git(folder: Path, *command: str) -> None:
    person = ("-c", "user.name=Vera Eschenbach", "-c", "user.email=ve@kommunalblatt.example")
    subprocess.run(["git", *person, *command], cwd=folder, check=True, timeout=60)


def cells(told: str, row: str) -> list[str]:
    """What stands in the table's line `row`, from left to right."""
    (line,) = re.findall(rf"^\| {re.escape(row)} \|(.*)\|$", told, re.MULTILINE)
    return [cell.strip() for cell in line.split("|")]


SECONDS = re.compile(r"\d+\.\d\d s")
RATIO = re.compile(r"\d+\.\d\d \(\d+\.\d\d–\d+\.\d\d\)")


def project(folder: Path) -> Path:
    """A copy of this project whose last commit had other layouts than it has now.

    In that commit each article's page is a megabyte longer, and cannot be where there are PDFs.
    """
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    page, block = folder / "layouts/article.html", "{% block main %}"
    now = page.read_text(encoding="utf-8")
    assert block in now
    other = "{% if portal.pdf.enabled %}{{ without_paper }}{% endif %}<p>" + "Kommune " * 125_000
    page.write_text(now.replace(block, f"{block}{other}</p>"), encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Mit anderem Layout")
    page.write_text(now, encoding="utf-8")
    return folder


def compare(folder: Path, *wanted: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as its document says, in a checkout of the project."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.compare", *wanted],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.needs("git")
def test_another_commit_is_built_beside_this_one_with_its_own_layouts(tmp_path: Path) -> None:
    """One test and not many, since it takes half a minute to measure."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    wanted = ("--pdfs", "2", "--rounds", "1", "--folder", str(scratch))
    done = compare(project(tmp_path / "project"), "3", "--against", "HEAD", *wanted)
    assert done.returncode == 0, done.stderr
    plain, with_pdfs, _ = done.stdout.split("\n\n", 2)
    here, other, *_ = cells(plain, "build of 3 articles")
    assert here == "here"
    assert re.fullmatch(r"HEAD \([0-9a-f]{7,}\)", other)
    for row in (COLD, AGAIN, *EDITS):
        for unit in ("wall", "processor"):
            here, other, ratio, noise = cells(plain, f"{row}: {unit}")
            assert SECONDS.fullmatch(here), row
            assert SECONDS.fullmatch(other), row
            assert RATIO.fullmatch(ratio), row
            assert RATIO.fullmatch(noise), row
    here, other, *_ = cells(plain, "megabytes")
    assert 2.9 < float(other) - float(here) < 3.1, "each has its own layouts"
    here, other, ratio, noise = cells(with_pdfs, "2 PDFs, cold: processor")
    assert SECONDS.fullmatch(here)
    assert (other, ratio) == ("refused", "")
    assert RATIO.fullmatch(noise)
    assert cells(with_pdfs, "of them PDFs")[:2] == ["2", "0"]
    said = done.stdout.partition(" refused (build of 2 articles and their PDFs: ")[2]
    assert "without_paper" in said, "what is refused is told in the other commit's own words"
    assert list(scratch.iterdir()) == []


def test_an_unknown_commit_is_told_in_gits_words(tmp_path: Path) -> None:
    done = compare(ROOT, "3", "--against", "no-such-commit", "--folder", str(tmp_path))
    assert done.returncode == 1
    assert "git" in done.stderr  # git's words are of its own language, and also say if it is absent
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def bench(folder: Path, name: str, program: str = "") -> Bench:
    """A bench whose generator is `program`, in Python, run in the portal's folder."""
    folder = folder / name
    folder.mkdir(parents=True)
    article = folder / "a.md"
    article.write_text(ARTICLE, encoding="utf-8")
    generator = Generator(
        name=name,
        dialect="stadtschreiber",
        command=(sys.executable, "-c", f"from pathlib import Path\n{program}"),
        version=(sys.executable, "--version"),
        rows=(COLD, AGAIN, *EDITS),
    )
    return Bench(generator, folder, [article])


def contest(folder: Path, other: str = "") -> Contest:
    names = ("here", "other", "again")
    here, others, again = (bench(folder, name, other if name == "other" else "") for name in names)
    return Contest("build of one article", here, others, again, guests=())


def test_a_machine_that_grows_slower_moves_no_ratio(tmp_path: Path) -> None:
    """The ratio of the medians would be 0.80 here."""
    one = contest(tmp_path)
    for own, its in ((1, 2), (10, 5), (4, 8)):
        one.here.result.costs[COLD].append(Cost(own, own))
        one.again.result.costs[COLD].append(Cost(own, own))
        one.other.result.costs[COLD].append(Cost(its, its))
    here, other, ratio, noise = cells(tables([one], 3, tmp_path), f"{COLD}: wall")
    assert (here, other) == ("4.00 s", "5.00 s")
    assert ratio == "0.50 (0.50–2.00)"
    assert noise == "1.00 (1.00–1.00)"


@pytest.mark.parametrize("count", [3, 4])
def test_in_two_rounds_each_has_gone_before_each_other(tmp_path: Path, count: int) -> None:
    benches = [bench(tmp_path, str(n)) for n in range(count)]
    for turn in (1, 3, 5, 7):
        there, back = in_turn(benches, turn), in_turn(benches, turn + 1)
        assert sorted(map(id, there)) == sorted(map(id, benches))
        assert back == there[::-1]
    assert len({id(in_turn(benches, turn)[0]) for turn in range(1, 2 * count + 1)}) == count


def test_a_row_that_fails_stops_no_other(tmp_path: Path) -> None:
    """The program minds an addition to the text, unless the headline was changed as well."""
    program = (
        "text = Path('a.md').read_text()\n"
        "if 'Nachtrag' in text and 'Nr. ' not in text: exit('Das geht nicht')"
    )
    one = contest(tmp_path, other=program)
    one.round(1)
    one.round(2)
    told = tables([one], 2, tmp_path)
    assert cells(told, f"{OLD_TEXT}: wall")[1:3] == ["refused", ""]
    for row in {COLD, AGAIN, *EDITS} - {OLD_TEXT}:
        assert SECONDS.fullmatch(cells(told, f"{row}: wall")[1]), row
    assert "    Das geht nicht\n" in told
    assert told.count("Das geht nicht") == 1


def test_what_cannot_be_built_cold_is_not_tried_further(tmp_path: Path) -> None:
    one = contest(tmp_path, other="open('tries', 'a').write('|'); exit('Das geht nicht')")
    one.round(1)
    one.round(2)
    told = tables([one], 2, tmp_path)
    for row in (COLD, AGAIN, *EDITS):
        assert cells(told, f"{row}: processor")[1:3] == ["refused", ""]
    assert (tmp_path / "other" / "tries").read_text() == "|"


def test_a_cold_build_finds_nothing_of_an_earlier_one_whatever_it_is_called(tmp_path: Path) -> None:
    """The program says on which of its calls it found its store of the call before."""
    program = (
        "was = Path('store').exists(); Path('store').touch(); print(was, file=open('../said', 'a'))"
    )
    one = bench(tmp_path, "here", program)
    for turn in (1, 2):
        for row in (COLD, AGAIN):
            one.time(row, turn)
    assert (tmp_path / "said").read_text().split() == ["False", "True", "False", "True"]
