"""Under which addresses this computer is reached; nothing is sent to the network to find out."""

import ipaddress
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"

EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104
"""All addresses of this computer; either means both, since nobody knows which a network uses."""

_FAR: Final = ((socket.AF_INET, "198.51.100.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses that nobody has: what leads there is the way out of the local network."""

_INSIDE: Final = ("docker", "br-", "veth", "virbr")
"""Networks that are within this computer begin like this."""

_ASK_ADDRESS: Final = 0xC0206921 if sys.platform == "darwin" else 0x8915
"""SIOCGIFADDR: which IPv4 address has an interface?"""

_GLOBAL: Final = "00"
"""The scope of addresses in /proc/net/if_inet6 that other devices can use."""


def is_loopback(address: str) -> bool:
    """Whether only this computer reaches `address`, which is numeric."""
    return _parsed(address).is_loopback


def is_numeric(host: str) -> bool:
    """Whether a host is an address, and no name."""
    with suppress(ValueError):
        return bool(_parsed(host))
    return False


def in_url(host: str) -> str:
    """A host as it stands in an address of the web."""
    return f"[{host}]" if ":" in host else host


def own_addresses() -> tuple[str, ...]:
    """The addresses under which others in the local network reach this computer.

    First IPv4, which is easier to type, and of each sort first that of the way out of the network.
    """
    usable = dict.fromkeys(filter(_is_usable, map(_parsed, _found())))
    return tuple(str(address) for address in sorted(usable, key=lambda one: one.version))


def _found() -> Iterator[str]:
    for family, far in _FAR:
        # A datagram's socket that is connected has chosen its way, and has sent nothing.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((far, 9))
            yield asked.getsockname()[0]
    yield from _of_interfaces()
    yield from _of_interfaces_6()


def _of_interfaces() -> Iterator[str]:
    """The IPv4 addresses of all interfaces, where the system tells."""
    try:
        import fcntl  # noqa: PLC0415 (Windows has none)
    except ImportError:
        return
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            if not name.startswith(_INSIDE):
                with suppress(OSError):  # it has no address
                    wish = struct.pack("256s", name.encode()[:15])
                    yield socket.inet_ntoa(fcntl.ioctl(asked.fileno(), _ASK_ADDRESS, wish)[20:24])


def _of_interfaces_6() -> Iterator[str]:
    """The IPv6 addresses of all interfaces, where Linux tells."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/net/if_inet6").read_text("ascii").splitlines():
            digits, _, _, scope, _, name = line.split()
            if scope == _GLOBAL and not name.startswith(_INSIDE):
                yield str(ipaddress.IPv6Address(bytes.fromhex(digits)))


def _parsed(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def _is_usable(address: Address) -> bool:
    """Whether a browser on another device can use it."""
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)


def names() -> frozenset[str]:
    """The names of this computer; no server for names is asked."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return frozenset((name, short, f"{short}.local"))
