"""Every address that was ever published answers: with its page, a redirect of one hop, or 410."""

import re
from pathlib import Path

import pytest

from generator.base.problems import PortalError
from generator.config.deploy import Target
from generator.deploy.deploy import learn
from generator.site.ledger import FILE
from tests.deploy.hosts import loaded, portal, seen, send
from tests.portals import PORTAL, TestPortal
from tools.try_addresses import addresses

NGINX = PORTAL + '\n[delivery]\nserver = "nginx"\n'


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target("live", "folder", str(tmp_path / "target"))


def redirects(made: TestPortal) -> dict[str, str]:
    text = (made.output / ".server/redirects.map").read_text()
    return dict(re.findall(r'^"(.*)" "(.*)";$', text, re.MULTILINE))


def gone(made: TestPortal) -> set[str]:
    text = (made.output / ".server/gone.map").read_text()
    return set(re.findall(r'^"(.*)" 1;$', text, re.MULTILINE))


def lost(made: TestPortal, target: Target) -> list[str]:
    with pytest.raises(PortalError) as raised:
        send(made, target)
    assert {one.name for one in raised.value.problems} == {"address-lost"}
    return [dict(one.values)["address"] for one in raised.value.problems]


def test_a_renamed_title_slug_file_or_section_redirects_by_itself(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    send(made, target)
    made.article("meldung-1.md", "Text 1.", title="Titel 1", slug="neu")
    (made.root / "content/meldung-2.md").rename(made.root / "content/umbenannt.md")
    (made.root / "content/meldung-3.md").rename(made.root / "content/anders.md")
    made.article("anders.md", "Text 3.", title="Titel 3", slug="ganz-anders")
    made.build()
    found = redirects(made)
    assert found["/2026/05/meldung-1/"] == "/2026/05/neu/"
    assert found["/2026/05/meldung-1/druck/"] == "/2026/05/neu/druck/"
    assert found["/2026/05/meldung-2/"] == "/2026/05/umbenannt/"
    assert found["/2026/05/meldung-3/"] == "/2026/05/ganz-anders/"
    send(made, target)
    # What was once matched by its text is known by its id from then on.
    made.article("anders.md", "Ganz neuer Text.", title="Titel 3", slug="noch-anders")
    made.build()
    assert redirects(made)["/2026/05/meldung-3/"] == "/2026/05/noch-anders/"
    assert redirects(made)["/2026/05/ganz-anders/"] == "/2026/05/noch-anders/"


def test_another_pattern_of_addresses_redirects_all(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    made.article("meldung-1.md", "Text 1.", keywords="[Netz]")
    made.build()
    send(made, target)
    made.write(
        "portal.toml",
        NGINX + '\n[addresses]\narticle = "/a/{slug}/"\nkeyword = "/thema/{keyword}/"\n',
    )
    made.build()
    assert redirects(made)["/2026/05/meldung-1/"] == "/a/meldung-1/"
    assert redirects(made)["/stichwort/netz/"] == "/thema/netz/"
    send(made, target)


def test_what_is_deleted_is_asked_about_and_what_goes_by_its_own_rule_is_not(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    made.article("meldung-4.md", "Text 4.", keywords="[Netz]")
    made.build()
    send(made, target)
    made.article("meldung-3.md", "Text 3.", draft="true")
    made.article("meldung-4.md", "Text 4.", expires="2026-06-01")
    made.build()
    send(made, target)
    assert gone(made) >= {"/2026/05/meldung-3/", "/2026/05/meldung-4/"}
    assert redirects(made)["/stichwort/netz/"] == "/stichwort/"
    before = seen(target)
    (made.root / "content/meldung-1.md").unlink()
    (made.root / "content/meldung-2.md").unlink()
    report = made.build()
    assert {w.name for w in report.warnings} == {"address-vanishes"}
    assert lost(made, target) == ["/2026/05/meldung-1/", "/2026/05/meldung-2/"]
    assert seen(target) == before
    assert made.run("addresses", "--gone", "/2026/05/meldung-1/").returncode == 0
    assert made.run("rename", "/2026/05/meldung-2/", "/2026/05/meldung-0/").returncode == 0
    made.build()
    send(made, target)
    assert {"/2026/05/meldung-1/", "/2026/05/meldung-1/druck/"} <= gone(made)
    assert redirects(made)["/2026/05/meldung-2/"] == "/2026/05/meldung-0/"


def test_what_leads_to_a_page_that_is_gone_is_gone_until_it_is_back(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    send(made, target)
    (made.root / "content/meldung-1.md").unlink()
    (made.root / "content/meldung-2.md").unlink()
    made.build()
    made.run("rename", "/2026/05/meldung-1/", "/2026/05/meldung-2/")
    made.run("rename", "/2026/05/meldung-2/", "/2026/05/meldung-3/")
    made.build()
    send(made, target)
    assert redirects(made)["/2026/05/meldung-1/"] == "/2026/05/meldung-3/"
    made.article("meldung-3.md", "Text 3.", draft="true")
    made.build()
    assert gone(made) >= {f"/2026/05/meldung-{n}/" for n in (1, 2, 3)}
    assert "/2026/05/meldung-1/" not in redirects(made)
    made.article("meldung-3.md", "Text 3.")
    made.build()
    assert redirects(made)["/2026/05/meldung-1/"] == "/2026/05/meldung-3/"
    made.run("rename", "/2026/05/meldung-2/", "/2026/05/meldung-1/")
    made.build()
    assert gone(made) >= {"/2026/05/meldung-1/", "/2026/05/meldung-2/"}


def test_an_address_is_never_given_to_another_article(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    send(made, target)
    made.article("meldung-1.md", "Text 1.", slug="weg")
    made.article("neue.md", "Ein anderer Text.", slug="meldung-1")
    (found,) = made.mistakes()
    assert (found.path, found.name) == ("content/neue.md", "address-of-other")


def test_an_address_stays_that_of_an_article_whose_file_was_moved(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    send(made, target)
    assert made.run("rename", "meldung-1.md", "umbenannt.md").returncode == 0
    made.build()
    send(made, target)
    made.article("meldung-0.md", "Text 0.", slug="meldung-1")
    (found,) = made.mistakes()
    assert (found.path, found.name) == ("content/meldung-0.md", "address-of-other")
    made.article("meldung-0.md", "Text 0.", slug="meldung-1", guid="eigene-kennung")
    (found,) = made.mistakes()
    assert (found.path, found.name) == ("content/meldung-0.md", "address-of-other")


def test_an_article_with_the_text_of_a_deleted_one_stays_itself(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    made.article("meldung-1.md", "Text 2.", title="Titel 1")
    made.build()
    send(made, target)
    (made.root / "content/meldung-2.md").unlink()
    made.write("portal.toml", NGINX + '\n[addresses]\narticle = "/a/{slug}/"\n')
    made.build()
    assert lost(made, target) == ["/2026/05/meldung-2/"]
    made.run("addresses", "--gone", "/2026/05/meldung-2/")
    for _ in range(2):  # with the ledger as it was, and as it was left
        made.build(clean=True)
        send(made, target)
        assert redirects(made)["/2026/05/meldung-1/"] == "/a/meldung-1/"


def test_who_is_not_published_takes_no_address_from_another_one(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    send(made, target)
    made.article("meldung-1.md", "Text 1.", title="Titel 1", slug="neu")
    made.article("entwurf.md", "Ein Entwurf.", slug="meldung-1", draft="true")
    made.build()
    assert redirects(made)["/2026/05/meldung-1/"] == "/2026/05/neu/"
    send(made, target)
    made.article("meldung-1.md", "Anderer Text.", title="Titel 1", slug="noch-neuer")
    made.build()
    assert redirects(made)["/2026/05/meldung-1/"] == "/2026/05/noch-neuer/"


def test_the_address_of_a_deleted_article_is_nobody_elses(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    send(made, target)
    (made.root / "content/meldung-1.md").unlink()
    made.article("meldung-0.md", "Text 0.", slug="meldung-1")
    assert [one.name for one in made.mistakes()] == ["address-of-other"]
    made.article("meldung-0.md", "Text 0.")
    made.build()
    assert made.run("addresses", "--gone", "/2026/05/meldung-1/").returncode == 0
    made.build()
    send(made, target)
    made.article("neue.md", "Ein anderer Text.", slug="meldung-1")
    assert [one.name for one in made.mistakes()] == ["address-of-other"]
    (made.root / "content/neue.md").unlink()
    made.article("meldung-1.md", "Text 1, wieder da.")
    made.build()
    send(made, target)
    assert made.has("/2026/05/meldung-1/")


def test_drafts_and_embargoes_are_never_in_the_ledger(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal")
    made.article("entwurf.md", draft="true")
    made.article("sperre.md", date="2026-12-24")
    made.build()
    send(made, target)
    text = (made.root / FILE).read_text()
    assert "/2026/05/meldung-1/" in text
    assert "entwurf" not in text
    assert "sperre" not in text


def test_a_clone_without_the_ledger_learns_it_from_the_target(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal", toml=NGINX)
    send(made, target)
    (made.root / FILE).unlink()
    made.article("meldung-1.md", "Text 1.", slug="neu")
    learn(loaded(made), target, first=False)
    made.build()
    send(made, target)
    assert redirects(made)["/2026/05/meldung-1/"] == "/2026/05/neu/"


def test_without_any_ledger_nothing_goes_to_a_pages_host(tmp_path: Path) -> None:
    made = portal(tmp_path / "portal")
    target = Target("pages", "command", command="true")
    with pytest.raises(PortalError) as raised:
        learn(loaded(made), target, first=False)
    assert raised.value.problems[0].name == "ledger-missing"
    learn(loaded(made), target, first=True)
    send(made, target)
    learn(loaded(made), target, first=False)


def test_rename_keeps_what_feed_readers_know_an_article_by(tmp_path: Path, target: Target) -> None:
    made = portal(tmp_path / "portal")
    send(made, target)
    done = made.run("rename", "meldung-1.md", "2026/neuer-name.md")
    assert (done.returncode, done.stdout) == (0, "content/2026/neuer-name.md\n")
    text = (made.root / "content/2026/neuer-name.md").read_text()
    assert text.startswith('---\nguid: "meldung-1.md"\n')
    assert made.run("rename", "meldung-1.md", "x.md").returncode == 1
    assert made.run("rename", "meldung-2.md", "meldung-3.md").returncode == 1


def test_feed_readers_know_an_article_whose_file_was_moved_by_hand(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal")
    send(made, target)
    (made.root / "content/meldung-1.md").rename(made.root / "content/anders.md")
    for _ in range(2):
        made.build()
        feed = (made.output / "feed.xml").read_text()
        assert "<guid>meldung-1.md</guid>" in feed
        assert "anders.md</guid>" not in feed
        send(made, target)
    made.article("meldung-2.md", "Text 2.", title="Titel 2", guid="eigene")
    made.build()
    assert "<guid>eigene</guid>" in (made.output / "feed.xml").read_text()


def test_marks_that_git_left_are_a_mistake_with_its_line_and_can_be_mended(
    tmp_path: Path, target: Target
) -> None:
    made = portal(tmp_path / "portal")
    send(made, target)
    text = (made.root / FILE).read_text()
    made.write(FILE, text.replace("/2026/05/meldung-1/\t", "<<<<<<< HEAD\n/2026/05/meldung-1/\t"))
    (found,) = made.mistakes()
    assert (found.path, found.name) == (FILE, "ledger-line")
    assert found.line > 2
    assert made.run("addresses", "--mend").returncode == 0
    assert (made.root / FILE).read_text() == text


@pytest.mark.slow
@pytest.mark.system
@pytest.mark.needs("nginx", "brotli")
def test_after_random_edits_every_address_answers_and_builds_are_as_clean_ones(
    tmp_path: Path,
) -> None:
    found = addresses(tmp_path, seed=0, steps=8)
    assert found.wrong == []
    assert found.answers["301"]
    assert found.answers["410"]
