"""Drawings stay the same drawings, and nothing in them runs or leads elsewhere."""

import re
from xml.etree import ElementTree as ET

import pytest

from generator.base.problems import PortalError
from generator.media.svg import Drawing, is_svg, sanitised

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
SIZED = HEAD + 'viewBox="0 0 40 20">'


def clean(text: str) -> Drawing:
    return sanitised(text.encode(), "bild.svg", lambda _: ("png", b"clean"))


def refusal(data: bytes) -> tuple[str, int]:
    with pytest.raises(PortalError) as caught:
        sanitised(data, "bild.svg", lambda _: None)
    (found,) = caught.value.problems
    assert found.path == "bild.svg"
    assert found.what("de")
    return found.name, found.line


HARMLESS = [
    '<path d="M0 0h10v10z" fill="#a63d2b" transform="matrix(1 0 0 1 2 3) rotate(45)"/>',
    "<text>Straße &amp; <tspan>Platz</tspan><tspan>!</tspan> &lt;Mitte&gt;</text>",
    '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs>'
    '<rect width="5" height="5" fill="url(#g)" style="stroke:rgb(1,2,3);filter:url(#f)"/>',
    '<filter id="f"><feGaussianBlur stdDeviation="2"/></filter><use href="#g" x="1"/>',
    "<style>@media (prefers-color-scheme:dark){.a{fill:rgba(0,0,0,.5)}} .b{mask:url(#m)}</style>",
    '<circle r="1"><animate attributeName="r" values="1;2;1" dur="2s"/></circle>',
    '<text xml:space="preserve">  zwei  Leerzeichen  </text>',
    '<style>.ü{font-family:"B\\fcro"}</style>',
]


@pytest.mark.parametrize("inner", HARMLESS)
def test_what_is_harmless_is_copied_as_it_stands(inner: str) -> None:
    made = clean(f"{SIZED}{inner}</svg>")
    assert made.removed == ()
    assert ET.canonicalize(made.data.decode()) == ET.canonicalize(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">{inner}</svg>'
    )


HARMFUL = [
    "<script>evil()</script>",
    "<g><script href='https://evil.example/x.js'/></g>",
    '<rect onload="evil()" ONCLICK="evil()"/>',
    "<foreignObject><div xmlns='http://www.w3.org/1999/xhtml'>evil</div></foreignObject>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>evil()</x:script>",
    "<iframe src='https://evil.example'/>",
    '<a href="javascript:evil()"><text>x</text></a>',
    '<a xlink:href=" java&#10;script:evil()"><text>x</text></a>',
    '<use href="https://evil.example/a.svg#b"/>',
    '<use href="data:image/svg+xml;base64,ZXZpbA=="/>',
    '<image href="//evil.example/pixel.png"/>',
    '<feImage href="https://evil.example/pixel.png"/>',
    '<rect fill="url(https://evil.example/#a)"/>',
    '<rect style="fill:URL( \'https://evil.example/a(b)\' )"/>',
    '<rect style="fill:u\\72l(https://evil.example)"/>',
    '<rect style="background:-webkit-image-set(&quot;https://evil.example&quot; 1x)"/>',
    "<style>@import 'https://evil.example/a.css'; .a{fill:red}</style>",
    "<style>@im\\port 'https://evil.example/a.css';</style>",
    "<style>@font-face{src:url(https://evil.example/f.woff)}</style>",
    "<style>.a{background:url(https://evil.example/unclosed</style>",
    "<style><![CDATA[.a{b:url(\"https://evil.example\")}]]></style>",
    "<style>a{}<script>evil()</script></style>",
    '<a id="l"><set attributeName="href" to="javascript:evil()"/></a>',
    '<a><animate attributeName="xlink:href" values="javascript:evil()"/></a>',
    '<rect><set attributeName="onclick" to="evil()"/></rect>',
    '<rect><set attributeName="fill" to="url(https://evil.example)"/></rect>',
    '<audio src="https://evil.example"/>',
]  # fmt: skip


@pytest.mark.parametrize("inner", HARMFUL)
def test_what_runs_or_leads_elsewhere_is_left_out_and_said(inner: str) -> None:
    made = clean(f'{SIZED}\n{inner}<path d="M0 0h1"/></svg>')
    assert not re.search(b"evil|script|import", made.data, re.IGNORECASE)
    assert b'<path d="M0 0h1"/></svg>' in made.data
    assert made.removed
    assert made.line == 2
    again = sanitised(made.data, "bild.svg", lambda _: None)
    assert (again.data, again.removed) == (made.data, ())


def test_what_a_drawing_program_noted_for_itself_goes_without_a_word() -> None:
    made = clean(
        '<?xml version="1.0"?><!-- GEHEIM -->'
        + HEAD
        + """xmlns:i="http://www.inkscape.org/" i:docname="GEHEIM.svg" viewBox="0 0 1 1">
        <metadata>GEHEIM</metadata><i:view>GEHEIM</i:view><?x GEHEIM?><g data-name="GEHEIM"/>
        <switch><foreignObject requiredExtensions="x">GEHEIM</foreignObject><g/></switch>
        <style>/* GEHEIM */ .a{fill:red}</style></svg>"""
    )
    assert b"GEHEIM" not in made.data
    assert made.removed == ()
    assert b"<switch><g/></switch>" in made.data


def test_a_stylesheet_from_elsewhere_is_left_out() -> None:
    made = clean(f'<?xml-stylesheet href="https://evil.example/a.css"?>{SIZED}</svg>')
    assert made.removed == ("<?xml-stylesheet?>",)
    assert b"evil" not in made.data


def test_a_picture_inside_is_replaced_by_its_clean_copy() -> None:
    made = clean(
        f'{SIZED}<image xlink:href="data:image/jpeg;base64,R0VI RUlN"/>'
        "<style>.a{background:url('data:image/gif;base64,R0VIRUlN')}</style></svg>"
    )
    assert made.data.count(b"data:image/png;base64,Y2xlYW4=") == 2
    assert b"R0VI" not in made.data
    assert made.removed == ()


def test_no_picture_inside_is_left_out() -> None:
    text = f'{SIZED}<image href="data:image/png;base64,R0VIRUlN"/></svg>'
    made = sanitised(text.encode(), "bild.svg", lambda _: None)
    assert b"data:" not in made.data
    assert made.removed


def test_a_font_inside_stays() -> None:
    css = "@font-face{font-family:x;src:url(data:font/woff2;base64,d09GMg==) format('woff2')}"
    made = clean(f"{SIZED}<style>{css}</style></svg>")
    assert (css.encode() in made.data, made.removed) == (True, ())


def test_names_of_namespaces_as_old_drawing_programs_write_them_are_understood() -> None:
    made = clean(
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd" ['
        '<!ENTITY ns "http://www.w3.org/2000/svg">]><svg xmlns="&ns;" width="1" height="1"/>'
    )
    assert (
        made.data
        == b'<svg width="1" height="1" viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg"/>'
    )


LAUGHS = '<!ENTITY a "haha">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
)


@pytest.mark.parametrize(
    "entities",
    [
        LAUGHS,
        '<!ENTITY a "' + "x" * 100_000 + '">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "https://evil.example/a.dtd"> %a;',
        '<!ENTITY % a "x">',
    ],
)
def test_entities_that_swell_or_fetch_are_refused(entities: str) -> None:
    text = f"<!DOCTYPE svg [\n{entities}]>{SIZED}<text>&j;&a;</text></svg>"
    assert refusal(text.encode()) == ("drawing-entity", 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<svg xmlns='http://www.w3.org/2000/svg'>\n<g></svg>", 2),
        (SIZED, 1),
        ("<svg>\n<use xlink:href='#a'/></svg>", 2),
        ("<html><svg/></html>", 1),
        ("<svg xmlns='http://example.org/other'/>", 1),
    ],
)
def test_what_is_no_well_formed_drawing_is_refused_with_its_line(text: str, line: int) -> None:
    assert refusal(text.encode()) == ("drawing-broken", line)


def test_a_drawing_of_many_megabytes_is_refused() -> None:
    assert refusal(b"<svg>" + b" " * 10_000_001) == ("drawing-huge", 0)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ("width='100' height='50'", (100, 50)),
        ("width='100px' height='50.4px' viewBox='0 0 1 1'", (100, 50)),
        ("width='1in' height='72pt'", (96, 96)),
        ("width='210mm' viewBox='0 0 210 297'", (794, 1123)),
        ("height='10' viewBox='0,0,40,20'", (20, 10)),
        ("width='100%' height='100%' viewBox='-5 -5 40 20'", (40, 20)),
        ("viewBox='0 0 0.4 0.2'", (1, 1)),
        ("", (300, 150)),
        ("viewBox='nonsense'", (300, 150)),
    ],
)
def test_size_is_what_a_browser_takes(attributes: str, size: tuple[int, int]) -> None:
    made = clean(f"{HEAD}{attributes}/>")
    assert (made.width, made.height) == size


@pytest.mark.parametrize(
    "attributes", ["width='0' height='5'", "viewBox='0 0 0 10'", f"width='{'9' * 400}' height='1'"]
)
def test_a_drawing_without_extent_is_refused(attributes: str) -> None:
    assert refusal(f"{HEAD}{attributes}/>".encode()) == ("picture-no-size", 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern", ["url(", 'url("', "url( ", "/*", "@import ", "\\7", "9", "src(\n"]
)
def test_no_text_takes_long(pattern: str) -> None:
    many = pattern * 100_000
    clean(f"{HEAD}width='9'><style>{many}</style><rect style='{escaped(many)}' x='('/></svg>")
    with pytest.raises(PortalError):
        clean(f"{HEAD}width='0' height='{escaped(many)}'/>")


def escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace('"', "&quot;")


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><svg/>", True),
        ("<svg/>".encode("utf-16"), True),
        (b"<!DOCTYPE html><svg>", False),
        (b"\x89PNG", False),
    ],
)
def test_drawings_are_recognised_by_their_content(data: bytes, is_one: bool) -> None:
    assert is_svg(data) is is_one
