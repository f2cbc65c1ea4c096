"""Where the preview listens, and under which addresses this computer is reached.

Nothing is sent to the network to find out.
"""

import errno
import fcntl
import ipaddress
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from generator.base.problems import PortalError, Problem, problem

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104
"""All addresses of this computer; either means both, since nobody knows which a network uses."""

PORT: Final = 8000
TRIED: Final = 20
"""So many ports are tried where none is asked for."""

LAST_PORT: Final = 65535

_FAR: Final = ((socket.AF_INET, "198.51.100.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses that nobody has: what leads there is the way out of the local network."""

_INSIDE: Final = ("docker", "br-", "veth", "virbr")
"""Networks that are within this computer begin like this."""

_ASK_ADDRESS: Final = 0xC0206921 if sys.platform == "darwin" else 0x8915
"""SIOCGIFADDR: which IPv4 address has an interface?"""

_GLOBAL: Final = "00"
"""The scope of addresses in /proc/net/if_inet6 that other devices can use."""


def listening(
    host: str, wished: int | None, say: Callable[[Sequence[Problem]], None]
) -> list[socket.socket]:
    """Sockets that listen at `host` and the port `wished`, or at a free one.

    What is doubtful about that is told to `say`.  PortalError: it cannot be.
    """
    # Imported here: the backend is starting, and this takes as long.
    from tornado.netutil import bind_sockets  # noqa: PLC0415

    ports = range(PORT, PORT + TRIED) if wished is None else [wished]
    for port in ports:
        try:
            sockets = bind_sockets(port, None if host in EVERYWHERE else host)
        except (OSError, UnicodeError) as error:  # no name may have an empty part
            if getattr(error, "errno", None) == errno.EADDRINUSE and port != ports[-1]:
                continue
            raise PortalError((_refusal(error, host, port),)) from error
        if port != ports[0]:
            say([problem("preview-port-elsewhere", "--port", port=ports[0], other=port)])
        say(_doubts(host, sockets))
        return sockets
    raise AssertionError("there is at least one port to try")


def _refusal(error: OSError | UnicodeError, host: str, port: int) -> Problem:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return problem("preview-port-taken", "--port", port=port, other=_next(port))
    if number == errno.EADDRNOTAVAIL:
        own = ", ".join(own_addresses()) or "127.0.0.1"
        return problem("preview-host-foreign", "--host", host=host, own=own)
    reason = getattr(error, "strerror", None) or str(error)
    return problem("preview-cannot-listen", "--host", host=host, port=port, reason=reason)


def _next(port: int) -> int:
    """Another port to try than `port`."""
    return port + 1 if port < LAST_PORT else PORT


def _doubts(host: str, sockets: list[socket.socket]) -> list[Problem]:
    """What whoever wished for `host` may not have meant."""
    if not is_private(sockets):
        doubts = [problem("preview-for-all", "--host", host=host)]
        if host in EVERYWHERE and not own_addresses():
            doubts.append(problem("preview-no-network", "--host"))
        return doubts
    if f".{host}".endswith(".localhost") or numeric(host):
        return []
    # Many systems have the computer's own name mean the computer itself.
    return [problem("preview-host-alone", "--host", host=host, address=heard_at(sockets)[0])]


def heard_at(sockets: list[socket.socket]) -> list[str]:
    """The numeric addresses at which sockets listen."""
    return [one.getsockname()[0] for one in sockets]


def is_private(sockets: list[socket.socket]) -> bool:
    """Whether nobody but this computer reaches them."""
    return all(ipaddress.ip_address(one).is_loopback for one in heard_at(sockets))


def addresses(host: str, sockets: list[socket.socket], query: str) -> list[str]:
    """The addresses to type into a browser, with `query` at their end."""
    hosts: Sequence[str] = (host,)
    if host in EVERYWHERE:
        hosts = own_addresses() or ("127.0.0.1",)
    written = (f"[{name}]" if ":" in name else name for name in hosts)
    return [f"http://{name}:{port(sockets)}/{query}" for name in written]


def port(sockets: list[socket.socket]) -> int:
    """The port at which they all listen."""
    return int(sockets[0].getsockname()[1])


def numeric(host: str) -> Address | None:
    """The address that a host is; None: it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def own_addresses() -> tuple[str, ...]:
    """The addresses under which others in the local network reach this computer.

    First IPv4, which is easier to type, and of each sort first that of the way out of the network.
    """
    usable = dict.fromkeys(filter(_is_usable, map(ipaddress.ip_address, _found())))
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


def _is_usable(address: Address) -> bool:
    """Whether a browser on another device can use it."""
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)


def names() -> frozenset[str]:
    """The names of this computer; no server for names is asked."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return frozenset((name, short, f"{short}.local"))
