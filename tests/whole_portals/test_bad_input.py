"""What people and programs get wrong, through the whole command: each mistake is told by its name.

Twenty mistakes in twenty files are twenty messages in one run: all sources stand in one portal.
Nothing gives a traceback, nothing hangs, and the article beside them is checked all the same.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from generator.cli.main import main
from tests.portals import PORTAL, TestPortal

pytestmark = pytest.mark.slow

HEAD: Final = "title: Titel\ndate: 2026-05-01\nsection: politik\n"


def header(line: str = "", text: str = "Text.") -> str:
    """A source with one more line in its header."""
    return f"---\n{HEAD}{line}\n---\n\n{text}\n"


def body(text: str) -> str:
    """A source with that text."""
    return header("lead: Vorspann", text)


HEADERS: Final[Mapping[str, tuple[str | bytes, str]]] = {
    # The file as such.
    "leer": (b"", "file-empty"),
    "nur-leerraum": (b" \n\n\t\n", "file-empty"),
    "nur-bom": (b"\xef\xbb\xbf", "file-empty"),
    "utf-16": (header().encode("utf-16"), "file-utf-16"),
    "utf-16-ohne-bom": (header().encode("utf-16-le"), "file-utf-16"),
    "windows-1252": (header("kicker: Köln").encode("cp1252"), "file-windows-1252"),
    "latin-1-im-text": (body("Über Köln").encode("latin-1"), "file-windows-1252"),
    "kein-utf-8": (header().encode() + b"\x81\xff", "file-not-utf-8"),
    "zu-gross": (body("Wort " * 500_000), "source-huge"),
    "nul": (header().encode() + b"\0", "control-character"),
    "nul-im-kopf": (b"---\ntitle: a\0b\n---\n", "control-character"),
    "steuerzeichen": (body("a\x0bb"), "control-character"),
    "bild-als-md": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "file-not-utf-8"),
    # Where the header begins and ends.
    "ohne-kopf": ("Nur Text.\n", "header-missing"),
    "ohne-oberen-zaun": ("title: x\ndate: 2026-05-01\n---\n\nText\n", "fence-missing"),
    "gedankenstriche-oben": (f"–––\n{HEAD}---\n\nText\n", "fence-opening"),
    "zwei-striche-oben": (f"--\n{HEAD}---\n\nText\n", "fence-opening"),
    "vier-striche-oben": (f"----\n{HEAD}---\n\nText\n", "fence-opening"),
    "gleichheitszeichen": (f"---\n{HEAD}====\n\nText\n", "fence-closing"),
    "drei-punkte": (f"---\n{HEAD}...\n\nText\n", "fence-closing"),
    "ohne-unteren-zaun": (f"---\n{HEAD}\nEin Text beginnt.\n", "fence-unclosed"),
    "toml-kopf": ('+++\ntitle = "x"\n+++\n\nText\n', "header-is-toml"),
    "kopf-ist-liste": ("---\n- a\n- b\n---\n\nText\n", "header-not-fields"),
    "kopf-ist-satz": ("---\nEin Satz und sonst nichts\n---\n\nText\n", "header-not-fields"),
    "kopf-zu-lang": (f"---\n{HEAD}lead: {'x' * 70_000}\n---\n\nText\n", "header-too-long"),
    "kopf-zu-tief": (header("keywords: " + "[" * 40 + "]" * 40), "header-too-deep"),
    "bombe-klammern": (header("keywords: " + "[" * 50_000), "header-too-deep"),
    "text-im-kopf": (
        f"---\n{HEAD}\nHier fängt der Text an, ohne Zaun davor.\n\n---\n",
        "header-text",
    ),
    # What YAML stumbles over.
    "doppelpunkt-im-titel": (header("kicker: Berlin: Neues"), "value-colon"),
    "titel-mit-klammer": (header("kicker: [Update] Rat tagt"), "value-sign"),
    "titel-mit-klammeraffe": (header("kicker: @bund stellt vor"), "value-sign"),
    "titel-mit-prozent": (header("kicker: %-Zeichen"), "value-sign"),
    "titel-mit-stern": (header("kicker: *wichtig* ist"), "value-sign"),
    "titel-mit-ausrufezeichen": (header("kicker: !Achtung ja"), "value-sign"),
    "titel-mit-und": (header("kicker: &Co kommt"), "value-sign"),
    "anfuehrung-nur-vorn": (header('kicker: "Rat" tagt'), "value-quotes"),
    "umgekehrter-schraegstrich": (header('kicker: "C:\\Daten"'), "value-escape"),
    "raute-verschluckt": (header("kicker: Platz #1"), "value-hash"),
    "nul-als-flucht": (header('kicker: "a\\0b"'), "value-control"),
    "tabulator": (header("\tkicker: x"), "yaml-tab"),
    "ohne-leerzeichen": (header("kicker:Köln"), "yaml-no-space"),
    "geschuetztes-leerzeichen": (header("kicker:\xa0Köln"), "yaml-odd-space"),
    "alias-bombe": (header("lead: &a [x]\nkicker: *a"), "value-sign"),
    "merge-bombe": (header("<<: *a"), "value-sign"),
    "etikett": (header("lead: !!python/object:os.system x"), "value-sign"),
    # Fields.
    "schluessel-zweimal": (header("title: Noch einer"), "key-twice"),
    "feld-zweimal-deutsch": (header("titel: Noch einer"), "field-twice"),
    "schluessel-vertippt": (header("kiker: Ort"), "key-misspelt"),
    "schluessel-unbekannt": (header("wetter: sonnig"), "key-unknown"),
    "titel-fehlt": ("---\ndate: 2026-05-01\nsection: politik\n---\n\nText\n", "field-missing"),
    "titel-leer": ("---\ntitle:\ndate: 2026-05-01\nsection: politik\n---\n\nT\n", "field-empty"),
    "datum-fehlt": ("---\ntitle: x\nsection: politik\n---\n\nText\n", "field-missing"),
    "rubrik-fehlt": ("---\ntitle: x\ndate: 2026-05-01\n---\n\nText\n", "field-missing"),
    "titel-ist-liste": (header("kicker: [a, b]"), "field-not-text"),
    "stichwoerter-sind-felder": (header("keywords: {a: b}"), "field-not-list"),
    "datum-unlesbar": (header("updated: gestern"), "date-unreadable"),
    "datum-amerikanisch": (header("updated: 13/31/2026"), "date-unreadable"),
    "datum-unmoeglich": (header("updated: 2026-02-30"), "date-impossible"),
    "uhrzeit-unmoeglich": (header("updated: 2026-05-01 25:00"), "date-impossible"),
    "jahr-vertippt": (header("updated: 20026-05-01"), "date-unreadable"),
    "jahr-zu-frueh": (header("updated: 0026-05-01"), "date-year"),
    "uhr-uebersprungen": (header("updated: 2026-03-29 02:30"), "date-skipped"),
    "uhr-doppelt": (header("updated: 2026-10-25 02:30"), "date-twice"),
    "aktualisiert-vor-datum": (header("updated: 2026-04-01"), "updated-before-date"),
    "ablauf-vor-datum": (header("expires: 2026-04-01"), "expires-before-date"),
    "rubrik-unbekannt": (header().replace("politik", "sport"), "section-unknown"),
    "art-unbekannt": (header("kind: glosse"), "kind-unknown"),
    "entwurf-vielleicht": (header("draft: vielleicht"), "not-yes-or-no"),
    "stichwort-ohne-buchstaben": (header('keywords: ["🚀"]'), "keyword-no-address"),
    "autor-ohne-buchstaben": (header('author: "???"'), "author-unreadable"),
    "quelle-ohne-schema": (header("source: www.stadt.example"), "url-wrong"),
    "quelle-javascript": (header("source: {url: 'javascript:alert(1)'}"), "url-wrong"),
    "teil-unbekannt": (header("image: {datei: a.jpg, fotograf: x}"), "part-unknown"),
    "bild-ohne-datei": (header("image: {alt: x}"), "image-no-file"),
    "bild-von-fremd": (header("image: https://x.example/a.jpg"), "image-external"),
    "bild-mit-backslash": (header("image: 'bilder\\a.jpg'"), "image-backslash"),
    "bild-ausserhalb": (header("image: ../../../../etc/passwd"), "image-outside"),
    "bild-fehlt": (header("image: {file: /fehlt.jpg, alt: a, credit: b}"), "picture-missing"),
    "slug-mit-umlaut": (header("slug: Bürger Amt"), "slug-wrong"),
    "slug-mit-schraegstrich": (header("slug: a/b"), "slug-wrong"),
    "slug-ausbruch": (header("slug: ../../x"), "slug-wrong"),
    "alias-ohne-schraegstrich": (header("aliases: [alt.html]"), "alias-wrong"),
    "alias-ausbruch": (header("aliases: [/../../etc/passwd]"), "address-part-edge"),
    "alias-mit-frage": (header("aliases: ['/index.php?id=1']"), "address-character"),
    "alias-zu-lang": (header(f"aliases: [/{'x' * 300}/]"), "address-too-long"),
    "alias-unter-windows": (header("aliases: [/con/]"), "address-reserved"),
    "alias-doppelte-striche": (header("aliases: [/a//b/]"), "address-empty-part"),
    "auszeichnung-im-titel": (header("kicker: '**fett**'"), "text-with-markup"),
    "???": (header(), "slug-missing"),
    # The text.
    "skript-im-text": (body("<script>alert(1)</script>"), "markdown-html-program"),
    "javascript-link": (body("[x](javascript:alert(1))"), "markdown-link-executable"),
    "javascript-verkleidet": (body("[x](JaVaScRiPt&#58;alert(1))"), "markdown-link-executable"),
    "data-link": (body("[x](data:text/html,x)"), "markdown-link-executable"),
    "link-mit-seltsamem-schema": (body("[x](gopher://x.example/)"), "markdown-link-scheme"),
    "link-leer": (body("[x]()"), "markdown-link-empty"),
    "link-ins-leere": (body("[x](../gibt/es/nicht.md)"), "link-broken"),
    "anker-ins-leere": (body("[x](gut.md#nirgends)"), "anchor-missing"),
    "adresse-ins-leere": (body("[x](/gibt/es/nicht/)"), "link-dead"),
    "stelle-ins-leere": (body("[x](#nirgends)"), "anchor-dead"),
    "adresse-unmoeglich": (body("[x](/a]b[/)"), "link-dead"),
    "bild-im-text-fehlt": (body("![x](fehlt.jpg)"), "picture-missing"),
    "bild-im-text-fremd": (body("![x](https://x.example/a.jpg)"), "markdown-picture-elsewhere"),
    "bild-im-text-leer": (body("![x]()"), "markdown-picture-empty"),
    "bild-ohne-beschreibung": (body("![](/logo.svg)"), "picture-alt"),
    "bild-ohne-nachweis": (body("![x](/logo.svg)"), "picture-credit"),
    "ebene-uebersprungen": (body("## A\n\n#### B"), "markdown-heading-skipped"),
    "ueberschrift-leer": (body("## \n\nText"), "markdown-heading-empty"),
    "ereignis-attribut": (body('<b onclick="x()">a</b>'), "markdown-attribute"),
    "stil-attribut": (body('<p style="color:red">a</p>'), "markdown-attribute"),
    "versteckt": (body("<div hidden>\n\na\n\n</div>"), "markdown-hidden"),
    "versteckt-durch-stil": (
        body('a <b style="color:red; DISPLAY: none">b</b>'),
        "markdown-hidden",
    ),
    "versteckt-bis-gefunden": (body('<p hidden="until-found">a</p>'), "markdown-attribute"),
    "rahmen": (body('<iframe src="https://x.example/"></iframe>'), "markdown-html-program"),
    "unbekanntes-element": (body("<quatsch>a</quatsch>"), "markdown-html-unknown"),
    "hugo-befehl": (body('{{< figure src="x" >}}'), "markdown-shortcode"),
    "jekyll-befehl": (body("{% include x.html %}"), "markdown-shortcode"),
    "fussnote-fehlt": (body("Text[^1]"), "markdown-footnote-missing"),
    "fussnote-ungenutzt": (body("Text\n\n[^1]: Note"), "markdown-footnote-unused"),
    "steuerzeichen-als-verweis": (body("a&#0;b"), "markdown-control-character"),
    "liste-zu-tief": (body("\n".join(f"{'    ' * n}- x" for n in range(120))), "markdown-nesting"),
    "zitat-zu-tief": (body("> " * 400 + "x"), "markdown-nesting"),
    "linktext-hier": (body("[hier](https://x.example/)"), "link-text"),
    "gerade-anfuehrung": (body('Er sagte "ja".'), "quotes-straight"),
    "zwei-bindestriche": (body("Er kam -- und ging."), "dashes-double"),
    "doppeltes-wort": (body("Der Rat Rat der der Stadt."), "word-doubled"),
}
"""Bad sources by file name, and the message that each must give."""

HEAVY: Final[Mapping[str, str]] = {
    "klammern": "[" * 8_000,
    "bilder": "![" * 8_000,
    "cdata": "<![CDATA[" * 1_000,
    "links": "[a](<b" * 5_000,
    "elemente": "<a " * 5_000,
    "kommentare": "<!--" * 20_000,
    "sterne": "*a **b " * 5_000,
    "tabelle": "|" * 20_000,
    "anstriche": "`" * 20_000,
    "riesig": "Wort " * 400_000,
}
"""Texts that keep careless programs busy for hours; they need not give a message."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[str]]]:
    """The names of the messages by file, of one run over all bad sources."""
    portal = TestPortal.small(tmp_path_factory.mktemp("bad") / "portal")
    portal.write(
        "assets/logo.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    )
    for name, (source, _) in HEADERS.items():
        portal.write(f"content/2026/05/{name}.md", source)
    portal.article("2026/05/gut.md", lead="Vorspann", keywords="[Haushalt]")
    portal.article("2026/05/halbgut.md")
    files = portal.root / "content" / "dateien"
    files.mkdir()
    os.mkfifo(files / "rohr.md")
    (files / "ordner.md").mkdir()
    (files / "schleife.md").symlink_to("schleife.md")
    (files / "runde").symlink_to(files)
    (files / "fremd.md").symlink_to("/etc/passwd")
    Path(os.fsdecode(os.fsencode(files) + b"/\xff.md")).write_bytes(b"x")
    portal.write("content/anzeigen/x.md", header())
    portal.write("assets/kaputt.png", b"\x89PNG\r\n\x1a\nxx")
    portal.article("2026/05/kaputtes-bild.md", image="{file: /kaputt.png, alt: x, credit: y}")
    portal.article("2026/05/stil-als-bild.md", image="{file: /style.css, alt: x, credit: y}")
    portal.write("content/firmen/logo.md", "---\nname: F\nort: O\nlogo: /kaputt.png\n---\n")
    os.mkfifo(portal.root / "layouts" / "rohr.html")
    for name in ("eins", "zwei"):
        portal.article(f"2026/05/{name}.md", slug="gleich", aliases="[/alt/]")
    yield run(portal)


def run(portal: TestPortal, *arguments: str) -> dict[str, set[str]]:
    """The names of the messages of one `check` by the path below `content/`."""
    done = portal.run("check", "--format", "json", *arguments)
    assert "Traceback" not in done.stderr, done.stderr
    found: dict[str, set[str]] = defaultdict(set)
    for finding in json.loads(done.stdout)["findings"]:
        found[finding["path"].removeprefix("content/")].add(finding["rule"])
        assert finding["what"]
        assert finding["hint"]
    assert done.returncode == any(
        finding["level"] == "error" for finding in json.loads(done.stdout)["findings"]
    )
    return found


@pytest.mark.parametrize("name", HEADERS)
def test_a_bad_source_is_told_by_name(told: Mapping[str, set[str]], name: str) -> None:
    assert HEADERS[name][1] in told.get(f"2026/05/{name}.md", set())


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("dateien/rohr.md", "not-a-regular-file"),
        ("dateien/schleife.md", "not-a-regular-file"),
        ("dateien/fremd.md", "not-a-regular-file"),
        ("dateien/\ufffd.md", "name-not-utf-8"),
        ("anzeigen/x.md", "field-missing"),
        ("2026/05/kaputtes-bild.md", "picture-broken"),
        ("2026/05/stil-als-bild.md", "picture-unknown"),
        ("firmen/logo.md", "picture-broken"),
        ("layouts/rohr.html", "not-a-regular-file"),
        ("2026/05/zwei.md", "address-shared"),
        ("2026/05/zwei.md", "alias-shared"),
        ("2026/05/halbgut.md", "lead-missing"),
    ],
)
def test_an_odd_file_is_told_by_name(told: Mapping[str, set[str]], path: str, message: str) -> None:
    assert message in told.get(path, set())


def test_the_good_article_beside_them_is_good(told: Mapping[str, set[str]]) -> None:
    assert "2026/05/gut.md" not in told
    assert "dateien/ordner.md" not in told


def test_texts_made_to_hang_do_not(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    for name, text in HEAVY.items():
        portal.article(f"{name}.md", text)
    start = time.monotonic()
    found = run(portal)
    assert time.monotonic() - start < 60
    assert all(f"{name}.md" in found for name in HEAVY)  # each lacks its lead, at least


SETTINGS: Final[Mapping[str, tuple[str | bytes, str]]] = {
    "leer": ("", "setting-missing"),
    "kein toml": ("title: x\n", "toml-syntax"),
    "offene anführung": (PORTAL.replace('Alltag"', "Alltag"), "toml-syntax"),
    "zweimal": (f'title = "x"\n{PORTAL}', "toml-syntax"),
    "latin-1": (PORTAL.replace("Amt", "Ämter").encode("latin-1"), "toml-not-utf-8"),
    "nul": (PORTAL + "\0", "toml-syntax"),
    "zahl statt text": (PORTAL.replace('"Amt & Alltag"', "1"), "setting-not-text"),
    "text statt zahl": (PORTAL.replace("section = 3", 'section = "3"'), "setting-not-number"),
    "text statt liste": (PORTAL + '\n[front_matter]\nextra = "x"\n', "setting-not-list"),
    "tabelle statt liste": (
        PORTAL.replace("[[sections]]", "[sections]", 1).split("[[")[0],
        "setting-not-list",
    ),
    "text statt tabelle": (f'addresses = "x"\n{PORTAL}', "setting-not-table"),
    "titel leer": (PORTAL.replace("Amt & Alltag", "", 1), "setting-empty"),
    "vertippt": (f'adress = "x"\n{PORTAL}', "setting-misspelt"),
    "unbekannt": (f'qwertz = "x"\n{PORTAL}', "setting-unknown"),
    "adresse ohne schema": (PORTAL.replace("https://www.amt", "www.amt"), "portal-address"),
    "adresse mit pfad": (PORTAL.replace("amt.example", "amt.example/x"), "portal-address"),
    "sprache": (f'language = "deutsch!"\n{PORTAL}', "portal-language"),
    "zeitzone": (f'time_zone = "Europe/Berln"\n{PORTAL}', "portal-time-zone"),
    "zeitzone ist ordner": (f'time_zone = "Europe"\n{PORTAL}', "portal-time-zone"),
    "zeitzone bricht aus": (f'time_zone = "../../etc/passwd"\n{PORTAL}', "portal-time-zone"),
    "ordner fehlt": (PORTAL + '\n[folders]\ncontent = "gibtsnicht"\n', "folder-missing"),
    "ausgabe im inhalt": (PORTAL + '\n[folders]\noutput = "content/x"\n', "output-overlaps"),
    "ausgabe ist alles": (PORTAL + '\n[folders]\noutput = "."\n', "output-overlaps"),
    "ausgabe ist wurzel": (PORTAL + '\n[folders]\noutput = "/"\n', "output-overlaps"),
    "bereich mit umlaut": (PORTAL.replace('"technik"', '"Größe"'), "section-id"),
    "bereich zweimal": (PORTAL.replace('"technik"', '"politik"'), "section-twice"),
    "bereich heißt archiv": (PORTAL.replace('"technik"', '"archiv"'), "section-address"),
    "autor ohne adresse": (PORTAL.replace("ve = ", '"???" = '), "author-no-address"),
    "autoren gleich": (PORTAL.replace("ve = ", "TL = "), "author-twice"),
    "menü": (PORTAL + '\n[[footer]]\nname = "x"\naddress = "x"\n', "menu-address"),
    "menü javascript": (
        PORTAL + '\n[[footer]]\nname = "x"\naddress = "javascript:x"\n',
        "menu-address",
    ),
    "menü mit klammer": (
        PORTAL + '\n[[footer]]\nname = "x"\naddress = "https://["\n',
        "web-address-host",
    ),
    "zu tief": (f"x = {'[' * 5000}{']' * 5000}\n{PORTAL}", "toml-too-deep"),
    "menü ohne namen": (PORTAL + '\n[[footer]]\naddress = "/"\n', "setting-missing"),
    "größe null": (PORTAL.replace("author = 3", "author = 0"), "setting-too-small"),
    "größe negativ": (PORTAL.replace("author = 3", "author = -3"), "setting-too-small"),
    "größe ist wahr": (PORTAL.replace("author = 3", "author = true"), "setting-not-number"),
    "feld unbekannt": (PORTAL + '\n[front_matter.aliases]\ndeck = "leed"\n', "field-unknown"),
    "extra bekannt": (PORTAL + '\n[front_matter]\nextra = ["title"]\n', "extra-known"),
    "vorgabe falsch": (PORTAL + '\n[front_matter.defaults]\nsection = "x"\n', "default-section"),
    "synonym leer": (PORTAL + '\n[keywords.synonyms]\n"KI" = ["🚀"]\n', "synonym-no-address"),
    "synonym zweimal": (
        PORTAL + '\n[keywords.synonyms]\n"A" = ["C"]\n"B" = ["C"]\n',
        "synonym-twice",
    ),
    "muster klammern": (PORTAL + '\n[addresses]\narticle = "/{slug/"\n', "pattern-braces"),
    "muster unbekannt": (
        PORTAL + '\n[addresses]\narticle = "/{slug}/{x}/"\n',
        "pattern-placeholder",
    ),
    "muster unvollständig": (
        PORTAL + '\n[addresses]\narticle = "/{year}/"\n',
        "pattern-incomplete",
    ),
    "muster ohne strich": (PORTAL + '\n[addresses]\narticle = "{slug}"\n', "pattern-slashes"),
    "muster bricht aus": (PORTAL + '\n[addresses]\narticle = "/../{slug}/"\n', "address-part-edge"),
    "muster mit attribut": (
        PORTAL + '\n[addresses]\narticle = "/{slug.__class__}/"\n',
        "pattern-placeholder",
    ),
    "regel unbekannt": (PORTAL + '\n[check]\nleed-missing = "off"\n', "rule-unknown"),
    "stufe unbekannt": (PORTAL + '\n[check]\nlead-missing = "aus"\n', "rule-level"),
    "stufe ist zahl": (PORTAL + "\n[check]\nlead-missing = 1\n", "setting-not-text"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_bad_portal_toml_is_told_by_name(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, message = SETTINGS[name]
    for folder in ("content", "layouts", "assets"):
        (tmp_path / folder).mkdir()
    (tmp_path / "portal.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    assert main(["check", "--portal", str(tmp_path), "--format", "json"]) == 1
    assert message in {one["rule"] for one in json.loads(capsys.readouterr().out)["findings"]}


LAYOUTS: Final[Mapping[str, tuple[str, str | bytes, str]]] = {
    "unbekannter name": ("article.html", "{{ artikel }}", "layout-failed"),
    "unbekannte frage": ("article.html", "{{ site.artikel() }}", "layout-failed"),
    "unbekannter filter": ("article.html", "{{ page|gross }}", "layout-syntax"),
    "offener block": ("section.html", "{% if page %}", "layout-syntax"),
    "kein utf-8": ("section.html", b"\xff\xfe", "layout-syntax"),
    "fehlende einbindung": ("section.html", '{% include "fehlt.html" %}', "layout-missing"),
    "wechselnde einbindung": ("section.html", "{% include page.layout %}", "layout-dynamic"),
    "fehlendes asset": ("front.html", '{{ site.asset("fehlt.css") }}', "asset-missing"),
    "teilt durch null": ("front.html", "{{ 1 // 0 }}", "layout-failed"),
    "fehlendes fragment": ("front.html", '{{ site.fragment("fehlt") }}', "layout-missing"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_bad_layout_is_told_by_name(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, text, message = LAYOUTS[name]
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("a.md")
    portal.write(f"layouts/{file}", text)
    assert main(["check", "--portal", str(portal.root), "--format", "json", "--jobs", "1"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert message in {one["rule"] for one in found}
    assert "lead-missing" in {one["rule"] for one in found}  # the article is checked all the same


def test_a_missing_layout_is_told_by_name(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    (portal.root / "layouts" / "section.html").unlink()
    assert "layout-missing" in set().union(*run(portal).values())


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("bau",),
        ("build", "--at"),
        ("build", "--jobs", "0"),
        ("build", "--jobs", "-1"),
        ("build", "--jobs", "viele"),
        ("build", "--portal", ""),
        ("build", "--output", ""),
        ("serve", "--host", ""),
        ("serve", "--port", "65536"),
        ("serve", "--port", "-1"),
        ("serve", "--port", "http"),
        ("check", ""),
        ("schema", "--of", "page"),
        ("init", ""),
        ("build", "--draft"),
        ("build", "x"),
        ("check", "--format", "xml"),
        ("check", "--lang", "fr"),
        ("new",),
        ("new", "a", "b"),
        ("status", "--plane"),
        ("completion", "tcsh"),
        ("init",),
    ],
)
def test_wrong_usage_is_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert "usage:" in said
    assert "_" not in said.splitlines()[-1]  # no names of functions


@pytest.mark.parametrize(
    ("arguments", "number", "code"),
    [
        (("build", "--portal", "/gibt/es/nicht"), "P109", 2),
        (("build", "--portal", "{}/portal.toml"), "P109", 2),
        (("build", "--portal", "{}/content"), "P109", 2),
        (("build", "--portal", "{}", "--at", "gestern"), "F151", 2),
        (("build", "--portal", "{}", "--at", "2026-02-30"), "F153", 2),
        (("build", "--portal", "{}", "--output", "{}"), "P132", 2),
        (("build", "--portal", "{}", "--output", "{}/portal.toml"), "O112", 1),
        (("status", "--portal", "/gibt/es/nicht"), "P109", 2),
        (("status", "--portal", "{}", "--at", "bald"), "F151", 2),
        (("new", "🚀", "--portal", "{}"), "C183", 2),
        (("new", "", "--portal", "{}"), "C183", 2),
        (("new", "x", "--portal", "{}", "--section", "sport"), "F162", 2),
        (("new", "x", "--portal", "{}", "--kind", "glosse"), "F163", 2),
        (("new", "x", "--portal", "{}", "--kind", ""), "F163", 2),
        (("new", "x", "--portal", "{}", "--section", ""), "F162", 2),
        (("new", "x", "--portal", "{}", "--at", "9999-99-99"), "F15", 2),
        (("schema", "--portal", "/gibt/es/nicht"), "P109", 2),
        (("check", "/etc/passwd", "--portal", "{}"), "C182", 2),
        (("check", "fehlt.md", "--portal", "{}"), "C182", 2),
        (("init", "{}"), "B120", 1),
        (("init", "{}/portal.toml"), "B120", 1),
        (("init", "{}/portal.toml/x"), "O103", 1),
        (("init", "/proc/x"), "O103", 1),
    ],
)
def test_a_bad_value_of_an_option_is_told_by_number(
    tmp_path: Path,
    arguments: tuple[str, ...],
    number: str,
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    assert main([argument.format(portal.root) for argument in arguments]) == code
    said = capsys.readouterr()
    assert f"error {number}" in said.err + said.out


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        (("serve", "--portal", "/gibt/es/nicht"), "P109"),
        (("serve", "--portal", "{}", "--at", "bald"), "F151"),
        (("serve", "--portal", "{}", "--host", "a..b"), "S103"),
        (("serve", "--portal", "{}", "--host", "256.1.1.1"), "S103"),
    ],
)
def test_a_preview_refuses_bad_values_as_well(
    tmp_path: Path, arguments: tuple[str, ...], number: str
) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    done = portal.run(*(argument.format(portal.root) for argument in arguments))
    assert done.returncode == 2
    assert f" {number} " in done.stderr
    assert "Traceback" not in done.stderr


def test_there_are_more_than_120() -> None:
    assert len(HEADERS) + len(SETTINGS) + len(LAYOUTS) + len(HEAVY) > 180
