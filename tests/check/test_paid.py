"""Paid links are marked for search engines, wherever the text of a sponsored post stands."""

from tests.portals import TestPortal

LINKS = "[Firma](https://firma.example/) [hier im Portal](/politik/)"


def test_links_to_other_websites_in_a_sponsored_post_are_marked(portal: TestPortal) -> None:
    portal.article("a.md", LINKS, kind="sponsored", source="https://quelle.example/")
    portal.article("b.md", LINKS, source="https://quelle.example/")
    portal.build()
    for address in ("/2026/05/a/", "/2026/05/a/druck/"):
        page = portal.page(address)
        assert '<a href="https://firma.example/" rel="sponsored">' in page
        assert '<a href="https://quelle.example/" rel="sponsored">' in page
    assert '<a href="/politik/">hier im Portal' in portal.page("/2026/05/a/")
    assert '<a href="https://firma.example/">' in portal.page("/2026/05/b/")


def test_a_post_that_is_paid_from_now_on_is_marked_at_once(portal: TestPortal) -> None:
    portal.article("a.md", LINKS)
    portal.build()
    portal.article("a.md", LINKS, kind="sponsored")
    portal.build()
    assert '<a href="https://firma.example/" rel="sponsored">' in portal.page("/2026/05/a/")
