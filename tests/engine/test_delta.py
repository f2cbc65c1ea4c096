"""What an edit may have changed: everything that is not said to hold was asked again."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from generator.base import digests
from generator.config import portal as portals
from generator.config.portal import Portal
from generator.engine import queries  # noqa: F401 (declares them)
from generator.engine.delta import Delta, Edits
from generator.engine.query import QUERIES
from generator.front_matter import dates
from generator.model.article import Article, Image, Picture, StandingPage
from generator.model.entry import Entry, arranged
from generator.site.index import Site
from generator.templates.context import Question
from tests.portals import NOW, TestPortal
from tests.site.test_index import article

ASKED: tuple[Question, ...] = (
    ("article", "a.md"), ("article", "b.md"),
    ("articles", "section", "politik"), ("articles", "section", "technik"), ("headlines",),
    ("newest_page", "section", "politik"), ("count", "section", "politik"), ("keywords",),
    ("members", "Amt"), ("ranking", "a.md", 5), ("ranking_basis", "b.md"), ("years",),
    ("among", "a.md", "limit", 1),
)  # fmt: skip


def entry(source: Article | StandingPage, text: bytes = b"text") -> Entry:
    return Entry(source, digests.of_value(source), arranged(source), text, (), (), {})


def site(portal: Portal, *entries: Entry) -> Site:
    return Site(portal, entries, NOW)


def between(old: Site, new: Site) -> Edits | None:
    return Edits.between(old.outline, new, lambda _path: None)


def concerned(portal: Portal, before: list[Entry], after: list[Entry]) -> set[Question]:
    """Those of the questions that have to be asked again; all others have the same answers."""
    old, new = site(portal, *before), site(portal, *after)
    delta = Delta(new, between(old, new))
    found = {question for question in ASKED if delta.concerns(question)}
    for question in set(ASKED) - found:
        assert answer(old, question) == answer(new, question), question
    return found


def answer(site: Site, question: Question) -> Any:
    match question:
        case ("among", *_):
            return site.among("a.md", limit=1)
        case ("members", str(keyword)):
            return site.related.members(keyword)
        case ("ranking", str(path), int(limit)):
            return site.related.ranking(site.article(path), limit)[0]
        case ("ranking_basis", str(path)):
            return site.related.basis(site.article(path))
    name = question[0]
    given, by_name = QUERIES[str(name)].arguments(question)
    return getattr(site, str(name))(*given, **by_name)


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return portals.load(TestPortal.small(tmp_path / "portal").root / portals.FILE)


@pytest.fixture
def entries() -> list[Entry]:
    return [
        entry(article("a.md", section="politik", keywords=("Amt",))),
        entry(article("b.md", section="technik", keywords=("Amt", "Breitband"))),
    ]


def test_another_text_concerns_that_text_alone(portal: Portal, entries: list[Entry]) -> None:
    after = [msgspec.structs.replace(entries[0], text=b"other"), entries[1]]
    assert concerned(portal, entries, after) == set()
    old, new = site(portal, *entries), site(portal, *after)
    delta = Delta(new, between(old, new))
    assert delta.concerns(("body", "a.md", 0))
    assert not delta.concerns(("body", "b.md", 1))


def test_another_headline_concerns_the_lists_that_show_it(
    portal: Portal, entries: list[Entry]
) -> None:
    assert isinstance(entries[0].source, Article)
    new = entry(msgspec.structs.replace(entries[0].source, title="Anders"))
    assert concerned(portal, entries, [new, entries[1]]) == {
        ("article", "a.md"), ("articles", "section", "politik"), ("headlines",),
        ("newest_page", "section", "politik"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        ("today",), ("recent",), ("ad", "top"), ("asset", "style.css"), ("layout", "base.html"),
        ("image", "a.md", "b.svg"),
    ],
)  # fmt: skip
def test_what_is_not_decided_by_sources_alone_is_always_asked_again(
    portal: Portal, entries: list[Entry], question: Question
) -> None:
    same = site(portal, *entries)
    edits = between(same, same)
    assert Delta(same, edits).concerns(question)


PICTURE = Picture(Image("b.svg", credit="Foto"), 1)


@pytest.mark.parametrize(
    ("before", "after", "may_change"),
    [
        ({}, {"text": b"other"}, False),
        ({}, {"text": b"other", "placeholders": (PICTURE,)}, True),
        ({"placeholders": (PICTURE,)}, {"text": b"other"}, True),
        ({"placeholders": (PICTURE,)}, {"placeholders": (PICTURE,)}, False),
        ({}, {"digest": b"other"}, True),
    ],
)
def test_credits_are_collected_again_where_a_picture_may_have_come_or_gone(
    portal: Portal,
    entries: list[Entry],
    before: dict[str, Any],
    after: dict[str, Any],
    may_change: bool,
) -> None:
    first, other = entries
    old = site(portal, msgspec.structs.replace(first, **before), other)
    new = site(portal, msgspec.structs.replace(first, **after), other)
    delta = Delta(new, between(old, new))
    assert delta.concerns(("credits",)) is may_change


@pytest.mark.parametrize(
    "fields",
    [
        {"section": "technik"}, {"keywords": ("Amt", "Neues")}, {"kind": "sponsored"},
        {"date": dates.parse("2026-01-01", NOW.tzinfo)}, {"address": "/anders/"},  # type: ignore[arg-type]
        {"expires": dates.parse("2026-12-01", NOW.tzinfo)}, {"aliases": ("/alt/",)},  # type: ignore[arg-type]
        {"authors": ("ve",)}, {"guid": "x"},
    ],
)  # fmt: skip
def test_anything_else_concerns_everything(
    portal: Portal, entries: list[Entry], fields: dict[str, Any]
) -> None:
    assert isinstance(entries[0].source, Article)
    new = entry(msgspec.structs.replace(entries[0].source, **fields))
    assert concerned(portal, entries, [new, entries[1]]) == set(ASKED)
    assert concerned(portal, entries, entries[:1]) == set(ASKED)


@pytest.mark.parametrize(
    "field",
    sorted(set(Article.__struct_fields__) - {"path", "address", "slug", "date", "unpublished"}),
)
def test_every_field_is_shown_or_arranges(portal: Portal, entries: list[Entry], field: str) -> None:
    """Whatever a field is, what is not asked again has the same answer."""
    source = entries[0].source
    assert isinstance(source, Article)
    values: dict[str, Any] = {
        "title": "Anders", "kicker": "Anders", "lead": "Anders", "section": "technik",
        "updated": source.date, "keywords": ("Neues",), "authors": ("ve",), "sources": ("x",),
        "image": {"file": "x"}, "kind": "report", "aliases": ("/alt/",), "draft": True,
        "expires": source.date, "guid": "x", "fields": {"a": "b"}, "corrections": ("x",),
    }  # fmt: skip
    new = entry(msgspec.structs.replace(source, **{field: values[field]}))
    concerned(portal, entries, [new, entries[1]])
