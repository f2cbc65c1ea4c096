"""The bench of the preview: what it shows is what a build would publish, whatever was edited."""

import random
import re
import shutil
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.load.store import LostError, Texts
from generator.model.article import Body
from generator.serve import cache as preview_shelf
from generator.serve import workspace as preview_room
from generator.serve.backend import Bench, open_portal
from generator.serve.files import is_passed_over
from generator.serve.protocol import Answer, Ask, News, Opened, Opening, Refused
from generator.serve.server import is_ours
from generator.serve.words import language_of
from tests.portals import NOW, TestPortal

pytestmark = pytest.mark.slow

AT = f"{NOW:%Y-%m-%d %H:%M}"


def opening(portal: TestPortal, *, at: str = AT, drafts: bool = True) -> Opening:
    return Opening(str(portal.root), exact=True, at=at, drafts=drafts, jobs=1)


class Desk:
    """A bench with which a test works as the server does."""

    def __init__(self, portal: TestPortal, **how: object) -> None:
        self.portal = portal
        self.bench = Bench(portal.root, opening(portal, **how))  # type: ignore[arg-type]
        self.news = self.bench.look(None)

    def settle(self) -> News:
        """Lets it do all that can wait."""
        self.news = self.bench.go_on()
        while self.news.more:
            self.news = self.bench.go_on()
        return self.news

    def save(self, *files: Path) -> News:
        """Tells it that files changed."""
        self.news = self.bench.look([str(file) for file in files])
        return self.news

    def get(self, path: str) -> Answer:
        return self.bench.answer(Ask(path, "127.0.0.1:8000", "en"))

    def text(self, path: str) -> str:
        """A page without what the preview added for browsers."""
        return re.sub(r'<script async src="/livereload.*\n', "", self.get(path).data.decode())

    def problems(self) -> list[tuple[str, int, str]]:
        return [(one.path, one.line, one.name) for one in self.news.problems]


@pytest.fixture
def filled(portal: TestPortal) -> TestPortal:
    """A portal with articles of all sorts."""
    for number in range(8):
        portal.article(
            f"2026/0{number % 4 + 1}/text-{number}.md",
            f"Satz {number}. Mehr im [andern](/2026/01/text-0.md).",
            date=f"2026-0{number % 4 + 1}-1{number}",
            section=("politik", "technik")[number % 2],
            keywords=f"[Amt {number % 3}, Breitband]",
            author="ve",
        )
    portal.article("2026/05/entwurf.md", title="Unfertiges", draft="true")
    portal.article("2026/07/spaeter.md", title="Späteres", date="2026-07-01 10:00")
    portal.article(
        "2026/02/vorbei.md", title="Vergangenes", date="2026-02-01", expires="2026-03-01"
    )
    portal.article("2026/04/anzeige.md", title="Bezahltes", kind="sponsored", source="Firma")
    portal.write("content/seiten/impressum.md", "---\ntitle: Impressum\n---\n\nWir.\n")
    return portal


@pytest.fixture
def desk(filled: TestPortal) -> Iterator[Desk]:
    made = Desk(filled)
    yield made
    made.bench.close()


def all_pages(desk: Desk) -> dict[str, str]:
    """The text of each page but the PDFs, by its file."""
    room = desk.bench._room
    assert room is not None
    pages = [page for page in room.view.pages if not page.is_pdf]
    return {page.target: desk.text(page.address) for page in pages}


def test_every_page_is_what_a_build_with_drafts_publishes(filled: TestPortal) -> None:
    desk = Desk(filled)
    shown = all_pages(desk)
    desk.bench.close()
    filled.build(drafts=True)
    published = filled.files()
    assert len(shown) > 40
    assert {target: published[target].decode() for target in shown} == shown
    assets = [name for name in published if name.startswith("assets/")]
    desk = Desk(filled)
    assert {name: published[name] for name in assets} == {
        name: desk.get(f"/{name}").data for name in assets
    }
    desk.bench.close()


def test_a_pdf_is_what_a_build_publishes(filled: TestPortal) -> None:
    settings = (filled.root / "portal.toml").read_text()
    filled.write("portal.toml", re.sub("enabled = .*", "enabled = true\nnewest = 3", settings))
    desk = Desk(filled)
    room = desk.bench._room
    assert room is not None
    page = next(page for page in room.view.pages if page.is_pdf)
    shown = desk.get(page.address)
    filled.build(drafts=True)
    assert (shown.status, shown.kind) == (200, "application/pdf")
    assert shown.data == filled.files()[page.target]
    desk.bench.close()


def test_nothing_is_written_but_the_store_of_the_preview(desk: Desk) -> None:
    before = {"portal.toml", "layouts", "assets", "content"}
    desk.settle()
    assert {path.name for path in desk.portal.root.iterdir()} == before | {".stadtschreiber"}
    assert [path.name for path in (desk.portal.root / ".stadtschreiber").iterdir()] == ["preview"]


# Whatever is edited, what is in memory is what would be read anew.


def _edits(
    portal: TestPortal, chance: random.Random
) -> Iterator[tuple[str, Callable[[], list[Path]]]]:
    content = portal.root / "content"
    sources = sorted(content.glob("2026/**/*.md"))
    source = chance.choice(sources)
    number = chance.randrange(10_000)

    def changed(old: str, new: str) -> Callable[[], list[Path]]:
        def change() -> list[Path]:
            source.write_text(re.sub(old, new, source.read_text(), count=1, flags=re.MULTILINE))
            return [source]

        return change

    def add() -> list[Path]:
        return [portal.article(f"2026/06/neu-{number}.md", keywords=f"[Neu {number % 3}]")]

    def remove() -> list[Path]:
        source.unlink()
        return [source]

    def move() -> list[Path]:
        target = source.with_name(f"umbenannt-{number}.md")
        source.rename(target)
        return [source, target]

    def relayout() -> list[Path]:
        file = portal.root / "layouts" / "fragments" / "footer.html"
        file.write_text(file.read_text() + f"<!-- {number} -->")
        return [file]

    def restyle() -> list[Path]:
        file = portal.root / "assets" / "css" / "style.css"
        file.write_text(file.read_text() + f"/* {number} */")
        return [file]

    def rename() -> list[Path]:
        file = portal.root / "portal.toml"
        file.write_text(
            re.sub("^title = .*", f'title = "Blatt {number}"', file.read_text(), flags=re.M)
        )
        return [file]

    yield "text", changed(r"\Z", f"\nNachtrag {number}.\n")
    yield "title", changed("^title: .*", f"title: Neuer Titel {number}")
    yield "lead", changed("^section:", f"lead: Vorspann {number}\nsection:")
    credit = f"image: {{file: /icons/icon.svg, alt: Zeichen, credit: Foto {number}}}"
    yield "image", changed("^section:", f"{credit}\nsection:")
    yield "updated", changed("^section:", f"updated: 2026-06-1{number % 4}\nsection:")
    yield "source", changed("^section:", f"source: Amt {number}\nsection:")
    yield "kind", changed("^section:", f"kind: {('comment', 'sponsored')[number % 2]}\nsection:")
    yield "keyword", changed("^section:", f"keywords: [Amt {number % 4}]\nsection:")
    yield "section", changed("^section: .*", f"section: {('politik', 'technik')[number % 2]}")
    yield "date", changed("^date: .*", f"date: 2026-05-{number % 28 + 1:02}")
    yield "draft", changed("^section:", "draft: true\nsection:")
    yield "slug", changed("^section:", f"slug: anders-{number}\nsection:")
    yield "broken", changed("^date: .*", "date: irgendwann")
    yield "same", lambda: [source]
    yield "new", add
    yield "removed", remove
    yield "moved", move
    yield "layout", relayout
    yield "style", restyle
    yield "portal", rename


@pytest.mark.parametrize("seed", range(3))
def test_what_is_in_memory_is_what_would_be_read_anew(
    filled: TestPortal, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_room, "GRACE", 0.0)
    chance = random.Random(seed)
    desk = Desk(filled)
    done = []
    for turn in range(12):
        name, edit = chance.choice(list(_edits(filled, chance)))
        done.append(name)
        desk.save(*edit())
        if chance.random() < 0.5:
            desk.settle()
        if desk.settle().problems:
            continue  # what is wrong stays as it was, and is not what would be read anew
        copy = TestPortal(tmp_path / f"copy-{turn}")
        shutil.copytree(filled.root, copy.root, ignore=shutil.ignore_patterns(".stadtschreiber"))
        anew = Desk(copy)
        try:
            assert all_pages(desk) == all_pages(anew), done
        finally:
            anew.bench.close()
    desk.bench.close()


def test_a_token_changes_with_a_page_and_not_without(desk: Desk) -> None:
    desk.settle()
    token = desk.news.token
    file = desk.portal.root / "content/2026/01/text-0.md"
    file.touch()
    assert desk.save(file).token == token
    assert desk.settle().token == token
    file.write_text(file.read_text() + "\nMehr.\n")
    changed = desk.save(file)
    assert changed.token != token
    assert changed.changed == ("content/2026/01/text-0.md",)
    assert desk.settle().token == changed.token


def test_files_that_nobody_told_of_are_found_later(desk: Desk) -> None:
    desk.settle()
    desk.portal.article("2026/06/still.md", title="Still und leise")
    desk.save(desk.portal.root / "content/2026/01/text-0.md")
    assert "Still und leise" not in desk.text("/politik/")
    desk.settle()
    assert "Still und leise" in desk.text("/politik/")


# What is not published yet.


def test_drafts_and_future_articles_are_marked_on_their_pages_and_in_lists(desk: Desk) -> None:
    draft, later = '<span class="unpublished">Entwurf', "erscheint am 1.7.2026, 10:00 Uhr"
    assert draft in desk.text("/2026/05/entwurf/")
    assert later in desk.text("/2026/07/spaeter/")
    for page in ("/", "/politik/", "/2026/01/text-0/", "/archiv/2026/05/"):
        assert draft in desk.text(page)
    assert later in desk.text("/archiv/2026/07/")
    assert "unpublished" not in desk.text("/2026/01/text-0/").partition("</h1>")[0]


def test_what_has_expired_is_not_shown(desk: Desk) -> None:
    answer = desk.get("/2026/02/vorbei/")
    assert answer.status == 404
    assert "has expired" in answer.data.decode()
    assert "Vergangenes" not in desk.text("/archiv/2026/02/")


def test_without_drafts_only_what_is_published_is_shown(filled: TestPortal) -> None:
    desk = Desk(filled, drafts=False)
    assert not any("unpublished" in text for text in all_pages(desk).values())
    answer = desk.get("/2026/05/entwurf/")
    assert answer.status == 404
    assert "--no-drafts" in answer.data.decode()
    desk.bench.close()


def test_an_article_appears_at_its_time(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(filled, at="", drafts=False)
    moment = [NOW.replace(month=7, day=1, hour=9)]
    monkeypatch.setattr(preview_room.Room, "_at", lambda _room: moment[0])
    room = desk.bench._room
    assert room is not None
    room._renew(preview_shelf.Change(others=True))
    due = desk.settle().due
    assert desk.get("/2026/07/spaeter/").status == 404
    moment[0] = NOW.fromtimestamp(due, NOW.tzinfo)
    desk.bench.look(None)
    assert desk.get("/2026/07/spaeter/").status == 200
    desk.bench.close()


# Mistakes.


def test_a_source_with_a_mistake_stays_as_it_was(desk: Desk) -> None:
    file = desk.portal.root / "content/2026/01/text-0.md"
    before, page = file.read_text(), desk.text("/2026/01/text-0/")
    file.write_text(before.replace("date: 2026-01-10", "date: bald"))
    desk.save(file)
    assert desk.problems() == [("content/2026/01/text-0.md", 3, "date-unreadable")]
    shown = desk.text("/2026/01/text-0/")
    assert shown.startswith(page.rpartition("</body>")[0])
    assert "content/2026/01/text-0.md:3:7" in shown
    assert "date: bald\n      ^" in shown
    file.write_text(before)
    desk.save(file)
    assert desk.problems() == []
    assert desk.text("/2026/01/text-0/") == page


def test_all_mistakes_are_shown_in_the_language_of_the_browser(desk: Desk) -> None:
    for number in range(3):
        file = desk.portal.root / f"content/2026/0{number + 1}/text-{number}.md"
        file.write_text(file.read_text().replace("date: ", "date: am "))
    desk.bench.look(None)
    english = desk.get("/").data.decode()
    german = desk.bench.answer(Ask("/", "localhost", "de")).data.decode()
    assert english.count('class="place"') == german.count('class="place"') == 3
    assert "There are 3 mistakes" in english
    assert "Im Portal sind 3 Fehler" in german


def test_a_link_that_leads_nowhere_is_found_though_its_page_is_in_order(desk: Desk) -> None:
    file = desk.portal.root / "content/2026/01/text-0.md"
    before = file.read_text()
    file.write_text(before + "\n[weg](/2026/01/text-99.md)\n")
    desk.save(file)
    desk.settle()
    assert [name for _, _, name in desk.problems()] == ["link-broken"]
    file.write_text(before)
    desk.save(file)
    assert desk.settle().problems == ()


def test_a_layout_with_a_mistake_leaves_pages_as_they_were(desk: Desk) -> None:
    file = desk.portal.root / "layouts/standing.html"
    before, page = file.read_text(), desk.text("/impressum/")
    file.write_text(before + "{% if %}")
    desk.save(file)
    assert [name for _, _, name in desk.problems()] == ["layout-syntax"]
    assert desk.text("/impressum/").startswith(page.rpartition("</body>")[0])
    file.write_text(before.replace("item.lead", "item.vorspann"))
    desk.save(file)
    shown = desk.get("/impressum/")
    assert shown.status == 200
    assert "no attribute &#39;vorspann&#39;" in shown.data.decode()
    file.write_text(before)
    desk.save(file)
    assert desk.settle().problems == ()
    assert desk.text("/impressum/") == page


def test_a_mistake_in_a_layout_of_a_page_that_nobody_looks_at_is_found(desk: Desk) -> None:
    desk.settle()
    file = desk.portal.root / "layouts/keywords.html"
    file.write_text(file.read_text().replace("{% block main %}", "{% block main %}{{ nichts }}"))
    desk.save(file)
    desk.settle()
    assert [name for _, _, name in desk.problems()] == ["layout-failed"]


def test_another_portal_toml_leaves_nothing_of_the_earlier_one_in_memory(desk: Desk) -> None:
    earlier = weakref.ref(desk.bench._room)
    file = desk.portal.root / "portal.toml"
    file.write_text(file.read_text().replace("Nachrichten", "Neues"))
    desk.save(file)
    assert earlier() is None


def test_a_broken_portal_toml_leaves_everything_as_it_was(desk: Desk) -> None:
    file = desk.portal.root / "portal.toml"
    before, page = file.read_text(), desk.text("/")
    file.write_text(before + "\n[unsinn\n")
    desk.save(file)
    assert desk.news.problems
    assert desk.text("/").startswith(page.rpartition("</body>")[0])
    file.write_text(before)
    assert desk.save(file).problems == ()
    assert desk.text("/") == page


def test_a_portal_that_was_never_in_order_shows_what_is_wrong(portal: TestPortal) -> None:
    portal.write("portal.toml", "title = 3")
    desk = Desk(portal)
    assert (desk.news.ready, desk.get("/").status) == (False, 503)
    assert "portal.toml:1" in desk.get("/").data.decode()
    portal.write("portal.toml", 'title = "Neu"\naddress = "https://neu.example"\n')
    desk.save(portal.root / "portal.toml")
    assert (desk.news.ready, desk.get("/").status) == (True, 200)
    desk.bench.close()


# Pages that are not there.


def test_a_missing_page_is_the_portals_own(desk: Desk) -> None:
    answer = desk.get("/nirgends/")
    assert answer.status == 404
    assert "Seite nicht gefunden" in answer.data.decode()
    assert "stadtschreiber-preview" not in answer.data.decode()


def test_a_page_whose_source_was_deleted_says_so(desk: Desk) -> None:
    desk.get("/2026/01/text-4/")
    file = desk.portal.root / "content/2026/01/text-4.md"
    file.unlink()
    desk.save(file)
    answer = desk.get("/2026/01/text-4/")
    assert answer.status == 404
    assert "2026/01/text-4.md" in answer.data.decode()


def test_a_page_whose_address_changed_leads_to_the_new_one(desk: Desk) -> None:
    desk.get("/2026/01/text-4/")
    file = desk.portal.root / "content/2026/01/text-4.md"
    file.write_text(file.read_text().replace("section:", "slug: neu\nsection:"))
    desk.save(file)
    answer = desk.get("/2026/01/text-4/")
    assert answer.status == 404
    assert '<a href="/2026/01/neu/">' in answer.data.decode()


def test_an_address_without_its_last_slash_is_sent_on(desk: Desk) -> None:
    answer = desk.get("/politik")
    assert (answer.status, answer.location) == (302, "/politik/")


@pytest.mark.parametrize(
    "path",
    [
        "/.stadtschreiber/preview/store.sqlite", "/../portal.toml", "/..%2fportal.toml",
        "/portal.toml", "/content/2026/01/text-0.md", "/assets/../portal.toml",
        "/assets/..%2f..%2fportal.toml", "/assets/css/.hidden.css", "//etc/passwd", "/%00", "/%ff",
        "/layouts/base.html", "/assets/inhalt/../../portal.toml",
        "/assets/inhalt/2026/01/text-0.md",
    ],
)  # fmt: skip
def test_nothing_but_the_portals_pages_and_assets_is_there(desk: Desk, path: str) -> None:
    assert desk.get(path).status == 404


# Reading much.


def test_what_is_newest_is_there_first_and_the_rest_follows(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_room, "START", 0.02)
    monkeypatch.setattr(preview_shelf, "AT_ONCE", 4)
    monkeypatch.setattr(preview_shelf, "MANY", 1)
    whole = Desk(filled)
    whole.settle()
    pages = all_pages(whole)
    whole.bench.close()
    shutil.rmtree(filled.root / ".stadtschreiber")
    monkeypatch.setattr(preview_room, "START", 0.0)
    desk = Desk(filled)
    assert desk.news.articles == 0
    assert "sources are left" in desk.get("/").data.decode()
    desk.news = desk.bench.go_on()
    assert desk.get("/2026/01/text-0/").status == 404
    token = desk.news.token
    assert desk.settle().token != token
    assert all_pages(desk) == pages
    desk.bench.close()


def test_texts_are_read_when_a_page_wants_them(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_shelf, "MANY", 1)
    desk = Desk(filled)
    room = desk.bench._room
    assert room is not None
    assert len(room._shelf.unread) > 10
    token = desk.news.token
    assert "Satz 3." in desk.text("/2026/04/text-3/")
    assert "Satz 5." in desk.text("/feed.xml")
    assert desk.settle().token == token
    assert not room._shelf.unread
    desk.bench.close()


def test_a_second_preview_reads_nothing_again(filled: TestPortal) -> None:
    first = Desk(filled)
    first.settle()
    pages = all_pages(first)
    first.bench.close()
    second = Desk(filled)
    room = second.bench._room
    assert room is not None
    assert not room.pending
    assert not room._shelf.unread
    assert all_pages(second) == pages
    second.bench.close()


def test_a_lost_text_is_read_again(filled: TestPortal) -> None:
    first = Desk(filled)
    first.settle()
    first.bench.close()
    desk = Desk(filled)
    store = desk.bench._store
    assert store is not None
    store.forget_bodies(store.body_digests())
    store.commit()
    assert "Satz 3." in desk.text("/2026/04/text-3/")
    desk.bench.close()


def test_a_page_comes_though_the_store_loses_all_texts(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_texts: Texts, digest: bytes) -> Body:
        raise LostError(digest.hex())

    monkeypatch.setattr(Texts, "__call__", lose)
    desk = Desk(filled)
    desk.settle()
    room = desk.bench._room
    assert room is not None
    room._shelf.texts._latest.clear()
    assert "Satz 3." in desk.text("/2026/04/text-3/")
    assert "Satz 5." in desk.text("/feed.xml")
    desk.bench.close()


# Small things.


@pytest.mark.parametrize(
    ("path", "passed"),
    [
        ("2026/01/a.md", False), ("portal.toml", False), ("bilder/a.jpg", False),
        ("2026/01/.a.md.swp", True), ("2026/01/a.md~", True), ("2026/01/4913", True),
        ("2026/01/#a.md#", True), ("2026/01/.#a.md", True), (".git/index", True),
        ("a.md.tmp", True), ("a.md___jb_tmp___", True), ("2026/01", False),
    ],
)  # fmt: skip
def test_what_editors_write_for_themselves_is_passed_over(path: str, passed: bool) -> None:
    assert is_passed_over(path) == passed


@pytest.mark.parametrize(
    ("host", "bound", "ours"),
    [
        ("127.0.0.1:8000", "127.0.0.1", True), ("localhost:8000", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True), ("LOCALHOST:1", "127.0.0.1", True),
        ("[::1]:8000", "127.0.0.1", True), ("blatt.localhost:8000", "127.0.0.1", True),
        ("evil.example:8000", "127.0.0.1", False), ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("localhost.evil.example", "127.0.0.1", False), ("192.168.1.7:8000", "127.0.0.1", False),
        ("", "127.0.0.1", False), ("[", "127.0.0.1", False), ("10.1.1.7:80", "10.1.1.9", True),
        ("evil.example", "192.168.1.9", False), ("blatt.example:80", "blatt.example", True),
    ],
)  # fmt: skip
def test_only_a_request_for_this_server_is_answered(host: str, bound: str, ours: bool) -> None:
    assert is_ours(host, bound) == ours


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"), ("en-US,en;q=0.9,de;q=0.8", "en"), ("", "en"),
        ("fr,de;q=0.3", "de"), ("fr", "en"), ("en;q=0.1, de;q=0.2", "de"), ("de;q=x,en", "en"),
    ],
)  # fmt: skip
def test_a_browser_is_spoken_to_in_its_language(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


def test_a_portal_is_found_upward_and_its_moment_is_checked(portal: TestPortal) -> None:
    inside = str(portal.root / "content")
    wanted = Opening(inside, exact=False, at="", drafts=True, jobs=1)
    assert open_portal(wanted) == Opened(str(portal.root.resolve()))
    assert isinstance(open_portal(Opening(inside, True, "", True, 1)), Refused)
    assert isinstance(open_portal(Opening(inside, False, "gestern", True, 1)), Refused)
