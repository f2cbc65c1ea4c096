"""`new` writes a draft that can be read, and explains every field of it."""

from datetime import date
from pathlib import Path

import pytest

from generator.base.problems import PortalError
from generator.cli.new import write
from generator.config import portal as portals
from generator.config.portal import Portal
from generator.front_matter import header, reader
from generator.model.article import Article
from tests.portals import TestPortal

DAY = date(2026, 6, 15)


@pytest.fixture
def loaded(tmp_path: Path) -> Portal:
    return portals.load(TestPortal.small(tmp_path / "portal").root / "portal.toml")


def article(portal: Portal, file: Path) -> Article:
    path = file.relative_to(portal.folders.content).as_posix()
    entry, problems = reader.read(path, header.read(file.read_bytes()), portal)
    assert problems == ()
    assert entry is not None
    assert isinstance(entry.source, Article)
    return entry.source


@pytest.mark.parametrize(
    "title",
    [
        "Neuer Ratssaal",
        "IT-Planungsrat: 40. Sitzung",
        '„Digital“ heißt "digital"',
        "C:\\Daten \\n",
        "#Digital @bund [Update] *neu* %",
        "- x",
        "true",
        "Größe & Maß – 10 %",
    ],
)
def test_a_title_is_kept_as_it_is(loaded: Portal, title: str) -> None:
    file = write(loaded, title, day=DAY)
    made = article(loaded, file)
    assert made.title == title
    assert made.draft
    assert made.section == "politik"
    assert file.parent == loaded.folders.content / "2026" / "06"


def test_section_and_kind_may_be_called_as_editors_do(loaded: Portal) -> None:
    made = article(loaded, write(loaded, "Titel", day=DAY, section="Technik", kind="Kommentar"))
    assert (made.section, made.kind) == ("technik", "comment")


def test_nothing_is_overwritten(loaded: Portal) -> None:
    file = write(loaded, "Titel", day=DAY)
    file.write_text("Arbeit", encoding="utf-8")
    with pytest.raises(PortalError) as error:
        write(loaded, "TITEL", day=DAY)
    assert [one.name for one in error.value.problems] == ["file-exists"]
    assert file.read_text(encoding="utf-8") == "Arbeit"


@pytest.mark.parametrize(
    ("section", "kind", "message"),
    [("sport", None, "section-unknown"), (None, "glosse", "kind-unknown")],
)
def test_what_there_is_not_is_told_and_nothing_written(
    loaded: Portal, section: str | None, kind: str | None, message: str
) -> None:
    with pytest.raises(PortalError) as error:
        write(loaded, "Titel", day=DAY, section=section, kind=kind)
    (one,) = error.value.problems
    assert (one.name, one.path) == (message, f"--{message.partition('-')[0]}")
    assert list(loaded.folders.content.iterdir()) == []


def test_a_portal_without_sections_cannot_have_articles(tmp_path: Path) -> None:
    toml = 'title = "x"\naddress = "https://x.example"\n'
    portal = portals.load(TestPortal.small(tmp_path / "p", toml=toml).root / "portal.toml")
    with pytest.raises(PortalError) as error:
        write(portal, "Titel", day=DAY)
    assert [one.name for one in error.value.problems] == ["portal-without-sections"]


def test_every_field_is_explained(loaded: Portal) -> None:
    lines = write(loaded, "Titel", day=DAY).read_text(encoding="utf-8").splitlines()
    header = lines[1 : lines.index("---", 1)]
    for number, line in enumerate(header):
        if line and not line.lstrip().startswith("#") and line not in ("  name:", "  url:"):
            assert header[number - 1].lstrip().startswith("# "), line


def test_the_command_prints_the_path(portal: TestPortal) -> None:
    done = portal.run("new", "Neuer Saal", "--at", "2026-11-20", "--kind", "interview")
    assert done.stdout == "content/2026/11/neuer-saal.md\n"
    assert portal.run("build").returncode == 0
    assert not portal.has("/2026/11/neuer-saal/")
    assert portal.run("new", "Neuer Saal", "--at", "2026-11-20").returncode == 1
