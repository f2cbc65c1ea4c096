"""Pictures from the old website: of one host, one after the other, each once."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final
from urllib.error import HTTPError
from urllib.parse import quote, unquote
from urllib.request import HTTPRedirectHandler, Request, build_opener

from generator import __version__
from generator.importers.reasons import Reason, reason
from generator.importers.web_addresses import split

LARGEST: Final = 50_000_000
"""Bytes of a picture; what is larger is no picture for a page."""

_PAUSE: Final = 0.1
_PATIENCE: Final = 20
"""Seconds without an answer."""
_GIVE_UP: Final = 5
"""Failures of the server, one after the other, after which it is left in peace."""
_BUSY: Final = frozenset({429, 500, 502, 503, 504})


class _Stay(HTTPRedirectHandler):
    """Follows a redirect only within the host."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> Request | None:
        """The request that follows; None where it would leave the host."""
        same = split(newurl).netloc == split(req.full_url).netloc
        if not same:
            return None
        # typeshed wants the class of the headers, of which only the library knows.
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def fetch(addresses: Iterable[str], site: str, folder: Path) -> dict[str, Reason]:
    """Fetches pictures of the host of `site` into `folder`; why each is not there that is not.

    What lies there already is not fetched again, so a run that was broken off can go on.
    """
    host = split(site).netloc
    opener = build_opener(_Stay())
    opener.addheaders = [("User-Agent", f"Stadtschreiber/{__version__} (import of pictures)")]
    failed: dict[str, Reason] = {}
    in_a_row = 0
    for address in dict.fromkeys(addresses):
        parts = split(address)
        own = [part for part in unquote(parts.path).split("/") if part not in ("", ".", "..")]
        if parts.netloc != host or parts.scheme not in ("http", "https") or not own:
            failed[address] = reason("import-other-host", host=host)
            continue
        file = folder.joinpath(*own)
        if file.is_file():
            continue
        if in_a_row >= _GIVE_UP:
            failed[address] = reason("import-server-silent")
            continue
        time.sleep(_PAUSE)
        safe = parts._replace(path=quote(unquote(parts.path))).geturl()
        try:
            with opener.open(safe, timeout=_PATIENCE) as answer:
                kind = answer.headers.get_content_type()
                data = answer.read(LARGEST + 1) if kind.startswith("image/") else b""
            in_a_row = 0
        except HTTPError as error:
            failed[address] = reason("import-server-answers", code=error.code)
            in_a_row = in_a_row + 1 if error.code in _BUSY else 0
            continue
        except (OSError, ValueError) as error:
            told = getattr(error, "reason", error)
            failed[address] = reason("import-not-fetched", reason=told)
            in_a_row += 1
            continue
        if not data or len(data) > LARGEST:
            large = reason("import-large", limit=LARGEST // 1_000_000)
            failed[address] = large if data else reason("import-other-kind", kind=kind)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f".{file.name}.part")
        part.write_bytes(data)
        part.replace(file)
    return failed
