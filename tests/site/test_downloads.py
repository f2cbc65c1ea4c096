"""Files that texts offer for download: published with what offers them, and with nothing else."""

import re
import time
import tracemalloc
from pathlib import Path

import pytest

from generator.base.problems import PortalError
from generator.base.scan import RACY_NS
from tests.incremental import snapshot
from tests.portals import NOW, PORTAL, TestPortal

PDF = b"%PDF-1.7\n"
ADDRESS = "2026/05/beschluss/satzung.pdf"


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    """A portal with an article that offers the file beside it."""
    portal = TestPortal.small(tmp_path / "portal")
    portal.write("content/2026/05/satzung.pdf", PDF)
    portal.article("2026/05/beschluss.md", "Die [Satzung](satzung.pdf) gilt.")
    return portal


def files(portal: TestPortal) -> dict[str, bytes]:
    """What is published of the kinds that can be offered, but for PDFs of articles."""
    kinds = (".pdf", ".csv", ".zip", ".docx")
    return {path: data for path, data in portal.files().items() if path.endswith(kinds)}


def told(portal: TestPortal, **options: object) -> list[tuple[str, int, str]]:
    found = portal.mistakes(**options)
    return [(one.path, one.line, one.name) for one in found if one.is_error]


class TestPublished:
    """Where a file is, and since when."""

    def test_below_the_address_of_the_article(self, small: TestPortal) -> None:
        report = small.build()
        assert files(small) == {ADDRESS: PDF}
        assert not report.warnings  # no stray

    def test_of_the_assets_in_one_place_for_all(self, small: TestPortal) -> None:
        small.write("assets/Recht/Gebühren 2026.pdf", PDF)
        text = "[Gebühren](</Recht/Gebühren 2026.pdf>)"
        small.article("2026/05/beschluss.md", text)
        small.article("2026/05/folge.md", text)
        small.build()
        assert files(small) == {"dateien/recht/gebuehren-2026.pdf": PDF}

    def test_below_each_that_offers_it(self, small: TestPortal) -> None:
        """So it does not depend on one of them whether the others have it."""
        small.article("2026/06/folge.md", "[Satzung](../05/satzung.pdf)", draft="ja")
        small.build()
        assert files(small).keys() == {ADDRESS}
        small.article("2026/06/folge.md", "[Satzung](../05/satzung.pdf)")
        small.build()
        assert files(small).keys() == {ADDRESS, "2026/05/folge/satzung.pdf"}

    @pytest.mark.parametrize(
        ("path", "header", "address"),
        [
            ("seiten/kontakt.md", "title: Kontakt", "kontakt/plan.pdf"),
            ("firmen/rechenhaus.md", "name: Rechenhaus\nort: Amt", "it-guide/rechenhaus/plan.pdf"),
        ],
    )
    def test_of_pages_and_firms_too(
        self, small: TestPortal, path: str, header: str, address: str
    ) -> None:
        small.write(f"content/{path}", f"---\n{header}\n---\n\n[Plan](plan.pdf)\n")
        small.write(f"content/{path.partition('/')[0]}/plan.pdf", PDF)
        small.build()
        assert address in files(small)

    @pytest.mark.parametrize(
        "fields",
        [
            {"draft": "ja"},
            {"date": "2026-06-16"},
            {"expires": "2026-05-02"},
        ],
    )
    def test_not_beside_what_is_not_published(
        self, small: TestPortal, fields: dict[str, object]
    ) -> None:
        small.build()
        small.article("2026/05/beschluss.md", "Die [Satzung](satzung.pdf) gilt.", **fields)
        small.build()
        assert files(small) == {}

    def test_on_the_day_of_its_article(self, small: TestPortal) -> None:
        small.article("2026/05/beschluss.md", "[Satzung](satzung.pdf)", date="2026-06-16")
        small.build()
        assert files(small) == {}
        small.build(at=NOW.replace(day=16))
        assert files(small) == {"2026/06/beschluss/satzung.pdf": PDF}

    def test_gone_with_the_last_link(self, small: TestPortal) -> None:
        small.build()
        small.article("2026/05/beschluss.md", "Die Satzung gilt.")
        report = small.build()
        assert files(small) == {}
        assert [one.name for one in report.warnings] == ["content-strays"]

    def test_a_new_version_has_the_old_address(self, small: TestPortal) -> None:
        small.build()
        before = snapshot(small.output)
        time.sleep(2 * RACY_NS / 1e9)
        small.write("content/2026/05/satzung.pdf", PDF + b"neu\n")
        report = small.build()
        assert files(small) == {ADDRESS: PDF + b"neu\n"}
        assert report.rendered == 1  # the file: no page shows that it has some bytes more
        after = snapshot(small.output)
        assert {path for path in after if after[path] != before[path]} == {ADDRESS}

    def test_only_who_shows_the_size_learns_of_another_one(self, small: TestPortal) -> None:
        small.build()
        small.write("content/2026/05/satzung.pdf", PDF + bytes(2_000_000))
        small.build()
        assert "(PDF, 2\xa0MB)" in small.page("/2026/05/beschluss/")

    def test_a_large_one_is_never_in_memory_as_a_whole(self, small: TestPortal) -> None:
        small.build()
        size = 60_000_000
        with (small.root / "content/2026/05/satzung.pdf").open("wb") as file:
            file.write(PDF)
            file.truncate(size)
        tracemalloc.start()
        try:
            small.build(jobs=1)
            assert tracemalloc.get_traced_memory()[1] < size / 3
        finally:
            tracemalloc.stop()
        assert (small.output / ADDRESS).stat().st_size == size


class TestLinks:
    """What stands on pages."""

    @pytest.mark.parametrize(
        ("link", "address", "words"),
        [
            ("[Satzung](satzung.pdf)", "", "Satzung"),
            ("[Satzung](./satzung.pdf#page=3)", "#page=3", "Satzung"),
            ("[Satzung](satzung.pdf?a=1&b=2)", "?a=1&amp;b=2", "Satzung"),
            ("[Satzung (PDF)](satzung.pdf)", "", "Satzung"),
            ("[**Satzung**](satzung.pdf 'Titel')", "", "<strong>Satzung</strong>"),
            ('<a href="satzung.pdf">Satzung</a>', "", "Satzung"),
            ("[Satzung][s]\n\n[s]: satzung.pdf", "", "Satzung"),
        ],
    )
    def test_kind_and_size_stand_behind_the_words(
        self, small: TestPortal, link: str, address: str, words: str
    ) -> None:
        small.article("2026/05/beschluss.md", f"Die {link}")
        small.build()
        note = '<span class="download">(PDF, 1\xa0KB)</span>'
        found = re.search(r'<a [^>]*href="([^"]*pdf[^"]*)"[^>]*>(.*?)</a>', text_of(small))
        assert found
        assert found.groups() == (f"/{ADDRESS}{address}", f"{words} {note}")

    def test_every_other_page_has_the_whole_address(self, tmp_path: Path) -> None:
        portal = TestPortal.make(tmp_path / "portal")
        portal.write("content/2026/05/satzung.pdf", PDF)
        portal.article("2026/05/beschluss.md", "Die [Satzung](satzung.pdf) gilt.")
        portal.build()
        whole = f'href="https://www.amt.example/{ADDRESS}"'
        assert whole in portal.page("/2026/05/beschluss/druck/")
        assert whole.replace('"', "&#34;") in (portal.output / "feed.xml").read_text() or (
            whole.replace('"', "&quot;") in (portal.output / "feed.xml").read_text()
        )

    def test_what_only_looks_like_a_file_is_an_address(self, small: TestPortal) -> None:
        small.article("2026/05/beschluss.md", "[a](alt.html?x=1&y=2) [b](/robots.txt)")
        small.build()
        assert 'href="alt.html?x=1&amp;y=2">a</a>' in text_of(small)
        assert 'href="/robots.txt">b</a>' in text_of(small)


def text_of(portal: TestPortal) -> str:
    return portal.page("/2026/05/beschluss/")


class TestMistakes:
    """What an editor is told."""

    @pytest.mark.parametrize("link", ["satzunk.pdf", "Satzung.pdf", "../satzung.pdf", "/a.pdf"])
    def test_a_missing_file(self, small: TestPortal, link: str) -> None:
        small.article("2026/05/beschluss.md", f"Eins.\n\n[Satzung]({link})")
        assert told(small) == [("content/2026/05/beschluss.md", 9, "download-missing")]
        missing = next(one for one in small.mistakes() if one.is_error)
        assert "„satzung.pdf“" in missing.hint("de")

    def test_a_missing_one_of_a_draft_is_told_before_its_day(self, small: TestPortal) -> None:
        small.article("2026/06/entwurf.md", "[Satzung](fehlt.pdf)", draft="ja")
        assert told(small) == [("content/2026/06/entwurf.md", 8, "download-missing")]

    @pytest.mark.parametrize("name", ["seite.html", "karte.svg", "setup.exe", "brief.doc"])
    def test_a_file_of_another_kind(self, small: TestPortal, name: str) -> None:
        small.write(f"content/2026/05/{name}", "<svg xmlns='http://www.w3.org/2000/svg'/>")
        small.article("2026/05/beschluss.md", f"[Satzung]({name})")
        assert ("content/2026/05/beschluss.md", 7, "download-kind") in told(small)
        assert "PDF, ODT" in small.mistakes()[0].hint("de")

    def test_a_file_that_is_not_what_its_name_says(self, small: TestPortal) -> None:
        small.write("content/2026/05/satzung.pdf", "<!doctype html><script>")
        assert told(small) == [("content/2026/05/beschluss.md", 7, "download-content")]

    def test_a_kind_that_the_portal_does_not_offer(self, small: TestPortal) -> None:
        small.write("portal.toml", PORTAL + '\n[downloads]\nkinds = ["csv"]\n')
        assert told(small) == [("content/2026/05/beschluss.md", 7, "download-kind")]

    def test_one_that_is_too_large(
        self, small: TestPortal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("generator.base.scan.LONGEST", 200_000)
        small.write("content/2026/05/satzung.pdf", PDF + bytes(200_000))
        assert ("content/2026/05/beschluss.md", 7, "download-unreadable") in told(small)

    def test_one_that_the_portal_passes_over(self, small: TestPortal) -> None:
        small.write("portal.toml", PORTAL + '\n[folders]\nignore = ["*.pdf"]\n')
        assert told(small) == [("content/2026/05/beschluss.md", 7, "download-missing")]

    def test_one_outside_the_portal(self, small: TestPortal) -> None:
        small.write("geheim.pdf", PDF)
        small.article("2026/05/beschluss.md", "[a](../../../geheim.pdf) [b](/../geheim.pdf)")
        assert [name for *_, name in told(small)] == ["download-missing"] * 2

    def test_the_name_of_a_device(self, small: TestPortal) -> None:
        small.write("content/2026/05/aux.pdf", PDF)
        small.article("2026/05/beschluss.md", "[Satzung](aux.pdf)")
        assert told(small) == [("content/2026/05/beschluss.md", 7, "address-reserved")]

    @pytest.mark.parametrize(
        ("others", "text", "file", "other"),
        [
            (
                ["content/2026/05/Satzung.PDF"], "[a](satzung.pdf) [b](Satzung.PDF)",
                "content/2026/05/Satzung.PDF", "content/2026/05/satzung.pdf",
            ),
            (
                ["content/2026/06/satzung.pdf"], "[a](satzung.pdf) [b](../06/satzung.pdf)",
                "content/2026/06/satzung.pdf", "content/2026/05/satzung.pdf",
            ),
            (
                ["assets/Plan.pdf", "assets/plan.pdf"], "[a](/Plan.pdf) [b](/plan.pdf)",
                "assets/plan.pdf", "assets/Plan.pdf",
            ),
            (
                ["content/2026/05/beschluss.pdf"], "[a](beschluss.pdf)",
                "content/2026/05/beschluss.pdf", "content/2026/05/beschluss.md",
            ),
        ],
        ids=["capitals", "two folders", "assets", "the article's own PDF"],
    )  # fmt: skip
    def test_two_at_one_address(
        self, small: TestPortal, others: list[str], text: str, file: str, other: str
    ) -> None:
        small.build()
        small.write("portal.toml", PORTAL.replace("enabled = false", "enabled = true"))
        for name in others:
            small.write(name, PDF)
        small.article("2026/05/beschluss.md", text)
        found = [one for one in small.mistakes() if one.is_error]
        assert [(one.path, one.line, one.name) for one in found] == [
            ("content/2026/05/beschluss.md", 7, "download-address")
        ]
        assert dict(found[0].values)["file"] == file
        assert dict(found[0].values)["other"] == other

    def test_an_old_address_of_another(self, small: TestPortal) -> None:
        small.article("2026/05/anderer.md", aliases=f"/{ADDRESS}")
        assert "download-address" in {name for *_, name in told(small)}

    def test_keep_going_leaves_out_who_links(self, small: TestPortal) -> None:
        small.article("2026/06/neu.md", "[Satzung](fehlt.pdf)")
        report = small.build(keep_going=True, first=True)
        assert report.left_out == ("content/2026/06/neu.md",)
        assert files(small) == {ADDRESS: PDF}

    def test_a_kind_that_nobody_knows(self, small: TestPortal) -> None:
        small.write("portal.toml", PORTAL + '\n[downloads]\nkinds = ["pdf", "html"]\n')
        with pytest.raises(PortalError, match=r"html.*pdf, odt"):
            small.build()


def test_check_says_the_same(small: TestPortal) -> None:
    small.article("2026/05/beschluss.md", "[Satzung](fehlt.pdf)")
    run = small.run("check")
    assert "content/2026/05/beschluss.md:7" in run.stdout
    assert "B114" in run.stdout
