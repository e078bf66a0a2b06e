import contextlib

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from crm import normalize
from crm.normalize import phones


@pytest.mark.parametrize("region", ["US", "us", "CA"])
@pytest.mark.parametrize(
    "typed",
    [
        "(415) 555-0182",
        "415-555-0182",
        "415.555.0182",
        "415/555-0182",
        "[415] 555 0182",
        "4155550182",
        "1 415 555 0182",
        "1-415-555-0182",
        "+1 (415) 555-0182",
        "+14155550182",
        "001-415-555-0182",
        "011 1 415 555 0182",
        "tel:+1-415-555-0182",
        "Tel.: 415 555 0182",
        "Mobile 415 555 0182",
        "\uff14\uff11\uff15\uff15\uff15\uff15\uff10\uff11\uff18\uff12",  # full-width digits
        "415\u2013555\u20110182",  # an en dash and a hyphen that does not break
        "415\xa0555\u202f0182",
        "\u202a+14155550182\u202c",
        "  415 555 0182\n",
    ],
)
def test_readable_forms_of_one_number(typed: str, region: str) -> None:
    assert normalize.phone(typed, region) == "+14155550182"


@pytest.mark.parametrize(
    ("region", "typed", "stored"),
    [
        ("US", "+44 (0)20 7946 0315", "+442079460315"),
        ("US", "0049 30 123456", "+4930123456"),
        ("US", "+1-201-200-0000", "+12012000000"),
        ("US", "(123) 456-7890", "+11234567890"),
        ("US", "1-800-FLOWERS", "+18003569377"),
        ("GB", "020 7946 0315", "+442079460315"),
        ("DE", "0171 2345678", "+491712345678"),
        ("DE", "030/1234567", "+49301234567"),
        ("DE", "030 123456-0", "+49301234560"),
        ("DE", "+49 0171 2345678", "+491712345678"),
        ("AT", "+43 1 58858", "+43158858"),
        ("IT", "06 1234567", "+39061234567"),
        ("FR", "06 12 34 56 78", "+33612345678"),
        ("PL", "123 456 789", "+48123456789"),
        ("RU", "8 916 123-45-67", "+79161234567"),
        ("IN", "98765 43210", "+919876543210"),
        ("JP", "03\u22121234\u22125678", "+81312345678"),
        ("BR", "(11) 91234-5678", "+5511912345678"),
        (
            "EG",
            "\u0660\u0661\u0660 \u0661\u0662\u0663\u0664 \u0665\u0666\u0667\u0668",
            "+201012345678",
        ),
        ("", "+48 123 456 789", "+48123456789"),
        ("", "0048 123 456 789", "+48123456789"),
        ("DE", "+800 1234 5678", "+80012345678"),
    ],
)
def test_numbers_of_the_world(region: str, typed: str, stored: str) -> None:
    assert normalize.phone(typed, region) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "12",
        "911",
        "555-0182",
        "anonymous",
        "n/a",
        "+",
        "+999 123 456",
        "+1 555 3227 8549",
        "+44 20 7946 0315 1234",
        "00000000000",
        "(111) 111-1111",
        "call 415 555 0182",
        "415 555 0182 (Anna)",
        "415 555 0182 or 415 555 0183",
        "415 555 0182, 415 555 0183",
        "415 555 0182 / 415 555 0183",
        "<b>415 555 0182</b>",
        "4.155550182E+09",
        "192.168.100.100",
        "4111 1111 1111 1111",
        "sip:+14155550182@example.com",
        "9" * 5_000,
        "(" * 5_000,
    ],
)
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(normalize.NormalizeError) as refusal:
        normalize.phone(typed, "US")
    assert refusal.value.code == "phone"
    assert "is not a phone number" in refusal.value.message
    assert len(refusal.value.message) < 200


@pytest.mark.parametrize("typed", ["030 12345 Anna", "030 123456/7", "030 12345678 mobil"])
def test_debris_never_becomes_digits_where_lengths_vary(typed: str) -> None:
    with pytest.raises(normalize.NormalizeError):
        normalize.phone(typed, "DE")


def test_a_national_number_needs_a_region() -> None:
    with pytest.raises(normalize.NormalizeError, match="has no country code") as refusal:
        normalize.phone("0171 2345678")
    assert refusal.value.code == "phone_region"


@pytest.mark.parametrize(
    ("typed", "extension"),
    [
        ("(415) 555-0182 x12", "12"),
        ("(415) 555-0182x05610", "05610"),
        ("001-415-555-0182x5610", "5610"),
        ("415 555 0182, ext. 5", "5"),
        ("415 555 0182 extension 77", "77"),
        ("415 555 0182 #5", "5"),
        ("tel:+1-415-555-0182;ext=3", "3"),
        ("415 555 0182", ""),
    ],
)
def test_an_extension_is_told_apart(typed: str, extension: str) -> None:
    assert normalize.phone(typed, "US") == "+14155550182"
    assert normalize.phone_extension(typed, "US") == extension


def test_blank_is_blank() -> None:
    assert normalize.phone(" \xa0 ", "US") == ""
    assert normalize.phone_extension("", "US") == ""
    assert normalize.display_phone("", "US") == ""


@pytest.mark.parametrize(
    ("stored", "region", "shown"),
    [
        ("+14155550182", "US", "(415) 555-0182"),
        ("+14155550182", "CA", "(415) 555-0182"),
        ("+14155550182", "GB", "+1 415-555-0182"),
        ("+14155550182", "", "+1 415-555-0182"),
        ("+442079460315", "gb", "020 7946 0315"),
        ("+442079460315", "US", "+44 20 7946 0315"),
        ("+4930123456", "DE", "030 123456"),
        ("anonymous", "US", "anonymous"),
        ("sip:anna@example.com", "US", "sip:anna@example.com"),
        ("+999123", "US", "+999123"),
    ],
)
def test_display(stored: str, region: str, shown: str) -> None:
    assert normalize.display_phone(stored, region) == shown


def test_digits_of_any_script() -> None:
    assert normalize.phone_digits("+1 (415) \u0665\u0665\u0665-x") == "1415555"


NATIONAL_DIGITS = st.text("0123456789", min_size=4, max_size=13)


@given(
    st.builds("{}{}".format, st.sampled_from(["", "+", "00"]), NATIONAL_DIGITS),
    st.sampled_from(["US", "DE", "AT", "IT", "AR", "BR", ""]),
)
def test_a_stored_number_is_read_as_itself_in_every_region(typed: str, region: str) -> None:
    with contextlib.suppress(normalize.NormalizeError):
        stored = normalize.phone(typed, region)
        assert {normalize.phone(stored, place) for place in ("", "US", "DE", "IT", "AR")} == {
            stored
        }


HOMES = ("US", "BS", "DE", "GB", "IT", "RU", "FI", "AR", "JP", "")


@given(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "+", "+1", "+39", "+44", "+49", "+54", "+598"]),
        st.sampled_from(["", "(415) ", "0", "8 "]),
        NATIONAL_DIGITS,
    ),
    st.sampled_from(HOMES),
)
def test_what_is_read_at_a_glance_is_what_the_library_reads(typed: str, region: str) -> None:
    if glanced := phones._at_a_glance(typed, region):
        number = phonenumbers.parse(typed, region or None)
        assert phones._to_e164(number) == glanced == phones._to_e164(phonenumbers.parse(glanced))
        assert phonenumbers.is_possible_number(number)
        assert phones._from_e164(glanced) == phonenumbers.parse(glanced)


@pytest.mark.parametrize("typed", ["+49 00 5221 169", "+64 000 307 0341"])
def test_a_number_that_would_be_read_as_another_is_refused(typed: str) -> None:
    with pytest.raises(normalize.NormalizeError):
        normalize.phone(typed)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_country_reads_its_numbers_as_shown(region: str) -> None:
    kinds = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE)
    for kind in kinds:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        stored = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        for place in (region, "US", "DE"):
            assert normalize.phone(normalize.display_phone(stored, place), place) == stored


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_what_is_dialled_at_home_is_what_the_library_shows(region: str) -> None:
    numbers = [phonenumbers.example_number_for_type(region, kind) for kind in range(11)]
    for number in filter(None, numbers):
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        digits = phones.phone_digits(shown)
        whole = [e164[1:]] if digits in e164 else [e164[1:], digits]
        assert phones.dialled_digits(e164) == whole


@given(st.text())
def test_any_text_is_read_or_refused(typed: str) -> None:
    with contextlib.suppress(normalize.NormalizeError):
        assert bool(normalize.phone(typed, "DE")) == bool(normalize.clean_line(typed))
