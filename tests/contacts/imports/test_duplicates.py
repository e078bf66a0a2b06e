"""Rows about somebody who is known already, or who comes twice."""

import pytest
from django.db.models import QuerySet

from contacts.imports import running
from contacts.models import Contact
from crm.history.models import Change
from crm.teams.models import Team
from tests.contacts.imports.kit import HEADER, Importer, counts
from tests.factories import (
    ContactFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

TWO = f"{HEADER}\nAnna,Berg,Acme,Anna@Acme.example,(415) 555-0182\nBob,Chen,acme,,call me\n"


def written() -> QuerySet[Change]:
    """What history says of contacts and companies."""
    return Change.objects.filter(record_type__in=("contact", "company"))


def people(team: Team) -> list[str]:
    return [contact.name for contact in team.contacts.order_by("first_name")]


DUPLICATES = f"""{HEADER}
Ann,Berg,Acme,anna@acme.example,
Eve,Doe,Acme,,+14155550199
Eve,Doe,,,415 555 0199
"""


@pytest.mark.parametrize(
    ("policy", "planned", "names"),
    [
        ("skip", (1, 0, 1, 1, 0), ["Anna Berg", "Eve Doe"]),
        ("update", (1, 1, 0, 1, 0), ["Ann Berg", "Eve Doe"]),
        ("create", (2, 0, 0, 1, 0), ["Ann Berg", "Anna Berg", "Eve Doe"]),
    ],
)
def test_the_policy_says_what_becomes_of_duplicates(
    importer: Importer, policy: str, planned: tuple[int, ...], names: list[str]
) -> None:
    ContactFactory.create(
        team=importer.team, first_name="Anna", last_name="Berg", email="anna@acme.example",
        job_title="CEO",
    )  # fmt: skip
    assert counts(importer.check(DUPLICATES, onDuplicate=policy)) == planned
    assert counts(importer.run(DUPLICATES, onDuplicate=policy)) == planned
    assert people(importer.team) == names
    # Blanks overwrite nothing.
    assert Contact.objects.filter(job_title="CEO").count() == 1


def test_duplicates_within_the_file_are_found_across_chunks(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PACE", running.Pace(1, 0))
    monkeypatch.setattr(running, "PACES", {})
    rows = [
        "Anna,Berg,Acme,a@b.example,",
        "Anna,Berg,Acme,a@b.example,",
        "Anna,Kern,Acme,a@b.example,",
    ]
    text = "\n".join([HEADER, *rows])
    for policy, expected in (
        ("update", (1, 1, 1, 0, 0)),
        ("skip", (0, 0, 3, 0, 0)),
    ):
        assert counts(importer.check(text, onDuplicate=policy)) == expected
        assert counts(importer.run(text, onDuplicate=policy)) == expected
    assert people(importer.team) == ["Anna Kern"]


def test_two_candidates_are_reported_and_none_is_touched(importer: Importer) -> None:
    for name in ("Anna", "Bob"):
        ContactFactory.create(
            team=importer.team, first_name=name, last_name="X", phone="+14155550182"
        )
    text = f"{HEADER}\nCarla,Y,Acme,,+14155550182\n"
    said = importer.run(text, onDuplicate="update")
    assert counts(said) == (0, 0, 1, 0, 0)
    assert said["warnings"][0]["code"] == "ambiguous"
    assert "Anna X, Bob X" in said["warnings"][0]["detail"]
    assert people(importer.team) == ["Anna X", "Bob X"]


ALPHA, BETA, OFFICE = "+14155550101", "+14155550102", "+14155550100"


@pytest.mark.parametrize("policy", ["skip", "update"])
@pytest.mark.parametrize(
    ("row", "said"),
    [
        # The number is one's, the address another's.
        (f"Anna,Alpha,Acme,beta@x.example,{ALPHA}", "2 contacts could be meant"),
        (f"Gamma,Delta,Other,alpha@x.example,{BETA}", "2 contacts could be meant"),
    ],
)
def test_a_number_and_an_address_of_two_people_are_reported_and_neither_is_touched(
    importer: Importer, policy: str, row: str, said: str
) -> None:
    create = ContactFactory.create
    create(team=importer.team, first_name="Anna", last_name="Alpha", email="alpha@x.example",
           phone=ALPHA)  # fmt: skip
    create(team=importer.team, first_name="Bob", last_name="Beta", email="beta@x.example",
           phone=BETA)  # fmt: skip
    before = list(importer.team.contacts.order_by("pk").values())
    answer = importer.run(f"{HEADER}\n{row}\n", onDuplicate=policy)
    assert counts(answer) == (0, 0, 1, 0, 0)
    assert said in answer["warnings"][0]["detail"]
    assert list(importer.team.contacts.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "row",
    [
        # The office's number is Anna's, too: whoever has the address is meant.
        f"Bob,Beta,Acme,beta@x.example,{OFFICE}",
        # Who has both goes before whoever has one of them.
        f"Bob,Beta,Acme,beta@x.example,{BETA}",
        # Short for it, married, accents lost, written the other way round.
        f"B.,Beta,Acme,,{BETA}",
        f"Bob,Neu,Acme,,{BETA}",
        "Rob,Beta,Acme,beta@x.example,",
        f"Beta,Bob,Acme,,{BETA}",
    ],
)
def test_who_is_the_same_by_all_else_is_updated(importer: Importer, row: str) -> None:
    create = ContactFactory.create
    create(team=importer.team, first_name="Anna", last_name="Alpha", email="", phone=OFFICE)
    bob = create(team=importer.team, first_name="Bob", last_name="Beta", email="beta@x.example",
                 phone=BETA)  # fmt: skip
    create(team=importer.team, first_name="Bobby", last_name="Beta", email="", phone="")
    said = importer.run(f"{HEADER},Title\n{row},Boss\n", onDuplicate="update")
    assert counts(said) == (0, 1, 0, 0, 0)
    assert not said["warnings"]
    bob.refresh_from_db()
    assert bob.job_title == "Boss"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (f"Carl,Zed,Acme,,{ALPHA}", "phone"),
        (f"Bob,Alpha,Acme,,{ALPHA}", "phone"),
        ("Carl,Zed,Acme,alpha@x.example,", "email"),
    ],
)
def test_another_name_at_the_same_number_is_said(importer: Importer, row: str, field: str) -> None:
    ContactFactory.create(team=importer.team, first_name="Anna", last_name="Alpha",
                          email="alpha@x.example", phone=ALPHA)  # fmt: skip
    text = f"{HEADER}\n{row}\n"
    for policy, expected in (("skip", (0, 0, 1, 0, 0)), ("update", (0, 1, 0, 0, 0))):
        said = importer.check(text, onDuplicate=policy)
        assert counts(said) == expected
        [warning] = said["warnings"]
        assert (warning["field"], warning["code"]) == (field, "other_name")
        assert warning["detail"].startswith("Anna Alpha has this ")


def test_a_shared_number_alone_makes_nobody_the_same(importer: Importer) -> None:
    rows = [
        "Anna,Berg,Acme,anna@acme.example,+14155550100",
        "Bob,Chen,Acme,bob@acme.example,+14155550100",
    ]
    assert counts(importer.run("\n".join([HEADER, *rows]))) == (2, 0, 0, 0, 0)


def test_an_external_id_that_another_has_rejects_the_row(importer: Importer) -> None:
    ContactFactory.create(team=importer.team, external_id="7")
    header = "First name,Last name,Company,External ID"
    text = f"{header}\nAnna,Berg,Acme,7\nBob,Chen,Acme,8\nEve,Doe,Acme,8\n"
    for said in (
        importer.check(text, onDuplicate="create"),
        importer.run(text, onDuplicate="create"),
    ):
        assert counts(said) == (1, 0, 0, 2, 0)
        assert {each["errors"][0]["code"] for each in said["rejectedRows"]} == {"unique"}


def test_only_an_external_id_that_tells_two_people_apart_is_said(importer: Importer) -> None:
    header = f"{HEADER},External ID"
    text = f"{header}\nKim,Same,Co,kim@k.example,+49305556601,k-1\n"
    importer.run(text)
    said = importer.check(text.replace("k-1", "k-2"), onDuplicate="update")
    assert counts(said) == (1, 0, 0, 0, 0)
    (warning,) = said["warnings"]
    assert (warning["field"], warning["code"]) == ("externalId", "other_external_id")
    assert warning["detail"] == (
        "Kim Same has this phone number, but the external ID k-1, so this row is another contact."
    )
    others = text.replace("k-1", "k-3").replace("Kim,Same", "Joe,Other")
    assert "other_external_id" not in str(importer.check(others, onDuplicate="update"))


def test_a_row_that_says_an_earlier_one_again_leads_to_its_contact(importer: Importer) -> None:
    text = f"{HEADER}\nKim,Same,Co,kim@k.example,\nKim,Same,Co,kim@k.example,\n"
    planned = importer.rows(importer.check(text, onDuplicate="update")["id"])[1]
    assert planned["outcome"] == "skipped"
    assert "contactId" not in planned["reason"]
    written = importer.rows(importer.run(text, onDuplicate="update")["id"])[1]
    assert written["reason"]["contactId"] == str(importer.team.contacts.get().pk)
