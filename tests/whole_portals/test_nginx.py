"""The configuration in docs/verwaltung.md, in a real nginx: what readers and search engines get."""

import gzip
import http.client
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

import brotli
import pytest

from tests import needs
from tests.portals import PORTAL, ROOT, TestPortal
from tests.previews import wait_until

SLOW: Final = 60.0
"""Seconds that anything may take on a machine that has other things to do."""

pytestmark = [pytest.mark.system, pytest.mark.needs("nginx", "brotli")]

TOML = f"""{PORTAL}
[search]
enabled = true

[delivery]
server = "nginx"
compress = ["gzip", "brotli"]

[security]
contact = "mailto:sicherheit@amt.example"
expires = "2027-01-01T00:00:00Z"

[keywords.synonyms]
"Künstliche Intelligenz" = ["KI"]
"""

ALIASES: Final = (
    "/meldungen/1234.html", "/alt/", "/alte Seite/", "/über/uns/", "/a$b;c/",
    "/" + "lang-" * 40 + "/",
)  # fmt: skip
ARTICLE: Final = "/2026/05/neu/"
ASSET: Final = re.compile(r'"(/assets/css/style\.[0-9a-f]{10}\.css)"')
FOREVER: Final = "public, max-age=31536000, immutable"

HTTP: Final = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
{modules}
events {{}}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{documented}
}}
"""


class Answer(NamedTuple):
    """What nginx answered; the names of headers in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


class Server(NamedTuple):
    """A running nginx."""

    port: int
    output: Path
    log: Path

    def get(self, address: str, **headers: str) -> Answer:
        """The answer to a GET; `headers` with underscores for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SLOW)
        try:
            asked = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", address, headers=asked)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()


def documented() -> str:
    """The configuration as the document has it."""
    text = (ROOT / "docs" / "verwaltung.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    return str(found)


@contextmanager
def serving(output: Path) -> Iterator[Server]:
    """The documented nginx, on a free port."""
    with tempfile.TemporaryDirectory(prefix="nginx-") as name:
        folder = Path(name)
        for _ in range(20):
            process, port = begun(folder, output)
            try:
                if listens(process, folder):
                    yield Server(port, output, folder / "access.log")
                    return
                assert "Address already in use" in (folder / "error.log").read_text()
            finally:
                process.kill()
                process.wait()
        raise AssertionError("there is no free port")


def begun(folder: Path, output: Path) -> tuple["subprocess.Popen[bytes]", int]:
    """An nginx on a port that was free just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    text = documented().replace("/srv/www/portal/current", str(output))
    text = text.replace("    listen 80;\n    listen [::]:80;", f"    listen 127.0.0.1:{port};")
    assert str(port) in text
    text = text.replace("# brotli_static on;", "brotli_static on;")
    text = text.replace("/var/log/nginx/portal.log", str(folder / "access.log"))
    modules = f"load_module {needs.BROTLI};"
    config = folder / "nginx.conf"
    config.write_text(HTTP.format(folder=folder, documented=text, modules=modules))
    (folder / "error.log").write_text("")
    command = [
        str(needs.NGINX),
        "-p",
        str(folder),
        "-e",
        str(folder / "error.log"),
        "-c",
        str(config),
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL), port


def listens(process: "subprocess.Popen[bytes]", folder: Path) -> bool:
    """Whether it has its port; False as soon as it has ended."""
    end = time.monotonic() + SLOW
    while process.poll() is None:
        # It writes this when it listens; to connect might be to meet somebody else at the port.
        if (folder / "pid").exists():
            return True
        assert time.monotonic() < end, "nginx does not listen"
        time.sleep(0.02)
    return False


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A portal with old addresses, served as the document says."""
    portal = TestPortal.make(tmp_path_factory.mktemp("nginx") / "portal", toml=TOML)
    aliases = ", ".join(f'"{alias}"' for alias in ALIASES)
    portal.write("content/satzung.pdf", b"%PDF-1.7")
    portal.write("assets/plan.csv", "Straße;Länge\n")
    text = "Ein Satz. " * 50 + "[Satzung](satzung.pdf) [Plan](/plan.csv)"
    portal.article("neu.md", text, aliases=f"[{aliases}]", keywords="KI")
    portal.build()
    with serving(portal.output) as server:
        yield server


def test_a_page_is_what_the_build_made(nginx: Server) -> None:
    for address in ("/", ARTICLE, "/politik/", "/suche/", "/stichwort/kuenstliche-intelligenz/"):
        answer = nginx.get(address)
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.body == (nginx.output / address[1:] / "index.html").read_bytes()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/feed.xml", "text/xml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/site.webmanifest", "application/manifest+json; charset=utf-8"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8"),
        ("/suchindex/index.json", "application/json; charset=utf-8"),
    ],
)
def test_a_file_says_what_it_is(nginx: Server, address: str, kind: str) -> None:
    answer = nginx.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "address",
    [
        "/gibt/es/nicht/", "/2026/", "/assets/", "/assets/css/style.0123456789.css",
        "/.stadtschreiber-manifest", "/.server/redirects.map", "/.server/",
    ],
)  # fmt: skip
def test_what_there_is_not_is_the_404_page(nginx: Server, address: str) -> None:
    answer = nginx.get(address)
    assert answer.status == 404
    assert answer.body == (nginx.output / "404.html").read_bytes()
    assert "Seite nicht gefunden" in answer.body.decode()
    assert answer.headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("old", "goal"),
    [
        *((alias, ARTICLE) for alias in ALIASES),
        ("/ALT/", ARTICLE),
        ("/alt/?von=irgendwo", ARTICLE),
        ("/stichwort/ki/", "/stichwort/kuenstliche-intelligenz/"),
        ("/politik", "/politik/"),
    ],
)
def test_an_old_address_leads_to_the_new_one(nginx: Server, old: str, goal: str) -> None:
    answer = nginx.get(quote(old, safe="/?="))
    assert (answer.status, answer.headers["location"]) == (301, goal)
    assert nginx.get(goal).status == 200
    assert not (nginx.output / "alt").exists()


def test_who_can_unpack_gets_it_packed(nginx: Server) -> None:
    style = style_of(nginx)
    for address in ("/", ARTICLE, "/feed.xml", style):
        plain = nginx.get(address)
        assert "content-encoding" not in plain.headers
        packed = nginx.get(address, Accept_Encoding="gzip")
        assert packed.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["vary"]
        assert gzip.decompress(packed.body) == plain.body
        assert len(packed.body) < len(plain.body)
        assert packed.headers["content-type"] == plain.headers["content-type"]
        small = nginx.get(address, Accept_Encoding="br, gzip")
        assert small.headers["content-encoding"] == "br"
        assert brotli.decompress(small.body) == plain.body


def test_what_can_change_is_asked_for_again_soon_and_the_rest_never(nginx: Server) -> None:
    files = (f"{ARTICLE}satzung.pdf", "/dateien/plan.csv")
    for address in ("/", ARTICLE, "/feed.xml", "/suchindex/index.json", *files):
        assert nginx.get(address).headers["cache-control"] == "public, max-age=60"
    assert nginx.get(style_of(nginx)).headers["cache-control"] == FOREVER


def test_the_log_keeps_neither_what_was_looked_for_nor_by_whom(nginx: Server) -> None:
    page = f"http://127.0.0.1:{nginx.port}/suche/?q=geheim"
    nginx.get("/suche/?q=geheim", Referer=page, User_Agent="Browser")

    def logged() -> str:  # a line comes after its answer, and maybe after that of another request
        lines = nginx.log.read_text().splitlines()
        return next((line for line in lines if line.endswith('"Browser"')), "")

    line = wait_until(logged)
    assert re.fullmatch(r'127\.0\.0\.0 \[[\dT:+-]+\] "GET /suche/\S*" \d+ \d+ "Browser"', line)
    assert "geheim" not in nginx.log.read_text()


def test_what_did_not_change_is_not_sent_again(nginx: Server) -> None:
    tag = nginx.get("/").headers["etag"]
    again = nginx.get("/", If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("address", ["/", ARTICLE, "/gibt/es/nicht/", "/alt/", "/feed.xml"])
def test_every_answer_has_the_headers_of_the_layout(nginx: Server, address: str) -> None:
    text = (nginx.output / ".server/headers.conf").read_text(encoding="utf-8")
    wanted = re.findall(r'^add_header (\S+) "(.*)" always;$', text, re.MULTILINE)
    assert len(wanted) == 4
    answer = nginx.get(address)
    for name, value in wanted:
        assert answer.headers[name.lower()] == value
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; base-uri")
    assert "unsafe" not in policy
    assert answer.headers["server"] == "nginx"


def style_of(nginx: Server) -> str:
    found = ASSET.search(nginx.get("/").body.decode())
    assert found
    return found[1]
