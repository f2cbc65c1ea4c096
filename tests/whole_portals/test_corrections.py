"""Corrections: readers and machines see them with their day; what is still open nobody sees."""

import json
import re
from pathlib import Path

import pytest

from tests.media.test_pdf_pages import text_of
from tests.portals import PORTAL, TestPortal

pytestmark = pytest.mark.slow

CANARY = "Kanarienvogel"
MADE = "Es waren „drei“ & nicht vier."


@pytest.fixture
def corrected(portal: TestPortal) -> TestPortal:
    """A portal with an article that was corrected, and that has a correction to come."""
    portal.article(
        "2026/05/a.md",
        date="2026-05-01 10:00",
        korrekturen=f"\n- datum: 2026-05-03\n  text: '{MADE}'"
        f"\n- text: {CANARY} prüfen\n  offen: ja\n- datum: 2026-05-02\n  text: Eins.",
    )
    portal.article("2026/05/b.md")
    return portal


def seen(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def test_a_correction_is_on_the_page_and_in_print_with_its_day(corrected: TestPortal) -> None:
    corrected.build()
    for address in ("/2026/05/a/", "/2026/05/a/druck/"):
        box = re.search(r'<section class="corrections".*?</section>', corrected.page(address), re.S)
        assert box
        assert seen(box[0]) == (
            "Korrekturen 2. Mai 2026 Eins. 3. Mai 2026 Es waren „drei“ &amp; nicht vier."
        )
    assert "orrektur" not in corrected.page("/2026/05/b/")


def test_machines_read_corrections(corrected: TestPortal) -> None:
    corrected.build()
    page = corrected.page("/2026/05/a/")
    data = re.findall(r'<script type="application/ld\+json">\s*(.*?)\s*</script>', page, re.S)
    article = json.loads(data[0])["@graph"][0]
    assert article["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": "Eins.",
            "datePublished": "2026-05-02T00:00:00+02:00",
        },
        {"@type": "CorrectionComment", "text": MADE, "datePublished": "2026-05-03T00:00:00+02:00"},
    ]
    assert article["dateModified"] == "2026-05-03T00:00:00+02:00"
    sitemap = (corrected.output / "sitemap.xml").read_text(encoding="utf-8")
    assert "/2026/05/a/</loc><lastmod>2026-05-03</lastmod>" in sitemap


def test_a_pdf_has_the_corrections(tmp_path: Path) -> None:
    toml = PORTAL.replace("enabled = false", "enabled = true")
    portal = TestPortal.make(tmp_path / "portal", toml=toml)
    portal.article("2026/05/a.md", corrections="{date: 2026-05-03, text: Es waren drei.}")
    portal.build()
    text = text_of(portal)
    assert "Korrektur 3. Mai 2026: Es waren drei." in text
    assert "Korrigiert: 3. Mai 2026" in text


def test_what_is_still_open_is_in_no_file_not_even_with_drafts(corrected: TestPortal) -> None:
    for drafts in (False, True):
        corrected.build(drafts=drafts)
        assert not [path for path, data in corrected.files().items() if CANARY.encode() in data]


def test_an_open_correction_makes_no_page_stale(corrected: TestPortal) -> None:
    corrected.build()
    corrected.article("2026/05/b.md", korrekturen="[{text: prüfen, offen: ja}]")
    report = corrected.build()
    assert (report.read, report.rendered) == (1, 0)
