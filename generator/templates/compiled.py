"""What Jinja makes of layouts, kept in files from one build to the next."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from generator.base import digests


class Compiled(BytecodeCache):
    """Compiled layouts in a folder that may be deleted at any time.

    Each file begins with the digest of the rest: what Python reads compiled code with trusts it,
    and a damaged file would make it fill the memory.  The digest covers `fingerprint`, too: Jinja
    computes `"/"|absolute` when it compiles, which is right for one address of the portal only.
    """

    def __init__(self, folder: Path, fingerprint: Mapping[str, bytes]) -> None:
        self._folder = folder
        self._fingerprint = b"".join(fingerprint.values())

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills `bucket` where the file for it is there and whole."""
        with suppress(OSError):
            data = (self._folder / bucket.key).read_bytes()
            digest, code = data[: digests.SIZE], data[digests.SIZE :]
            if digest == digests.of_bytes(self._fingerprint + code):
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps `bucket`, or forgets it where that cannot be done."""
        code = bucket.bytecode_to_string()
        unfinished = self._folder / f"{bucket.key}.new"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(digests.of_bytes(self._fingerprint + code) + code)
            unfinished.replace(self._folder / bucket.key)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
