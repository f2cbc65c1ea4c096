"""What sources that come, go or move can change: exactly the answers that are others are found."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, cast

import msgspec
import pytest

from generator.base import digests
from generator.config.portal import Portal
from generator.engine.moves import RULES
from generator.engine.previous_build import PreviousBuild
from generator.engine.queries import QUERIES
from generator.engine.render import Answers
from generator.engine.stale import changed_answers
from generator.load.store import Generation, KeptAnswer
from generator.model.article import Ad, Article, Firm, Link, StandingPage
from generator.model.entry import Entry, arranged
from generator.site import links, related
from generator.site.index import Site
from generator.site.pages import plan
from generator.templates.context import Question
from tests.portals import NOW, without_sources
from tests.site.test_index import article

SECTIONS = ("politik", "technik", "leben")
KEYWORDS = ("Amt", "Ämter", "KI", "ki", "Rat", "OZG")
AUTHORS = ("ve", "Gast Autor")
DAYS = ("2025-12-31", "2026-05-01", "2026-05-01", "2026-05-02", "2026-06-14", "2026-06-15")
KINDS = ("news", "news", "report", "sponsored")
PATHS = tuple(f"2026/{letter}.md" for letter in "abcdefghijklmn")
OTHERS = ("seiten/x.md", "seiten/y.md", "firmen/u.md", "firmen/v.md")

Sources = dict[str, Entry]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    return without_sources(tmp_path_factory.mktemp("moves"))


def some(random: Random, values: tuple[str, ...], most: int) -> tuple[str, ...]:
    return tuple(random.sample(values, random.randint(0, most)))


def entry(random: Random, path: str) -> Entry:
    """A source of the kind that lies there, with whatever values."""
    address, name = f"/{random.choice('12')}{path[:-3]}/", random.choice(("Eins", "Zwei"))
    source: Article | StandingPage | Firm
    if path.startswith("seiten"):
        source = StandingPage(path, address, "x", name, "", (), random.random() < 0.2)
    elif path.startswith("firmen"):
        plain: dict[str, Any] = dict.fromkeys(Firm.__struct_fields__, "")
        plain |= {
            "path": path, "address": address, "title": name, "town": random.choice(("Ort", "Ulm")),
            "fields": some(random, ("IT", "Bau"), 2), "keywords": some(random, KEYWORDS, 2),
            "paid": False, "draft": False, "expires": None, "aliases": (), "logo": None,
        }  # fmt: skip
        source = Firm(**plain)
    else:
        source = article(
            path, random.choice(DAYS), address=address, title=name, kind=random.choice(KINDS),
            section=random.choice(SECTIONS), keywords=some(random, KEYWORDS, 3),
            authors=some(random, AUTHORS, 1), draft=random.random() < 0.1,
        )  # fmt: skip
    linked = some(random, (*PATHS, *OTHERS), 2)
    return Entry(
        source, digests.of_value(source), arranged(source), random.choice((b"one", b"other")),
        tuple(Link(f"/{one}", 1, *links.resolve(path, f"/{one}")) for one in linked), (), {},
    )  # fmt: skip


def edited(random: Random, before: Sources) -> Sources:
    """The sources after a few of them came, went, moved, or were written anew."""
    after = dict(before)
    for path in random.sample((*PATHS, *OTHERS), random.randint(1, 2)):
        match random.choice(("new", "new", "gone", "title", "moved")):
            case "gone":
                after.pop(path, None)
            case "title" | "moved" as change if path in after:
                source, other = after[path].source, entry(random, path).source
                fields = ("title",) if change == "title" else (random.choice(_fields(source)),)
                values = {field: getattr(other, field) for field in fields}
                source = cast("Article", msgspec.structs.replace(source, **values))
                after[path] = msgspec.structs.replace(
                    after[path], source=source, digest=digests.of_value(source),
                    arrangement=arranged(source),
                )  # fmt: skip
            case _:
                after[path] = entry(random, path)
    return after


def _fields(source: Article | StandingPage | Firm | Ad) -> tuple[str, ...]:
    if isinstance(source, Article):
        return ("section", "keywords", "kind", "date", "authors", "address", "draft")
    return ("address", "title")


def lists() -> Iterator[tuple[str | int, ...]]:
    """Filters of lists."""
    yield ()
    yield from (("kind", kind) for kind in ("all", "sponsored", "report"))
    yield from (("section", one) for one in SECTIONS)
    yield from (("keyword", one) for one in ("Amt", "KI"))
    yield ("author", "ve")
    yield ("kind", "all", "month", 5, "year", 2026)
    yield ("section", "politik", "year", 2026)


def questions() -> Iterator[Question]:
    """Questions to all queries that sources alone decide."""
    for path in PATHS:
        for name in ("article", "lasting_id", "pdf", "ranking_basis"):
            yield name, path
        yield "ranking", path, 3
        yield "related", path, 3
        yield "among", path, "limit", 3, "section", "politik"
        yield "among", path, "keyword", "Amt"
    for path in OTHERS:
        yield ("firm" if path.startswith("firmen") else "standing"), path
    for path in (*PATHS, *OTHERS):
        yield from (("body", path, absolute) for absolute in (0, 1))
    for filters in lists():
        paired = dict(zip(filters[::2], filters[1::2], strict=True))
        for cut in ((), ("limit", 1), ("limit", 4), ("number", 1)):
            pairs = sorted([*paired.items(), *(cut and (cut,))])
            given = tuple(part for pair in pairs for part in pair)
            yield "articles", *given
            yield "headlines", *given
        yield "count", *filters
        yield "newest_page", *filters
    yield from (("articles", "limit", 1, "number", 1, "section", one) for one in SECTIONS)
    yield from (("members", one) for one in KEYWORDS)
    yield from (("fillers", one) for one in SECTIONS)
    for keyword in ("Amt", "KI"):
        yield "firms", "keyword", keyword
    for number in (2025, 2026):
        yield "year", number
    yield "sitemap", 1
    for name in (
        "keywords", "years", "credits", "redirects", "gone", "recent", "firm_fields", "firm_towns",
        "has_firms",
    ):  # fmt: skip
        yield (name,)


ALL = tuple(dict.fromkeys(questions()))
NUMBERS = {question: number for number, question in enumerate(ALL)}


def answers(portal: Portal, sources: Sources, previous: PreviousBuild | None = None) -> Answers:
    site, nowhere = Site(portal, sources.values(), NOW), cast("Any", None)
    given = {"previous": previous} if previous else {}
    return Answers(site, nowhere, nowhere, nowhere, plan(site), nowhere, **given)


def generation(before: Answers) -> Generation:
    """What a build knows of all these answers."""
    found = tuple(map(before.digest, ALL))
    derived = tuple(
        KeptAnswer(NUMBERS[one], tuple(NUMBERS[q] for q in made.trace), made.digest, made.value)
        for one, made in before.derived.items()
    )
    return Generation({}, before.site.outline, ALL, found, derived)


def check(portal: Portal, before: Sources, after: Sources) -> None:
    """All answers that are others are found, and the rest is not asked again for nothing."""
    kept = generation(answers(portal, before))

    def former(path: str) -> Entry | None:
        return before.get(path)

    new = answers(portal, after, PreviousBuild(kept, former))
    found = {ALL[number] for number in changed_answers(PreviousBuild(kept, former), new)}
    clean = answers(portal, after)
    answered = [one for one in ALL if kept.digests[NUMBERS[one]]]
    changed = {one for one in answered if clean.digest(one) != kept.digests[NUMBERS[one]]}
    assert found.intersection(answered) == changed
    assert all(new.digest(one) == clean.digest(one) for one in ALL)


@pytest.fixture(params=["none", "all", "newest"])
def with_pdfs(portal: Portal, request: pytest.FixtureRequest) -> Portal:
    """PDFs of no articles, of all, or of the newest."""
    pdf = msgspec.structs.replace(
        portal.pdf, enabled=request.param != "none", newest=3 * (request.param == "newest")
    )
    return msgspec.structs.replace(portal, pdf=pdf)


@pytest.mark.parametrize("seed", range(12))
def test_exactly_the_answers_that_are_others_are_found(
    with_pdfs: Portal, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(related, "FILLERS", 3)
    monkeypatch.setattr(related, "CANDIDATES", 3)
    random = Random(seed)
    paths = random.sample((*PATHS, *OTHERS), random.randint(4, 16))
    before = {path: entry(random, path) for path in paths}
    for _ in range(6):
        after = edited(random, before)
        check(with_pdfs, before, after)
        before = after


def test_there_are_rules_for_queries_only() -> None:
    assert RULES.keys() <= QUERIES.keys()
    assert {question[0] for question in ALL} >= RULES.keys()


def asked_again(portal: Portal, before: Sources, after: Sources) -> set[Question]:
    kept = generation(answers(portal, before))
    last = PreviousBuild(kept, before.get)
    return {question for _, question in last.delta(answers(portal, after).site).concerned(ALL)}


def plain_entry(path: str, date: str, **fields: Any) -> Entry:
    source = article(path, date, **fields)
    return Entry(source, digests.of_value(source), arranged(source), b"", (), (), {})


@pytest.mark.parametrize(
    ("question", "again"),
    [
        (("article", "2026/a.md"), False), (("article", "2026/n.md"), True),
        (("headlines", "limit", 1), False), (("headlines", "limit", 4), True),
        (("headlines", "section", "technik"), False), (("members", "KI"), True),
        (("members", "Rat"), False), (("fillers", "technik"), False), (("keywords",), True),
        (("among", "2026/a.md", "limit", 3, "section", "politik"), True),
        (("firm_towns",), False), (("count", "author", "ve"), False),
        (("body", "2026/b.md", 0), False),
    ],
)  # fmt: skip
def test_an_old_article_that_comes_leaves_most_answers_alone(
    portal: Portal, question: Question, again: bool
) -> None:
    days = {"2026/a.md": "2026-06-14", "2026/b.md": "2026-06-13"}
    before = {path: plain_entry(path, day) for path, day in days.items()}
    new = plain_entry("2026/n.md", "2025-12-31", keywords=("KI",))
    assert (question in asked_again(portal, before, {**before, "2026/n.md": new})) is again


def test_with_other_settings_everything_is_asked_again(portal: Portal) -> None:
    before = {path: plain_entry(path, "2026-05-01") for path in PATHS[1:]}
    after = before | {PATHS[0]: plain_entry(PATHS[0], "2026-05-01")}
    other = msgspec.structs.replace(portal, title="Anders")
    assert asked_again(portal, before, after) < set(ALL)
    last = PreviousBuild(generation(answers(portal, before)), before.get)
    delta = last.delta(answers(other, after).site)
    assert len(dict(delta.concerned(ALL))) == len(ALL)


def test_where_it_is_not_known_what_a_source_was_everything_is_asked_again(portal: Portal) -> None:
    before = {path: plain_entry(path, "2026-05-01") for path in PATHS}
    after = {path: before[path] for path in PATHS[1:]}
    kept = generation(answers(portal, before))
    formers: tuple[Callable[[str], Entry | None], ...] = (
        lambda _path: None,
        lambda path: plain_entry(path, "2026-05-02"),
    )
    for former in formers:
        delta = PreviousBuild(kept, former).delta(answers(portal, after).site)
        assert len(dict(delta.concerned(ALL))) == len(ALL)
