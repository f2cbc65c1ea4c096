"""What the documents say is true today, and they say all there is."""

import argparse
import re
from pathlib import Path
from typing import Final

import pytest

from generator.base.problems import catalogue
from generator.build.new_portal import make_portal
from generator.cli.arguments import parser
from generator.cli.main import COMMANDS
from generator.config import portal
from generator.engine.queries import ARTICLE_FILTERS, FIRM_FILTERS, SiteContext
from generator.front_matter import header, reader, schema
from generator.model import answers
from generator.model.article import KINDS, SLOTS, Article, StandingPage
from generator.site.pages import Page
from generator.templates import filters
from generator.templates.context import CONSTANTS
from tests.portals import ROOT
from tools import document_settings
from tools.document_messages import ROOMS, TARGET, page

DOCS: Final = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "docs").glob("*.md")}
EDITORS, ADMINS, LAYOUTS = (DOCS[f"{name}.md"] for name in ("redaktion", "verwaltung", "layouts"))
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING: Final = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def named(name: str, text: str) -> bool:
    """Whether a document names something as code: `name`, or `page.name`, or name="…"."""
    return re.search(rf"[`.(, ]{re.escape(name)}(?![\w-])", text) is not None


def blocks(language: str, text: str) -> list[str]:
    """The fenced blocks of that language in a document."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


def test_every_message_is_explained_by_its_number() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run: python -m tools.document_messages"


def test_every_message_belongs_to_a_room() -> None:
    assert {message.number[0] for message in catalogue().values()} <= ROOMS.keys()


# For editors.


def test_every_field_is_documented_with_its_german_name() -> None:
    fields = (*schema.ARTICLE, *schema.STANDING, *schema.FIRM, *schema.AD)
    names = {name for field in fields for name in (field.name, *field.names[:1])}
    names |= {part for parts in schema.PARTS.values() for part in parts}
    assert [name for name in sorted(names) if not named(name, EDITORS)] == []


@pytest.mark.parametrize(
    ("heading", "table"),
    [
        ("Die Felder des Kopfes", schema.OF_ARTICLES),
        ("Das Firmenverzeichnis", schema.OF_FIRMS),
        ("Anzeigen", schema.OF_ADS),
    ],
)
def test_every_name_in_a_table_of_fields_is_understood(heading: str, table: schema.Schema) -> None:
    chapter = EDITORS.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*) \| ([^|]*) \| (.*) \|$", chapter, re.MULTILINE)
    assert len(rows) > 5
    for names, others, _ in rows:
        known = {meant(name, table) for name in re.findall("`([^`]+)`", names)}
        assert {meant(name, table) for name in re.findall("`([^`]+)`", others)} <= known
    required = {
        meant(names.strip("`"), table) for names, _, about in rows if "**Pflicht**" in about
    }
    assert required - {"image.alt"} == {field.name for field in table.fields if field.required}


def meant(name: str, table: schema.Schema) -> str:
    """The field, or the part of one, that a name in a document means."""
    field, _, part = name.partition(".")
    if not part:
        return table.names[field]
    parts = schema.PARTS[table.names[field]]
    return f"{table.names[field]}.{next(p for p, one in parts.items() if part in (p, *one.names))}"


def test_every_kind_and_slot_is_documented() -> None:
    assert [name for name in (*KINDS, *SLOTS) if f"`{name}`" not in EDITORS] == []


def test_the_examples_for_editors_are_read_without_a_complaint() -> None:
    loaded = portal.load(ROOT / "portal.toml")
    examples = [text for text in blocks("markdown", EDITORS) if text.startswith("---")]
    assert len(examples) == 3
    for folder, text in zip(("2026", "firmen", "anzeigen"), examples, strict=True):
        path = f"{folder}/beispiel.md"
        entry, problems = reader.read(path, header.read(text.encode()), loaded)
        assert (problems, entry is None) == ((), False)


def test_the_first_article_of_the_readme_fits_a_new_portal(tmp_path: Path) -> None:
    list(make_portal(tmp_path / "portal"))
    loaded = portal.load(tmp_path / "portal" / "portal.toml")
    (text,) = (re.sub("^   ", "", text, flags=re.M) for text in blocks("markdown", README))
    path = "2026/01/mein-artikel.md"
    entry, problems = reader.read(path, header.read(text.encode()), loaded)
    assert (problems, entry is None) == ((), False)


# For administrators.


def test_every_setting_is_documented() -> None:
    run = "run: python -m tools.document_settings"
    assert document_settings.TARGET.read_text(encoding="utf-8") == document_settings.page(), run


def test_every_command_and_option_is_documented() -> None:
    everything = "".join(DOCS.values())
    whole = parser(COMMANDS)
    whole.spell_out()
    (commands,) = (a for a in whole._actions if isinstance(a, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        assert f"stadtschreiber {name}" in everything
        for option in {o for a in command._actions for o in a.option_strings} - {"-h", "--help"}:
            assert re.search(rf"{option}(?![\w-])", everything), f"{name} {option}"


# For layout people.


def test_every_question_is_documented() -> None:
    questions = {name for name in vars(SiteContext) if not name.startswith("_")}
    assert [name for name in sorted(questions) if f"site.{name}(" not in LAYOUTS] == []
    assert [
        name for name in sorted(ARTICLE_FILTERS | FIRM_FILTERS) if not named(name, LAYOUTS)
    ] == []


def test_every_filter_is_documented() -> None:
    known = filters.for_portal(portal.load(ROOT / "portal.toml"))
    assert [name for name in known if not re.search(rf"\|{name}\b", LAYOUTS)] == []


def test_every_field_of_a_page_is_documented() -> None:
    # A layout knows what it is, and a file has none.
    wanted = set(Page.__struct_fields__) - {"layout", "listed", "file"}
    assert [name for name in sorted(wanted) if f"`page.{name}`" not in LAYOUTS] == []
    assert [name for name in sorted(CONSTANTS) if f"`portal.{name}`" not in LAYOUTS] == []


def test_every_field_of_an_answer_is_documented() -> None:
    kinds = [
        kind
        for kind in vars(answers).values()
        if isinstance(kind, type) and kind.__module__ == answers.__name__
    ]
    fields = {
        name
        for kind in (*kinds, Article, StandingPage)
        for name in getattr(kind, "__struct_fields__", ())
    }
    assert len(fields) > 40
    assert [name for name in sorted(fields) if not named(name, LAYOUTS)] == []


def test_every_layout_is_documented() -> None:
    names = [f"{f.name}/" if f.is_dir() else f.name for f in (ROOT / "layouts").iterdir()]
    assert [name for name in sorted(names) if f"`{name}`" not in LAYOUTS] == []


# Links between documents.


def test_the_readme_names_every_document() -> None:
    assert [name for name in sorted(DOCS) if f"](docs/{name})" not in README] == []


@pytest.mark.parametrize(
    "name", [*DOCS, "../README.md", "../ARCHITECTURE.md", "../CONTRIBUTING.md"]
)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"(?<!\\)\]\(((?!https?:)[^)\s]*)\)", re.sub("`[^`\n]*`", "", prose)):
        path, _, anchor = target.partition("#")
        file = (ROOT / "docs" / name).parent / path if path else ROOT / "docs" / name
        assert file.exists(), target
        if anchor:
            headings = re.findall("^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}
            assert anchor in anchors, target


# For developers.


def test_files_that_the_way_in_names_are_there() -> None:
    named = re.findall(r"`((?:generator|tests|layouts|docs|tools)/[\w/.]*)`", CONTRIBUTING)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []
