import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm.outgoing.sending import Credentials, Limits, NoAnswer, Refused, TooLarge, send
from tests.local_server import Asked, LocalServer, Said, local_server
from tests.outgoing.test_addresses import HOSTILE

pytestmark = pytest.mark.once

LIMITS = Limits(most_bytes=1000, seconds=5, redirects=3)


@pytest.fixture
def server(settings: Any) -> Iterator[LocalServer]:
    with local_server() as server:
        settings.INTERNAL_HOSTS = [f"127.0.0.1:{server.port}"]
        yield server


def get(url: str, limits: Limits = LIMITS, **more: Any) -> tuple[int, bytes]:
    with send("GET", url, limits=limits, **more) as answer:
        return answer.status, answer.read()


#: What says something else beside the address that it stands in; and lines that end a header.
RELATIVE = {each for each in HOSTILE if not each.startswith(("http", "ftp", "file", "gopher"))} | {
    "https:///a.wav",
    "https://",
    "https://public.example/\r\nHost: private.example",
}


def redirect(to: str) -> Said:
    return Said(b"elsewhere", 302, {"Location": to})


def test_an_answer_is_read(server: LocalServer) -> None:
    server.answers["/a?b=c"] = Said(b"hello")
    assert get(server.url("/a?b=c#d"), headers={"X-One": "1"}) == (200, b"hello")
    (asked,) = server.asked
    assert asked.headers["Host"] == f"127.0.0.1:{server.port}"
    assert asked.headers["X-One"] == "1"
    assert asked.headers["Accept-Encoding"] == "identity"


def test_a_body_is_sent_and_a_refusal_is_an_answer_too(server: LocalServer) -> None:
    server.answers["/in"] = Said(b"no", 422)
    with send("POST", server.url("/in"), limits=LIMITS, body=b"{}") as answer:
        assert (answer.status, answer.read()) == (422, b"no")
    assert server.asked[0].body == b"{}"


def test_redirects_are_followed_so_many_times(server: LocalServer) -> None:
    server.answers |= {"/1": redirect("/2"), "/2": redirect(server.url("/3")), "/3": Said(b"there")}
    assert get(server.url("/1")) == (200, b"there")
    assert get(server.url("/1"), Limits(1000, 5, redirects=1))[0] == 302
    server.answers["/round"] = redirect("/round")
    assert get(server.url("/round"))[0] == 302


def test_what_is_posted_is_never_sent_on(server: LocalServer) -> None:
    server.answers["/1"] = redirect("/2")
    with send("POST", server.url("/1"), limits=LIMITS, body=b"x") as answer:
        assert answer.status == 302
    assert server.paths == ["/1"]


@pytest.mark.parametrize("url", sorted(set(HOSTILE) - RELATIVE))
def test_a_redirect_to_a_hostile_address_is_refused(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    resolve = socket.getaddrinfo

    def known(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        # The names of these tests lead to this machine.
        is_named = host.endswith((".example", "localhost."))
        return resolve("127.0.0.1" if is_named else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", known)
    server.answers["/1"] = redirect(url.encode().decode("latin-1"))
    with pytest.raises(Refused):
        get(server.url("/1"))
    assert server.paths == ["/1"]


def test_another_port_of_an_internal_host_is_refused_after_a_redirect(server: LocalServer) -> None:
    with local_server() as other:
        server.answers["/1"] = redirect(other.url("/2"))
        with pytest.raises(Refused):
            get(server.url("/1"))
        assert not other.asked


def test_credentials_stay_with_their_host(server: LocalServer, settings: Any) -> None:
    with local_server() as other:
        settings.INTERNAL_HOSTS = ["127.0.0.1", "localhost"]
        server.answers |= {"/1": redirect("/2"), "/2": redirect(other.url("/3"))}
        other.answers |= {"/3": redirect(server.url("/4"))}
        server.answers["/4"] = Said(b"sound")
        mine = Credentials(frozenset({server.url("")}), {"Authorization": "Bearer secret"})
        assert "secret" not in repr(mine)
        assert get(server.url("/1"), credentials=mine) == (200, b"sound")
        assert [each.headers["Authorization"] for each in server.asked] == ["Bearer secret"] * 3
        assert other.asked[0].headers["Authorization"] is None
        get(server.url("/2", host="localhost"), credentials=mine)
        assert server.asked[3].headers["Authorization"] is None


@pytest.mark.parametrize("said", ["declared", "not declared"])
def test_no_more_is_read_than_wanted(server: LocalServer, said: str) -> None:
    def write(wfile: Any) -> None:
        for _ in range(100):
            wfile.write(b"x" * 100)

    server.answers["/big"] = Said(b"x" * 10_000) if said == "declared" else Said(write=write)
    with pytest.raises(TooLarge):
        get(server.url("/big"))


def test_what_keeps_dripping_is_cut_off(server: LocalServer) -> None:
    def drip(wfile: Any) -> None:
        for _ in range(100):
            wfile.write(b"x")
            time.sleep(0.05)

    server.answers["/slow"] = Said(write=drip)
    started = time.monotonic()
    with pytest.raises(NoAnswer, match=r"took longer than 0\.3 seconds"):
        get(server.url("/slow"), Limits(1000, 0.3))
    assert time.monotonic() - started < 2


def test_a_head_that_keeps_dripping_is_cut_off(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        settings.INTERNAL_HOSTS = ["127.0.0.1"]
        with pytest.raises(NoAnswer, match=r"longer|in time"):
            get(f"http://127.0.0.1:{port}/", Limits(1000, 0.3))
        with pytest.raises(NoAnswer, match=r"longer|in time"):
            get(f"https://127.0.0.1:{port}/", Limits(1000, 0.3))


def test_what_breaks_off_is_no_answer(server: LocalServer) -> None:
    server.answers["/short"] = Said(b"x", headers={"Content-Length": "10"})
    with pytest.raises(NoAnswer, match="broke off"):
        get(server.url("/short"))


def test_nobody_there_is_no_answer(settings: Any) -> None:
    settings.INTERNAL_HOSTS = ["127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(NoAnswer, match="takes no connection"):
        get(f"http://127.0.0.1:{port}/")
    with pytest.raises(NoAnswer, match="was not found"):
        get("https://nobody.invalid/")


def test_proxies_of_the_environment_are_left_aside(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answers["/"] = Said(b"hello")
    assert get(server.url("/"))[0] == 200


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for platform.example, and its key, in one file."""
    folder = tmp_path_factory.mktemp("certificate")
    made = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    named = ("-subj", "/CN=platform.example", "-addext", "subjectAltName=DNS:platform.example")
    files = ("-nodes", "-days", "2", "-keyout", str(folder / "key"), "-out", str(folder / "pem"))
    subprocess.run([*made, *named, *files], check=True, capture_output=True)
    both = folder / "both"
    both.write_bytes((folder / "pem").read_bytes() + (folder / "key").read_bytes())
    return both


def test_one_connects_to_the_number_and_speaks_to_the_name(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The name is resolved once: what it means a moment later is never asked."""
    resolved: list[str] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        resolved.append(host)
        address = "127.0.0.1" if len(resolved) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port))]

    asked_for: list[str] = []
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    tls.sni_callback = lambda _sock, name, _context: asked_for.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    connect = socket.create_connection
    connected: list[Any] = []

    def numbers_only(address: Any, *args: Any, **kwargs: Any) -> socket.socket:
        connected.append(address)
        # Only this machine's number resolves to anything here, so that the one asked is the one.
        monkeypatch.setattr(socket, "getaddrinfo", known)
        return connect(address, *args, **kwargs)

    known = socket.getaddrinfo
    with local_server(tls) as server:
        settings.INTERNAL_HOSTS = ["platform.example", "other.example"]
        server.answers["/a"] = Said(b"sound")
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        monkeypatch.setattr(socket, "create_connection", numbers_only)
        assert get(server.url("/a", host="platform.example")) == (200, b"sound")
        assert resolved == ["platform.example"]
        assert connected == [("127.0.0.1", server.port)]
        assert asked_for == ["platform.example"]
        assert server.asked[0].headers["Host"] == f"platform.example:{server.port}"
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: resolve("other", 1)[:1])
        resolved.clear()
        with pytest.raises(NoAnswer, match="could not prove who it is"):
            get(server.url("/a", host="other.example"))


def test_another_number_is_tried_where_one_does_not_answer(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.INTERNAL_HOSTS = ["two.example"]
    resolve = socket.getaddrinfo

    def known(host: str, *args: Any, **kwargs: Any) -> Any:
        numbers = ["::1", "127.0.0.1"] if host == "two.example" else [host]
        return [each for number in numbers for each in resolve(number, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", known)

    def answer(asked: Asked) -> Said:
        return Said(asked.headers["Host"].encode())

    server.answers["/"] = answer
    assert get(server.url("/", host="two.example"))[1] == f"two.example:{server.port}".encode()
