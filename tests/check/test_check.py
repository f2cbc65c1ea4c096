"""What `check` says: a rule at a time, then levels, paths and formats."""

import json
import os
import signal
import time
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generator.base.problems import PortalError, catalogue, problem
from generator.base.report import Options
from generator.base.scan import RACY_NS
from generator.check import rules_pictures
from generator.check.check import Finding, check, of_broken_portal, wanted
from generator.check.rule import prose
from generator.cli.main import main
from generator.config import portal as portals
from generator.config.check import rules
from generator.media import images
from tests.portals import NOW, PORTAL, TestPortal

GOOD: Mapping[str, Any] = {"lead": "Ein Vorspann.", "keywords": "[Haushalt]"}


def findings(portal: TestPortal, *paths: Path, at: object = NOW) -> tuple[Finding, ...]:
    loaded = portals.load(portal.root / "portal.toml")
    return check(loaded, Options(at=at), paths=wanted(paths, loaded))  # type: ignore[arg-type]


def found(portal: TestPortal, *rules_: str) -> list[str]:
    """Each finding as `path:line:column rule`, of these rules only where any is named."""
    return [
        f"{one.path.removeprefix('content/')}:{one.line}:{one.column} {one.name}"
        for one, _ in findings(portal)
        if not rules_ or one.name in rules_
    ]


def text(portal: TestPortal, words: str) -> list[str]:
    """What is found in an article with that text, as `line:column rule`; the text is in line 8."""
    portal.article("a.md", words, **GOOD)
    return [one.removeprefix("a.md:") for one in found(portal)]


def picture(width: int, height: int) -> bytes:
    data = BytesIO()
    Image.new("RGB", (width, height), "navy").save(data, "PNG")
    return data.getvalue()


def test_a_good_article_passes(portal: TestPortal) -> None:
    assert text(portal, "Ein Satz mit „Anführung“ – und [Ziel im Netz](https://x.example/).") == []


def test_a_long_run_of_one_sign_costs_no_more_than_its_length(portal: TestPortal) -> None:
    assert prose("`" * 200_000) == "`" * 200_000
    assert text(portal, "Ein a" + " " * 100_000 + "b.") == []


def test_each_link_in_a_long_line_has_its_own_place(portal: TestPortal) -> None:
    assert text(portal, "Ein [b](/x/#y), [a](/x/), [c](/x/), [d](/ä%20b/).") == [
        "9:9 link-dead",
        "9:21 link-dead",
        "9:31 link-dead",
        "9:41 link-dead",
    ]


# Front matter.


def test_pictures_need_credit_and_description(portal: TestPortal) -> None:
    portal.write("assets/saal.png", picture(900, 500))
    portal.article("a.md", "![](/saal.png)", **GOOD, image="/saal.png")
    assert found(portal) == [
        "a.md:7:0 picture-alt",
        "a.md:7:0 picture-credit",
        "a.md:10:0 picture-alt",
        "a.md:10:0 picture-credit",
    ]
    words = '![Der Saal](/saal.png "Der Saal (Foto: Stadt)")'
    portal.article("a.md", words, **GOOD, image="{file: /saal.png, alt: Saal, credit: Stadt}")
    assert found(portal) == []


def test_what_lists_need(portal: TestPortal) -> None:
    portal.article("a.md", title="T" * 91, lead="L" * 501)
    portal.article("b.md")
    assert found(portal) == [
        "a.md:1:0 keyword-missing",
        "a.md:2:0 title-long",
        "a.md:5:0 lead-long",
        "b.md:1:0 keyword-missing",
        "b.md:1:0 lead-missing",
    ]


def test_keywords_of_a_list(tmp_path: Path) -> None:
    toml = PORTAL + '\n[check]\nkeywords = ["Haushalt", "Bürgeramt"]\n'
    portal = TestPortal.make(tmp_path / "p", toml=toml)
    portal.article("a.md", lead="Vorspann", keywords="[Haushalt, Buergeramt, Burgeramt]")
    (one,) = findings(portal)
    assert (
        one.problem.what("de")
        == "Das Stichwort „Burgeramt“ steht nicht auf der Liste dieses Portals."
    )
    assert "Bürgeramt" in one.problem.hint("de")
    assert one.is_error


def test_spellings_of_a_keyword_are_told_by_check_too(portal: TestPortal) -> None:
    portal.article("a.md", lead="V", keywords="[E-Government]")
    portal.article("b.md", lead="V", keywords="[eGovernment]")
    assert found(portal) == ["b.md:6:0 keyword-alike"]


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("2026-06-20", True),  # the day alone: a slip, as long as nobody says otherwise
        ("2026-06-20 08:00", False),
        ("2027-07-20 08:00", True),  # a year too far
        ("2026-06-15", False),
    ],
)
def test_a_date_to_come_is_meant_if_it_has_a_time(
    portal: TestPortal, date: str, told: bool
) -> None:
    portal.article("a.md", **GOOD, date=date)
    assert bool(found(portal, "date-future")) == told


def test_dates_of_correction(portal: TestPortal) -> None:
    portal.article("a.md", **GOOD, updated="2026-07-01")
    portal.article("b.md", **GOOD, updated="2026-04-01")
    assert found(portal) == ["a.md:7:0 updated-future", "b.md:7:0 updated-before-date"]


def test_corrections_that_are_still_open_are_not_forgotten(portal: TestPortal) -> None:
    portal.article(
        "a.md",
        **GOOD,
        corrections="\n- datum: 2026-05-02\n  text: Es waren drei.\n- text: Wie viele?\n  offen: ja"
        "\n- datum: 2026-07-01\n  text: Es sind vier.",
    )
    assert found(portal) == ["a.md:7:0 updated-future", "a.md:10:0 correction-open"]


# Text.


@pytest.mark.parametrize(
    "words",
    [
        "[hier](https://x.example/)",
        "[Learn more](https://x.example/)",
        "[**Mehr**](https://x.example/)",
        "[hier klicken!](https://x.example)",
    ],
)
def test_link_texts_that_say_nothing(portal: TestPortal, words: str) -> None:
    assert text(portal, f"Siehe {words}.") == ["9:8 link-text"]


def test_link_texts_in_html_are_read_too(portal: TestPortal) -> None:
    portal.article("a.md", '<a href="https://x.example/">hier</a>', **GOOD)
    assert any(one.problem.name == "link-text" for one in findings(portal))


def test_typography_of_german(portal: TestPortal) -> None:
    assert text(portal, 'Er sagte "ja" -- und "nein".') == [
        "9:10 quotes-straight",
        "9:15 dashes-double",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        '`git commit --amend "x"`',
        '```\necho "x" -- y\n```',
        '    echo "x" -- y',
        '<span title="x -- y">Text</span>',
        '[Text](https://x.example/a--b "Titel -- ja")',
        '[Text][1]\n\n[1]: https://x.example/ "Titel"',
        "https://x.example/a--b",
        'Ein 27" großer Schirm',
        "| A | B |\n|---|:--|\n| 1 | 2 |",
        "Absatz\n\n---\n\nAbsatz",
        '<!-- "x" -- y -->',
        '## Ein Teil {: #teil title="x" }',
        'Der Befehl `--at` und \\" bleiben',
    ],
)
def test_what_is_no_prose_has_its_own_typography(portal: TestPortal, words: str) -> None:
    portal.article("a.md", words, **GOOD)
    assert found(portal, "quotes-straight", "dashes-double", "word-doubled") == []


def test_german_typography_is_for_german(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "p", toml=f'language = "en"\n{PORTAL}')
    assert text(portal, 'He said "yes" -- and had had enough.') == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "column"),
    [
        ("Der der Rat tagt", 5),
        ("Er sagt dass dass so ist", 14),
        ("Das ist ist so", 9),
        ("Am Montag tagt der\nder Rat", 1),
        ("Mit den den Plänen", 9),
        ("Es liegt an die die Stadt", 17),
        ("Leute, die die Stadt kennt", 0),
        ("Gremien, in denen der Rat, der der Stadt vorsteht, tagt", 0),
        ("Der Rat, auf den den Bürgern nach alles ankommt", 0),
        ("Die Stadt und die die Stadt tragenden Vereine", 0),
        ("Wenn Sie sie brauchen", 0),
        ("Ab und zu zu Fuß", 0),
        ("Wer wer ist", 0),
        ("Walla Walla und Duran Duran", 0),
        ("Haus-Haus und 10 10", 0),
        ("Ende des Rats.\n\nRats heißt es", 0),
    ],
)
def test_doubled_words_but_for_those_that_german_doubles(
    portal: TestPortal, words: str, column: int
) -> None:
    told = [one for one in text(portal, words) if one.endswith("word-doubled")]
    assert [int(one.split(":")[1].split()[0]) for one in told] == ([column] if column else [])


def test_prose_keeps_every_letter_in_its_place() -> None:
    words = "Ein `code` und [Link](/a) \n<b>fett</b>"
    assert len(prose(words)) == len(words)
    assert prose(words).split() == ["Ein", "und", "[Link", "fett"]


# Links and pages.


def test_links_into_the_portal(portal: TestPortal) -> None:
    portal.article("2026/05/ziel.md", "## Ein Teil\n\nText", **GOOD)
    portal.article("2026/05/spaeter.md", **GOOD, date="2026-06-20 08:00")
    words = (
        "[a](/2026/05/ziel/) [b](/2026/05/ziel/#ein-teil) [c](/politik/) [d](/stichwort/haushalt/) "
        "[e](/2026/05/ziel) [f](../ziel/) [g](/feed.xml)\n\n"
        "[x](/2026/05/zeil/)\n"
        "[y](/2026/05/ziel/#ein-tiel)\n"
        "[z](../zeil/)\n"
        "[v](/2026/06/spaeter/)"
    )  # fmt: skip
    portal.article("2026/05/a.md", words, **GOOD)
    assert found(portal) == [
        "2026/05/a.md:11:5 link-dead",
        "2026/05/a.md:12:5 anchor-dead",
        "2026/05/a.md:13:5 link-dead",
        "2026/05/a.md:14:5 link-early",
    ]
    dead = next(one for one in findings(portal) if one.problem.name == "link-dead")
    assert "/2026/05/ziel/" in dead.problem.hint()


def test_a_file_that_somebody_put_into_the_output_is_there(portal: TestPortal) -> None:
    portal.article("a.md", "[Alte Fassung](/dateien/satzung.htm)", **GOOD)
    assert found(portal) == ["a.md:9:16 link-dead"]
    portal.write("output/dateien/satzung.htm", b"<!doctype html>")
    assert found(portal) == []


def test_whole_addresses_of_the_portal_are_looked_at_on_demand(tmp_path: Path) -> None:
    words = "[a](https://www.amt.example/gibt-es-nicht/)"
    portal = TestPortal.make(tmp_path / "p")
    assert text(portal, words) == []
    portal.write("portal.toml", PORTAL + '\n[check]\nlink-dead-absolute = "error"\n')
    assert text(portal, words) == ["9:5 link-dead-absolute"]


def test_links_to_what_cannot_be_read_are_no_second_mistake(portal: TestPortal) -> None:
    portal.article("b.md", section="gibtsnicht")
    portal.article("a.md", "[x](b.md) [y](/2026/05/b/)", **GOOD)
    assert found(portal) == ["b.md:4:10 section-unknown"]


def test_menus_and_pages_that_nothing_leads_to(tmp_path: Path) -> None:
    menu = '\n[[footer]]\nname = "Impressum"\naddress = "/impresum/"\n'
    portal = TestPortal.make(tmp_path / "p", toml=PORTAL + menu)
    portal.write("content/seiten/impressum.md", "---\ntitle: Impressum\n---\n\nText\n")
    line = (PORTAL + menu).splitlines().index('address = "/impresum/"') + 1
    assert found(portal) == [
        "seiten/impressum.md:1:0 page-unlinked",
        f"portal.toml:{line}:0 menu-dead",
    ]
    portal.write("portal.toml", (PORTAL + menu).replace("impresum", "impressum"))
    assert found(portal) == []


def test_addresses_that_would_vanish(portal: TestPortal) -> None:
    file = portal.article("2026/05/a.md", **GOOD)
    portal.article("2026/05/b.md", **GOOD, expires="2026-06-15")
    portal.build()
    assert found(portal) == []
    file.unlink()
    assert found(portal) == ["2026/05/a.md:0:0 address-would-vanish"]
    page = portal.output / "2026/05/a/index.html"
    published = page.read_bytes()
    page.unlink()
    assert found(portal) == []  # it is gone already
    page.write_bytes(published)
    portal.article("2026/05/neu.md", **GOOD, aliases="[/2026/05/a/]")
    assert found(portal) == []
    later = NOW + timedelta(days=3)
    assert [
        one.problem.name for one in findings(portal, at=later)
    ] == []  # b expires: that is meant


# Pictures.


def test_pictures_that_are_too_small_or_too_large(portal: TestPortal) -> None:
    portal.write("assets/klein.png", picture(799, 500))
    portal.write("assets/lang.png", picture(12_001, 10))
    portal.write("assets/kaputt.png", picture(900, 500)[:200])
    for name in ("klein", "lang", "kaputt"):
        image = f"{{file: /{name}.png, alt: x, credit: y}}"
        portal.article(f"{name}.md", **GOOD, image=image)
    assert found(portal) == [
        "kaputt.md:7:0 picture-broken",
        "klein.md:7:0 picture-small",
        "lang.md:7:0 picture-heavy",
    ]
    assert found(portal)[1] == "klein.md:7:0 picture-small"  # remembered


def test_logos_and_pictures_of_ads_need_be_whole_but_may_be_small(portal: TestPortal) -> None:
    portal.write("assets/klein.png", picture(90, 50))
    portal.write("assets/kaputt.png", picture(900, 500)[:200])
    for name in ("klein", "kaputt"):
        firm = f"---\nname: {name}\nort: Ort\nfelder: [Haushalt]\nlogo: /{name}.png\n---\n"
        portal.write(f"content/firmen/{name}.md", firm)
        link = "https://x.example/"
        ad = f"---\nname: x\nslot: oben\nbild: /{name}.png\nalt: x\nlink: {link}\n---\n"
        portal.write(f"content/anzeigen/{name}.md", ad)
    broken = ["anzeigen/kaputt.md:4:0 picture-broken", "firmen/kaputt.md:5:0 picture-broken"]
    assert [one for one in found(portal) if "picture" in one] == broken
    refused = [one.path.removeprefix("content/") for one in portal.mistakes()]
    assert refused == ["anzeigen/kaputt.md", "firmen/kaputt.md"], "a build says the same"


def test_a_picture_that_kills_who_looks_at_it_is_told_of(
    portal: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.write("assets/saal.png", picture(900, 500))
    portal.article("a.md", **GOOD, image="{file: /saal.png, alt: x, credit: y}")
    monkeypatch.setattr(rules_pictures, "look", die)
    assert found(portal) == ["a.md:7:0 worker-died"]
    monkeypatch.undo()
    assert found(portal) == [], "next time it is looked at again"


def test_a_picture_that_could_not_be_read_for_a_moment_is_looked_at_again(
    portal: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_: Path) -> bytes:
        raise PortalError((problem("picture-unreadable", limit=250),))

    portal.write("assets/saal.png", picture(900, 500))
    portal.article("a.md", **GOOD, image="{file: /saal.png, alt: x, credit: y}")
    monkeypatch.setattr(images, "read", locked)
    time.sleep(2 * RACY_NS / 1e9)  # its stamp alone would not have it looked at
    assert found(portal) == ["a.md:7:0 picture-unreadable"]
    monkeypatch.undo()
    assert found(portal) == []


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# Layouts.


@pytest.mark.slow
def test_the_layout_of_pdfs_is_tried_as_such(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "portal", toml=PORTAL.replace("[pdf]\nenabled = false", ""))
    portal.article("a.md", **GOOD)
    layout = portal.root / "layouts" / "pdf" / "article.typ"
    text = layout.read_text(encoding="utf-8")
    layout.write_text("// {{ no Jinja }} {% here %}\n" + text, encoding="utf-8")
    assert found(portal) == []
    layout.write_text(text + "\n#gibt-es-nicht\n", encoding="utf-8")
    (one,) = findings(portal)
    assert one.problem == portal.mistakes()[0]
    assert (one.problem.name, Path(one.problem.path).name) == ("pdf-layout", "article.typ")


# Sponsored posts.


def test_a_sponsored_post_says_so_and_marks_its_links(portal: TestPortal) -> None:
    portal.article("a.md", "[Firma](https://firma.example/)", **GOOD, kind="sponsored")
    layout = (
        "<main><p>{{ site.article(page.article).title }}</p>{{ site.body(page.article) }}</main>"
    )
    portal.write("layouts/article.html", layout)
    names = {one.problem.name for one in findings(portal)}
    assert "sponsored-label" in names
    marked = layout.replace("<p>", "<p>Anzeige ").replace(
        "{{ site.body(page.article) }}", '<a href="https://firma.example/" rel="sponsored">x</a>'
    )
    portal.write("layouts/article.html", marked)
    assert found(portal) == []
    portal.write("layouts/article.html", marked.replace(' rel="sponsored"', ""))
    assert found(portal) == ["a.md:1:0 sponsored-rel"]


def test_a_layout_that_fails_is_told_before_the_build(portal: TestPortal) -> None:
    portal.article("a.md", **GOOD)
    portal.write("layouts/section.html", "{{ unbekannt }}")
    assert [one.problem.name for one in findings(portal)] == ["layout-failed"]


# Levels, drafts, paths.


def test_levels_are_the_portals_choice(tmp_path: Path) -> None:
    table = '\n[check]\nlead-missing = "error"\nkeyword-missing = "off"\n'
    portal = TestPortal.make(tmp_path / "p", toml=PORTAL + table)
    portal.article("a.md")
    assert [(one.name, level) for one, level in findings(portal)] == [("lead-missing", "error")]


def test_what_stops_a_build_cannot_be_turned_down(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "p", toml=PORTAL + '\n[check]\nlink-broken = "off"\n')
    with pytest.raises(PortalError) as error:
        findings(portal)
    (one,) = of_broken_portal(error.value)
    line = len(PORTAL.splitlines()) + 3
    assert (one.problem.name, one.problem.line, one.level) == ("rule-unknown", line, "error")


def test_a_level_that_there_is_not(tmp_path: Path) -> None:
    portal = TestPortal.make(tmp_path / "p", toml=PORTAL + '\n[check]\nlink-text = "fatal"\n')
    with pytest.raises(PortalError) as error:
        findings(portal)
    assert [one.name for one in error.value.problems] == ["rule-level"]


def test_in_a_draft_no_rule_is_an_error(portal: TestPortal) -> None:
    portal.article("a.md", **GOOD, image="/saal.png", draft="ja")
    portal.write("assets/saal.png", picture(900, 500))
    assert {level for _, level in findings(portal)} == {"warning"}
    portal.article("b.md", section="gibtsnicht", draft="ja")
    assert [level for one, level in findings(portal) if one.name == "section-unknown"] == ["error"]


def test_of_what_has_expired_only_what_stops_a_build_is_told(portal: TestPortal) -> None:
    portal.article("a.md", "[x](#nirgends) [y](/nichts/)", expires="2026-06-01")
    assert found(portal) == []
    portal.article("a.md", "[x](fehlt.md)", expires="2026-06-01")
    portal.article("b.md", "[x](/2026/05/a/)", **GOOD)
    assert found(portal) == ["a.md:8:0 link-broken", "b.md:9:5 link-dead"]


def test_only_what_is_named_is_told_of(portal: TestPortal) -> None:
    one, two = portal.article("2026/05/a.md"), portal.article("2026/06/b.md")
    assert {f.problem.path for f in findings(portal, one)} == {"content/2026/05/a.md"}
    assert {f.problem.path for f in findings(portal, two.parent)} == {"content/2026/06/b.md"}
    with pytest.raises(PortalError) as error:
        findings(portal, portal.root / "content/gibtsnicht.md")
    assert [p.name for p in error.value.problems] == ["path-outside"]


def test_every_rule_is_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "pruefregeln.md").read_text(encoding="utf-8")
    own = [name for name in rules() if catalogue()[name].number.startswith("C")]
    assert [name for name in own if f"{catalogue()[name].number} | `{name}` |" not in page] == []


# The command.


@pytest.mark.system
def test_the_command_says_it_as_compilers_do(portal: TestPortal) -> None:
    portal.article("a.md", "Er sagt [hier](https://x.example/).", **GOOD)
    done = portal.run("check", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:3] == [
        'content/a.md:9:10: warning C207 link-text: The text of the link, "hier", does not say '
        "where it leads.",
        "    Er sagt [hier](https://x.example/).",
        "             ^",
    ]
    portal.article("b.md", "[x](/nichts/)", **GOOD)
    done = portal.run("check", "--lang", "de", "content/b.md")
    assert done.returncode == 1
    assert done.stdout.startswith("content/b.md:9:5: Fehler C106 link-dead: Der Link auf")
    assert done.stdout.endswith("1 Fehler, 0 Warnungen.\n")


def test_paths_are_those_that_one_would_type_here(
    portal: TestPortal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    portal.article("2026/05/a.md", keywords="[H]")
    monkeypatch.chdir(portal.root / "content")
    assert main(["check", "--lang", "en", "2026/05/a.md"]) == 0
    assert capsys.readouterr().out.startswith("2026/05/a.md:1: warning C201")


def test_wrong_usage_is_told_apart_from_mistakes(portal: TestPortal) -> None:
    done = portal.run("check", "--format", "json", "--at", "gestern")
    assert done.returncode == 2
    assert json.loads(done.stdout)["findings"][0]["path"] == "--at"


def test_json_of_a_broken_portal_is_json_too(portal: TestPortal) -> None:
    portal.write("portal.toml", "title = 1\n")
    done = portal.run("check", "--format", "json")
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert said["version"] == 1
    assert said["errors"] == len(said["findings"]) > 0


def test_a_dead_link_is_shown_where_it_is_one_and_not_in_code(portal: TestPortal) -> None:
    words = "Nicht `[x](/nix/)`, nicht /nix/, sondern <a href='/nix/'>dies</a> und [x](/nix/)."
    portal.article("a.md", words, **GOOD)
    columns = [words.index("/nix/'") + 1, words.rindex("/nix/") + 1]
    assert found(portal) == [f"a.md:9:{column} link-dead" for column in columns]


def test_an_old_address_at_which_no_server_leads_on_is_no_goal_for_a_link(
    portal: TestPortal,
) -> None:
    portal.article("a.md", "[x](/meldung.php) [y](/alt/)", **GOOD, aliases="[/meldung.php, /alt/]")
    assert "a.md:10:5 link-dead" in found(portal)
    assert "a.md:10:22 link-dead" not in found(portal)


def test_an_address_that_two_lists_want_is_a_mistake_in_portal_toml(tmp_path: Path) -> None:
    addresses = '\n[addresses]\nkeyword = "/{keyword}/"\n'
    portal = TestPortal.make(tmp_path / "p", toml=PORTAL + addresses)
    portal.article("2026/05/a.md", keywords="[Politik]")
    page, feed = (one for one, _ in findings(portal) if one.name == "address-twice")
    assert {page.path, feed.path} == {"portal.toml"}
    assert page.what("de") == "Die Adresse /politik/ gehört schon zu „Seite eines Bereichs“."
    assert feed.what("de") == "Die Adresse /politik/feed.xml gehört schon zu „Feed“."
