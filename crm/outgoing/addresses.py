"""Which addresses Callbook asks when somebody else chose them: public ones, never its own network.

A recording's address comes out of a webhook's body, so whoever writes it decides what this machine
asks. A host is therefore resolved once, every address it has is judged, and `sending` connects to
one of those that were judged: a name that means something else a moment later wins nothing.

`INTERNAL_HOSTS` names what may be asked all the same.
"""

import dataclasses
import ipaddress
import re
import socket
from collections.abc import Iterable

from django.conf import settings
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

type IP = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL = 4000
PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?=.{1,254}\Z)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.ASCII)
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
#: All that is handed out as global unicast; a few parts of it are not for hosts.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
#: How a network without IPv4 reaches IPv4: the last 32 bits are the address meant (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_RELAY = ipaddress.IPv4Network("192.88.99.0/24")


class Refused(Exception):
    """Callbook does not ask this address; the text says why, in words for people."""


@dataclasses.dataclass(frozen=True, slots=True)
class Internal:
    """An entry of INTERNAL_HOSTS: a host's name or a network, at one port or at any."""

    name: str = ""
    network: Network | None = None
    port: int | None = None

    @classmethod
    def parse(cls, entry: str) -> "Internal":
        """Read `pbx.local`, `pbx.local:8080`, `10.0.0.7:9000`, `[fd00::1]:80` or `10.0.0.0/8`."""
        entry = entry.strip().lower()
        try:
            return cls(network=ipaddress.ip_network(entry.strip("[]")))
        except ValueError:
            pass
        host, _, port = entry.rpartition(":")
        if not host or not port.isdecimal():
            return cls(name=entry.rstrip("."))
        try:
            return cls(network=ipaddress.ip_network(host.strip("[]")), port=int(port))
        except ValueError:
            return cls(name=host.rstrip("."), port=int(port))

    def names(self, host: str, port: int) -> bool:
        """Return whether it is this host."""
        return bool(self.name) and self.name == host.rstrip(".") and self._is_at(port)

    def holds(self, address: IP, port: int) -> bool:
        """Return whether the address lies in its network."""
        return self.network is not None and address in self.network and self._is_at(port)

    def _is_at(self, port: int) -> bool:
        return self.port in (None, port)


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked: what to connect to, and what to say there."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def origin(self) -> str:
        """Scheme, host and port as one text, without the port where it is the usual one."""
        return _origin(self.scheme, self.host, self.port)


def origin_of(url: str) -> str:
    """Return the origin of an address that we wrote ourselves, as `Target.origin` says it."""
    parts = parse_url(url)
    scheme = parts.scheme or ""
    return _origin(scheme, (parts.host or "").strip("[]").lower(), parts.port or PORTS[scheme])


def _origin(scheme: str, host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + ("" if PORTS[scheme] == port else f":{port}")


def find_target(url: str) -> Target:
    """Resolve the address and judge it; raises Refused unless all that it leads to is public."""
    parts = _parse(url)
    scheme, host = parts.scheme or "", (parts.host or "").strip("[]")
    port = parts.port or PORTS[scheme]
    internal = [Internal.parse(entry) for entry in settings.INTERNAL_HOSTS]
    addresses = _resolve(host, port)
    if not any(entry.names(host, port) for entry in internal):
        inside = [any(entry.holds(address, port) for entry in internal) for address in addresses]
        outside = [each for each, is_in in zip(addresses, inside, strict=True) if not is_in]
        _judge(scheme, port, outside)
    found = tuple(str(address) for address in addresses)
    return Target(scheme, host, port, parts.request_uri, found)


def _parse(url: str) -> Url:
    if len(url) > LONGEST_URL:
        raise Refused("The address is too long.")
    if _UNFIT.search(url):
        raise Refused("The address has characters that no address has.")
    try:
        parts = parse_url(url)
    except LocationParseError as error:
        raise Refused("This is not a web address.") from error
    if parts.scheme not in PORTS:
        raise Refused("Only addresses that begin with https:// are asked.")
    if parts.auth is not None:
        raise Refused("The address has a user name in it.")
    if not parts.host or parts.port == 0:
        raise Refused("The address names no host.")
    return parts


def _resolve(host: str, port: int) -> list[IP]:
    """Return every address of the host; an odd way to write one (0x7f.1, 2130706433) is none."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    last = host.rstrip(".").rpartition(".")[2]
    if not _HOST.fullmatch(host) or _NUMERIC_LABEL.fullmatch(last):
        raise Refused("The address names no host.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHost(host) from error
    # A scope (fe80::1%eth0) only belongs to addresses that are refused anyway.
    numbers = dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found)
    return [ipaddress.ip_address(number) for number in numbers]


class UnknownHost(Exception):
    """Nobody knows the host, at least at this moment."""

    def __init__(self, host: str) -> None:
        super().__init__(f"The host {host} was not found.")


def _judge(scheme: str, port: int, addresses: Iterable[IP]) -> None:
    """Raise Refused unless all the addresses are public, and asked as the public is asked."""
    for address in addresses:
        if not is_public(address):
            raise Refused("The address leads into a private network.")
        if scheme != "https":
            raise Refused("Only addresses that begin with https:// are asked.")
        if port != PORTS[scheme]:
            raise Refused(f"The address asks for port {port}; only {PORTS[scheme]} is asked.")


def is_public(address: IP) -> bool:
    """Return whether it is a host's address on the public internet, and not another in disguise."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and address not in _RELAY
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_UNICAST and address.is_global and address not in _SIX_TO_FOUR
