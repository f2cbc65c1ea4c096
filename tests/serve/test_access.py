"""A preview that other devices in the network see: at which address, and who is let in."""

import ipaddress
import re
import socket
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from playwright.sync_api import Browser, expect

from generator.serve import network
from generator.serve.network import _doubts
from generator.serve.server import LENGTH, LETTERS, SPAN, TRIES, Door, _without_key
from tests.browser import SLOW
from tests.portals import TestPortal
from tests.previews import Preview, previewing

pytestmark = pytest.mark.system

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec_WebSocket_Version": "13",
}
PAGE = "/2026/05/text/"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TestPortal:
    """A portal with one draft."""
    portal = TestPortal.make(tmp_path_factory.mktemp("shared") / "portal")
    portal.article("2026/05/text.md", "Streng geheim.", title="Vertraulich", draft="true")
    return portal


@pytest.fixture(scope="module")
def preview(shared: TestPortal) -> Iterator[Preview]:
    """A preview that all of the network reaches."""
    with previewing(shared.root, "--host", "0.0.0.0", LC_ALL="de_DE.UTF-8") as running:  # noqa: S104
        yield running


@pytest.fixture
def key(preview: Preview) -> str:
    return str(re.findall(r"/\?key=(\S+)", preview.wait_until_said(r"\?key="))[0])


def enter(preview: Preview, key: str) -> str:
    """Gives the key; the cookie that proves it from then on."""
    let_in = preview.get(f"/?key={key}")
    assert let_in.status == 303
    return let_in.headers["Set-Cookie"].partition(";")[0]


@pytest.mark.parametrize(
    "path",
    [
        "/", PAGE, "/?key=", "/?key=falsch", "/nirgends/", "/feed.xml", "/livereload.js",
        "/livereload", "/livereload.js?key=falsch", "/stadtschreiber-preview.css",
    ],
)  # fmt: skip
def test_without_the_key_nothing_is_told(preview: Preview, path: str) -> None:
    refused = preview.get(path, Accept_Language="de")
    assert refused.status == 403
    assert "Schlüssel" in refused.text
    assert not re.search("Vertraulich|geheim|<", refused.text)
    assert "Set-Cookie" not in refused.headers
    assert "key" in preview.get(path).text


def test_nothing_is_heard_without_the_key(preview: Preview, key: str) -> None:
    """livereload's socket tells when something is saved: that is for those who have the key."""
    own = {**UPGRADE, "Origin": preview.address}
    assert preview.get("/livereload", **own).status == 403
    assert preview.get("/livereload", Cookie="stadtschreiber=x", **own).status == 403
    with socket.create_connection(("127.0.0.1", preview.port), timeout=30) as line:
        lines = [
            "GET /livereload HTTP/1.1",
            f"Host: 127.0.0.1:{preview.port}",
            f"Cookie: {enter(preview, key)}",
            *(f"{name.replace('_', '-')}: {value}" for name, value in own.items()),
        ]
        line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        assert line.recv(100).startswith(b"HTTP/1.1 101 ")


def test_with_the_key_everything_is_there_and_the_key_is_in_no_address(
    preview: Preview, key: str
) -> None:
    let_in = preview.get(f"{PAGE}?key={key.upper()}&seite=2")
    assert (let_in.status, let_in.headers["Location"]) == (303, f"{PAGE}?seite=2")
    (cookie,) = SimpleCookie(let_in.headers["Set-Cookie"]).values()
    assert (cookie["samesite"], cookie["httponly"], cookie["path"]) == ("Strict", True, "/")
    assert key not in cookie.value
    shown = preview.get(PAGE, Cookie=cookie.OutputString([]))
    assert shown.status == 200
    assert "Streng geheim." in shown.text
    assert key not in shown.text
    again = preview.get(f"{PAGE}?key={key}", Cookie=cookie.OutputString([]))
    assert (again.status, again.headers["Location"]) == (303, PAGE)
    assert preview.get("/livereload.js", Cookie=cookie.OutputString([])).status == 200


def test_the_key_opens_no_way_to_another_server(preview: Preview, key: str) -> None:
    assert preview.get(f"//evil.example/?key={key}").headers["Location"] == "/evil.example/"
    assert _without_key("/\\evil.example/", "key=x&a=1&b=") == "/evil.example/?a=1&b="


def test_who_means_another_server_gets_nothing_even_with_the_key(
    preview: Preview, key: str
) -> None:
    cookie = enter(preview, key)
    for host in ("evil.example", f"evil.example:{preview.port}", "localhost.evil.example"):
        assert preview.get(f"/?key={key}", Host=host).status == 403
        assert preview.get(PAGE, Host=host, Cookie=cookie).status == 403
    own = f"{socket.gethostname()}:{preview.port}"
    assert preview.get(PAGE, Host=own, Cookie=cookie).status == 200


def test_the_terminal_says_an_address_that_works_on_a_telephone(preview: Preview) -> None:
    said = preview.wait_until_said("Vorschau: http://")
    address = re.findall(r"http://(\S+?):(\d+)/\?key=(\S+)", said)
    assert len(address) == 1, said
    host, port, key = address[0]
    assert len(key) == LENGTH
    assert int(port) == preview.port
    if own := network.own_addresses():
        assert host == own[0]
        with socket.create_connection((host, preview.port), timeout=30):
            pass
    assert any("S104" in line for line in preview.said)


def test_this_computer_alone_needs_no_key(shared: TestPortal) -> None:
    with previewing(shared.root) as running:
        assert "key" not in running.wait_until_said("http://")
        assert running.get(PAGE).status == 200
        assert "Set-Cookie" not in running.get("/?key=irgendwas").headers


def test_a_key_is_another_one_at_each_start() -> None:
    keys = {Door(8000).key for _ in range(50)}
    assert len(keys) == 50
    assert set("".join(keys)) <= set(LETTERS)
    assert not set(LETTERS) & set("iIlLoO01")


def test_who_guesses_has_to_wait_and_who_is_in_stays_in() -> None:
    now = [100.0]
    door = Door(8000, lambda: now[0])
    assert [door.try_key(f"falsch{number}") for number in range(TRIES)] == ["wrong"] * TRIES
    assert door.try_key(door.key) == "wait"
    assert door.knows(door.pass_)
    now[0] += SPAN
    assert door.try_key(f" {door.key.upper()} ") == "right"
    assert door.try_key("schlüssel\udcff") == "wrong"
    assert not door.knows("")
    assert not door.knows(door.key)


def test_many_wrong_keys_are_answered_by_a_pause(shared: TestPortal) -> None:
    with previewing(shared.root, "--host", "0.0.0.0") as running:  # noqa: S104
        key = re.findall(r"/\?key=(\S+)", running.wait_until_said(r"\?key="))[0]
        cookie = enter(running, key)
        answers = [running.get(f"/?key=falsch{number}").status for number in range(TRIES + 1)]
        assert answers == [403] * TRIES + [429]
        assert running.get(f"/?key={key}").status == 429
        assert running.get(PAGE, Cookie=cookie).status == 200


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("198.51.100.7", "--host: error S114 preview-host-foreign: 198.51.100.7 is no address"),
        pytest.param(
            "2001:db8::7",
            "--host: error S114",
            marks=pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="there is no IPv6"),
        ),
        ("gibt.es.nicht.invalid", "--host: error S103"),
    ],
)
def test_an_address_of_another_computer_is_said(shared: TestPortal, host: str, said: str) -> None:
    done = shared.run("serve", "--port", "0", "--host", host, environment={"LC_ALL": "C"})
    assert done.returncode == 2
    assert done.stderr.startswith(said), done.stderr
    assert "Traceback" not in done.stderr


def test_both_sorts_of_addresses_are_served_where_all_are_wished_for(shared: TestPortal) -> None:
    with previewing(shared.root, "--host", "::") as running:
        assert running.get("/").status == 403


def test_nothing_is_sent_to_find_the_own_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    def asks(*_arguments: object) -> None:
        raise AssertionError("a server for names is asked")

    for name in ("getaddrinfo", "gethostbyname", "gethostbyaddr", "getfqdn"):
        monkeypatch.setattr(socket, name, asks)
    found = network.own_addresses()
    assert len(set(found)) == len(found)
    for address in map(ipaddress.ip_address, found):
        assert not (address.is_loopback or address.is_link_local or address.is_unspecified)
    versions = [ipaddress.ip_address(one).version for one in found]
    assert versions == sorted(versions)
    assert socket.gethostname().lower() in network.names()


def test_a_computer_without_a_network_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "own_addresses", lambda: ())
    with socket.socket() as everywhere, socket.socket() as alone:
        everywhere.bind(("0.0.0.0", 0))  # noqa: S104
        alone.bind(("127.0.0.1", 0))
        names = [one.name for one in _doubts("0.0.0.0", [everywhere])]  # noqa: S104
        assert names == ["preview-for-all", "preview-no-network"]
        assert [one.name for one in _doubts("mein-rechner", [alone])] == ["preview-host-alone"]
        for host in ("127.0.0.1", "localhost", "blatt.localhost"):
            assert _doubts(host, [alone]) == []


@pytest.mark.skipif(not network.own_addresses(), reason="there is no network")
def test_a_telephone_sees_drafts_and_each_save(
    shared: TestPortal, preview: Preview, browser: Browser
) -> None:
    address = re.findall(r"http://\S+", preview.wait_until_said("Vorschau: http://"))[0]
    context = browser.new_context(locale="de-DE", viewport={"width": 360, "height": 740})
    context.set_default_timeout(SLOW)
    page = context.new_page()
    page.goto(address.replace("/?", f"{PAGE}?"))
    expect(page.get_by_text("Streng geheim.").first).to_be_visible(timeout=SLOW)
    assert page.url == address.partition("/?")[0] + PAGE
    shared.article("2026/05/text.md", "Noch geheimer.", title="Vertraulich", draft="true")
    expect(page.get_by_text("Noch geheimer.").first).to_be_visible(timeout=SLOW)
    shared.article("2026/05/text.md", "Streng geheim.", title="Vertraulich", draft="true")
    context.close()
    stranger = browser.new_page()
    stranger.goto(address.partition("?")[0])
    expect(stranger.get_by_text("key")).to_be_visible(timeout=SLOW)
    stranger.close()
