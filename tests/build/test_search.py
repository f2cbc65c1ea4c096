"""The search index: made anew when what it tells changed, the same bytes each time, whole."""

import base64
import gzip
import json
import os
import re
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from generator.build import pagefind
from generator.config import fingerprint
from tests.portals import NOW, PORTAL, SVG, TestPortal

pytestmark = pytest.mark.slow

TOML = f"""{PORTAL}
[search]
enabled = true

[keywords.synonyms]
"Haushalt" = ["Etat"]
"""
SECTIONS = ("politik", "technik")
ERROR = base64.b64encode(b'{"payload": {"type": "Error", "message": "no room"}}').decode()
KINDS = ("news", "interview", "report", "comment", "sponsored")


@pytest.fixture
def filled(tmp_path: Path) -> TestPortal:
    """A portal with articles of many years and kinds."""
    return written(tmp_path / "portal")


def written(root: Path) -> TestPortal:
    portal = TestPortal.small(root, toml=TOML)
    for number in range(20):
        portal.article(
            f"n{number}.md", f"Satz {number} über die Straße.\n\n## Zweites\n\nEnde.",
            date=f"{2006 + number}-05-01", section=SECTIONS[number % 2],
            kind=KINDS[number % 5], keywords="Haushalt, Ämter",
        )  # fmt: skip
    return portal


def index_of(portal: TestPortal) -> dict[str, bytes]:
    return {path: data for path, data in portal.files().items() if path.startswith("pagefind/")}


def told(portal: TestPortal) -> dict[str, dict[str, object]]:
    """What the index tells of each article, by address."""
    found = {}
    for path, data in index_of(portal).items():
        if path.endswith(".pf_fragment"):
            text = gzip.decompress(data).removeprefix(b"pagefind_dcd")
            fragment = json.loads(text)
            found[fragment["url"]] = fragment
    return found


def without_pagefind() -> "mock._patch[mock.MagicMock]":
    return mock.patch.object(pagefind, "index", side_effect=AssertionError("it made an index"))


def test_the_same_articles_give_the_same_index(filled: TestPortal, tmp_path: Path) -> None:
    filled.build()
    first = index_of(filled)
    assert len([path for path in first if "/fragment/" in path]) == 20
    assert len([path for path in first if "/filter/" in path]) == 3
    # Pagefind's own order would be the same by chance one time in millions.
    assert index_of_another(tmp_path / "other") == first


def index_of_another(root: Path) -> dict[str, bytes]:
    portal = written(root)
    portal.build()
    return index_of(portal)


def test_it_is_what_a_clean_build_makes_after_each_change(filled: TestPortal) -> None:
    filled.build()
    for change in (
        {"text": "Ganz anders."},
        {"title": "Neu"},
        {"section": "politik"},
        {"draft": "true"},
        {"date": "2026-06-15 13:00"},
    ):
        filled.article("n3.md", **change)
        filled.build()
        incremental = filled.files()
        filled.build(clean=True)
        assert filled.files() == incremental, change


def test_it_tells_what_an_article_is(filled: TestPortal) -> None:
    filled.write("content/a.svg", SVG)
    filled.article(
        "2026/05/ganz.md", 'Text mit [Weg](../../n3.md).\n\n![Alt](a.svg "Unter dem Bild")',
        title="Titel & <Zeichen>", kicker='Ort "A"', lead="Vorspann", author="ve",
        keywords="Haushalt", kind="interview", section="technik",
    )  # fmt: skip
    filled.write("content/2026/05/a.svg", SVG)
    filled.build()
    fragment = told(filled)["/2026/05/ganz/"]
    assert fragment["content"] == "Vorspann. Text mit Weg. Unter dem Bild."
    assert fragment["filters"] == {"section": ["technik"], "year": ["2026"], "kind": ["interview"]}
    assert fragment["meta"] == {
        "title": "Titel & <Zeichen>", "kicker": 'Ort "A"', "authors": "Vera Eschenbach",
        "keywords": "Haushalt, Etat", "day": "20574",
    }  # fmt: skip


def test_only_articles_are_in_it(filled: TestPortal) -> None:
    filled.article("seiten/impressum.md", title="Impressum", date=None, section=None)
    filled.build()
    assert filled.has("/impressum/")
    assert set(told(filled)) == {f"/{2006 + n}/05/n{n}/" for n in range(20)}


@pytest.mark.parametrize(
    "path", ["layouts/foot.html", "content/seiten/impressum.md", "assets/style.css"]
)
def test_what_it_does_not_tell_leaves_it_alone(filled: TestPortal, path: str) -> None:
    filled.article("seiten/impressum.md", title="Impressum", date=None, section=None)
    filled.build()
    before = index_of(filled)
    file = filled.root / path
    file.write_text(file.read_text() + "\nNoch ein Satz.\n")
    with without_pagefind():
        assert filled.build().written
        assert filled.build(at=NOW + timedelta(days=1)) is not None
    assert index_of(filled) == before


def test_a_change_replaces_what_belongs_to_it_and_touches_no_other_article(
    filled: TestPortal,
) -> None:
    filled.build()
    folder = filled.output / "pagefind/fragment"
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    filled.article("n3.md", "Ganz anders.", date="2009-05-01")
    filled.build()
    after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert len(before.keys() - after.keys()) == len(after.keys() - before.keys()) == 1
    assert all(before[name] == after[name] for name in before.keys() & after.keys())


def test_a_withdrawn_article_is_out_of_it(filled: TestPortal) -> None:
    filled.build()
    assert "/2009/05/n3/" in told(filled)
    filled.article("n3.md", date="2009-05-01", draft="true")
    filled.build()
    assert "/2009/05/n3/" not in told(filled)
    assert len(told(filled)) == 19


def test_another_language_makes_another_index(filled: TestPortal) -> None:
    """Words have other stems in it."""
    filled.build()
    filled.write("portal.toml", f'language = "en"\n{TOML}')
    filled.build()
    incremental = index_of(filled)
    filled.build(clean=True)
    assert index_of(filled) == incremental


def test_another_version_of_the_generator_makes_the_index_anew(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.build()
    monkeypatch.setattr(fingerprint, "generator", lambda: b"another")
    monkeypatch.setattr(pagefind, "index", lambda *_: {"index.js": b"another"})
    filled.build()
    assert index_of(filled) == {"pagefind/index.js": b"another"}


def test_what_somebody_else_removed_comes_back(filled: TestPortal) -> None:
    filled.build()
    before = index_of(filled)
    (filled.output / "pagefind/pagefind-entry.json").unlink()
    next((filled.output / "pagefind/fragment").iterdir()).unlink()
    filled.build()
    assert index_of(filled) == before


def test_a_portal_without_search_has_none_of_it(filled: TestPortal) -> None:
    filled.build()
    assert filled.has("/suche/")
    filled.write("portal.toml", PORTAL)
    filled.build()
    assert not index_of(filled)
    assert not filled.has("/suche/")


def test_a_portal_without_articles_has_a_search_page_and_no_index(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal", toml=TOML)
    portal.build()
    assert portal.has("/suche/")
    assert not index_of(portal)


@pytest.mark.skipif(os.name == "nt", reason="needs a program that is a script")
@pytest.mark.parametrize("program", ["exit 3", f"printf %s, {ERROR}; exec cat >&2", "missing"])
def test_where_pagefind_fails_the_output_stays(
    filled: TestPortal, tmp_path: Path, program: str
) -> None:
    filled.build()
    before = filled.files()
    filled.article("n3.md", "Ganz anders.", date="2009-05-01")
    script = tmp_path / "pagefind"
    if program != "missing":
        script.write_text(f"#!/bin/sh\n{program}\n")
        script.chmod(0o755)
    with mock.patch("pagefind_bin.get_executable", return_value=script):
        found = filled.mistakes()
    assert [one.name for one in found] == ["search-failed"]
    assert filled.files() == before
    filled.build()
    assert "Ganz anders." in str(told(filled)["/2009/05/n3/"]["content"])


def test_an_address_of_the_search_is_nobody_elses(filled: TestPortal) -> None:
    filled.article("seiten/suche.md", title="Suche", date=None, section=None)
    (found,) = filled.mistakes()
    assert found.name == "address-twice"
    assert re.search("suche", found.what())
