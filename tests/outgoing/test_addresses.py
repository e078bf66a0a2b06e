import ipaddress
import socket

import pytest

from crm.outgoing.addresses import Internal, Refused, find_target, is_public, origin_of

pytestmark = pytest.mark.once

#: What names resolve to in these tests; any other name is one that nobody knows.
NAMES = {
    "public.example": ["203.1.113.9"],
    "both.example": ["203.1.113.9", "2606:4700::1111"],
    "loopback.example": ["127.0.0.1"],
    "private.example": ["10.0.0.7"],
    "metadata.example": ["169.254.169.254"],
    "rebound.example": ["203.1.113.9", "192.168.0.1"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:10.0.0.7"],
    "scoped.example": ["fe80::1%eth0"],
    "xn--bcher-kva.example": ["203.1.113.9"],
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
}

HOSTILE = [
    # this machine
    "https://127.0.0.1/a.wav",
    "https://127.255.255.254/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://loopback.example/",
    "https://six.example/",
    "https://127.0.0.1.nip.example/",
    # odd ways to write it
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://127.0.0.1./",
    "https://127.0.0.0x1/",
    "https://１２７.０.０.１/",
    "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://%31%32%37.0.0.1/",
    # private networks
    "https://10.0.0.7/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://198.18.0.1/",
    "https://192.0.2.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://224.0.0.1/",
    "https://[fc00::1]/",
    "https://[fd12:3456::1]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[ff0e::1]/",
    "https://[2001:db8::1]/",
    "https://private.example/",
    "https://metadata.example/",
    "https://rebound.example/",
    "https://scoped.example/",
    # IPv4 in IPv6
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::a00:7]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a00:7::1]/",
    "https://[2001:0:7f00:1::]/",
    "https://mapped.example/",
    # other schemes, ports and tricks of writing
    "http://public.example/",
    "ftp://public.example/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "data:audio/wav;base64,UklGRg==",
    "//public.example/",
    "public.example/a.wav",
    "https:///a.wav",
    "https://",
    "",
    "https://public.example:22/",
    "https://public.example:80/",
    "https://public.example:0/",
    "https://public.example:99999/",
    "https://public.example:six/",
    "https://user@public.example/",
    "https://user:password@public.example/",
    "https://public.example@127.0.0.1/",
    "https://127.0.0.1#@public.example/",
    "https://127.0.0.1\\@public.example/",
    "https://public.example\\.private.example/",
    "https://public.example/\r\nHost: private.example",
    "https://public .example/",
    "https://public\t.example/",
    " https://public.example/",
    "https://public.example\x00.private.example/",
    "https://[public.example]/",
    "https://[::1/",
    "https://-/.example" + "a" * 5000,
    "https://public..example/",
]


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve the names above, and numbers as the operating system does, odd ones too."""
    ask = socket.getaddrinfo

    def resolve(host: str, port: int, **kwargs: object) -> list[tuple[object, ...]]:
        if host in NAMES:
            return [(0, 0, 0, "", (address, port)) for address in NAMES[host]]
        return ask(host, port, flags=socket.AI_NUMERICHOST, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        find_target(url)
    assert str(refused.value).endswith(".")


def test_a_public_address_is_resolved_once_for_all() -> None:
    target = find_target("HTTPS://Both.example/a%20b.wav?signature=%2F&x=ü#t=3")
    assert (target.scheme, target.host, target.port) == ("https", "both.example", 443)
    assert target.path == "/a%20b.wav?signature=%2F&x=%C3%BC"
    assert target.addresses == ("203.1.113.9", "2606:4700::1111")
    assert target.origin == origin_of("https://both.example:443/v1") == "https://both.example"


def test_a_name_in_another_alphabet_is_asked_for_as_dns_knows_it() -> None:
    assert find_target("https://Bücher.example/").host == "xn--bcher-kva.example"


def test_an_address_written_as_numbers_may_be_public() -> None:
    assert find_target("https://203.1.113.9/").addresses == ("203.1.113.9",)
    assert find_target("https://[2606:4700::1111]/").origin == "https://[2606:4700::1111]"


@pytest.mark.parametrize(
    ("entry", "allowed", "refused"),
    [
        ("private.example", "http://private.example:8080/", "http://10.0.0.7:8080/"),
        ("private.example:8080", "http://private.example:8080/", "https://private.example/"),
        ("Private.Example.", "https://PRIVATE.example/", "https://metadata.example/"),
        ("10.0.0.7", "http://private.example:9/", "http://10.0.0.8:9/"),
        ("10.0.0.0/8", "http://10.9.9.9:9/", "http://metadata.example/"),
        ("10.0.0.7:9000", "http://10.0.0.7:9000/", "http://10.0.0.7:9001/"),
        ("[::1]:80", "http://six.example/", "https://six.example/"),
        ("127.0.0.1", "http://127.0.0.1:9/", "http://2130706433:9/"),
        ("192.168.0.0/16", "https://rebound.example/", "http://rebound.example/"),
    ],
)
def test_what_is_named_internal_may_be_asked(
    settings: object, entry: str, allowed: str, refused: str
) -> None:
    settings.INTERNAL_HOSTS = [entry]
    assert find_target(allowed).addresses
    with pytest.raises(Refused):
        find_target(refused)


def test_an_entry_is_a_name_or_a_network_with_or_without_a_port() -> None:
    assert Internal.parse("fd00::/8") == Internal(network=ipaddress.ip_network("fd00::/8"))
    assert Internal.parse(" pbx.local:81 ") == Internal(name="pbx.local", port=81)


def test_a_network_without_ipv4_reaches_public_ipv4() -> None:
    assert is_public(ipaddress.ip_address("64:ff9b::cb01:7109"))
