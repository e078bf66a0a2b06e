import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import urls

from crm import normalize
from crm.normalize import addresses


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        (" Anna@Acme.COM ", "anna@acme.com"),
        ("mailto:anna@acme.com?subject=Hello", "anna@acme.com"),
        ("Anna Smith <anna@acme.com>", "anna@acme.com"),
        ('"Smith, Anna" <mailto:anna@acme.com>', "anna@acme.com"),
        ("<anna@acme.com>", "anna@acme.com"),
        ("anna\uff20acme.com", "anna@acme.com"),
        ("\u200banna@acme.com", "anna@acme.com"),
        ("anna+x@mail.acme.example", "anna+x@mail.acme.example"),
        ("o'brien@acme.com", "o'brien@acme.com"),
        ("Anna@Müller.de", "anna@müller.de"),
        ("anna@acme³.com", "anna@acme3.com"),
    ],
)
def test_email(typed: str, stored: str) -> None:
    assert normalize.email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "anna",
        "anna@",
        "@acme.com",
        "anna@acme",
        "anna@localhost",
        "anna@@acme.com",
        "anna smith@acme.com",
        "a@acme.com, b@acme.com",
        "a..b@acme.com",
        "Anna <>",
        "mailto:",
        # Both end up as a slash that is none: "acme.com/" of somebody else.
        "anna@ac½me.com",
        "anna@acme.com\u2044evil.example",
        "<script>alert(1)</script>@acme.com",
        "a@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 63 + ".com",
    ],
)
def test_no_email(typed: str) -> None:
    with pytest.raises(normalize.NormalizeError, match="is not an email address") as refusal:
        normalize.email(typed)
    assert refusal.value.code == "email"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("acme.com", "https://acme.com"),
        ("www.Acme.com/", "https://www.acme.com"),
        ("HTTP://ACME.com:80/", "http://acme.com"),
        ("http://acme.com:8080/Shop?q=A#Top", "http://acme.com:8080/Shop?q=A#Top"),
        ("acme.com:8443", "https://acme.com:8443"),
        ("//acme.com", "https://acme.com"),
        ("https://acme.com/?q=1", "https://acme.com/?q=1"),
        ("müller.de", "https://xn--mller-kva.de"),
        ("acme.com.", "https://acme.com"),
        ("https://acme.com/über", "https://acme.com/über"),
    ],
)
def test_website(typed: str, stored: str) -> None:
    assert normalize.website(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)//acme.com",
        "javascript://acme.com/%0aalert(1)",
        "data:text/html,<script>",
        "ftp://acme.com",
        "mailto:anna@acme.com",
        "anna@acme.com",
        "https://anna:secret@acme.com",
        "https://acme.com\u2044evil.example",
        "https://acme.com\\@evil.example",
        "acme",
        "localhost:8000",
        "https://",
        "http://[::1",
        "http://acme.com:99999",
        "acme.com and beta.com",
        "https://" + "a" * 64 + ".com",
        "n/a",
    ],
)
def test_no_website(typed: str) -> None:
    with pytest.raises(normalize.NormalizeError, match="is not a web address") as refusal:
        normalize.website(typed)
    assert refusal.value.code == "website"


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("", ""),
        ("https://www.Acme.com/shop", "acme.com"),
        ("acme.com", "acme.com"),
        ("www.com", "www.com"),
        ("www.www.com", "www.com"),
        ("shop.acme.com:8080", "shop.acme.com"),
        ("Anna <anna@Acme.com>", "acme.com"),
        ("anna\uff20acme.com", "acme.com"),
        ("anna@müller.de", "xn--mller-kva.de"),
        ("müller.de", "xn--mller-kva.de"),
        ("faß.de", "xn--fa-hia.de"),
        ("https://social.example/@anna", "social.example"),
    ],
)
def test_domain(typed: str, host: str) -> None:
    assert normalize.domain(typed) == host


def test_no_domain() -> None:
    with pytest.raises(normalize.NormalizeError):
        normalize.domain("acme")


@given(st.one_of(st.text(), st.emails(), st.builds("A B <{}>".format, st.emails())))
def test_a_stored_email_is_read_as_itself(typed: str) -> None:
    try:
        stored = normalize.email(typed)
    except normalize.NormalizeError:
        return
    assert normalize.email(stored) == stored
    assert normalize.domain(stored) or not stored


@given(st.from_regex(addresses._PLAIN_EMAIL, fullmatch=True))
def test_what_is_plainly_an_email_passes_every_check(typed: str) -> None:
    if len(typed) <= addresses._PLAIN_LENGTH:
        addresses._check_email(typed)
        assert addresses._ascii_host(addresses._host_of_email(typed)) in typed
        assert normalize.email(typed) == typed


@given(st.one_of(st.text(), urls(), urls().map(lambda url: url.partition("://")[2])))
def test_a_stored_website_is_read_as_itself(typed: str) -> None:
    try:
        stored = normalize.website(typed)
    except normalize.NormalizeError:
        return
    assert normalize.website(stored) == stored
    assert stored == "" or stored.startswith(("https://", "http://"))
    assert normalize.domain(normalize.domain(stored)) == normalize.domain(stored)
