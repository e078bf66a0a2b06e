"""Import and export as staff meet them: upload, preview, confirm; choose a team, download."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from companies.models import Company
from contacts.models import Contact
from contacts.operations import delete_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records import transfer
from crm.teams.models import Team
from tests.admin.kit import Staff, inline_code, messages, url
from tests.factories import ContactFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

FORMATS = {"csv": "0", "tsv": "1", "json": "2"}
FILE = "First name,Last name,Company name,Phone\nAnna,Berg,Acme,(415) 555-0182\n"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def browser() -> Staff:
    return Staff()


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


def waiting(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def upload(
    browser: Staff, team: Any, text: str | bytes, kind: str = "csv", model: type = Contact
) -> HttpResponse:
    content = text if isinstance(text, bytes) else text.encode()
    data = {
        "team": getattr(team, "pk", team),
        "resource": "0",
        "format": FORMATS[kind],
        "import_file": SimpleUploadedFile(f"people.{kind}", content),
    }
    response = browser.post(url(model, "import"), data)
    assert list(inline_code(response)) == []
    return response


def confirm(browser: Staff, preview: HttpResponse, **changes: str) -> HttpResponse:
    data = {bound.html_name: bound.value() for bound in preview.context["confirm_form"]}
    return browser.post(url(Contact, "process_import"), data | changes, follow=True)


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_file_is_previewed_and_imported(browser: Staff, team: Team, media: Path) -> None:
    preview = upload(browser, team, FILE)
    assert "1 added, 0 changed, 0 as before." in text_of(preview)
    assert "+14155550182" in text_of(preview)
    assert not Contact.objects.exists()
    assert not Company.objects.exists()
    done = confirm(browser, preview)
    assert messages(done) == ["Import finished: 1 added, 0 changed, 0 as before."]
    contact = Contact.objects.get()
    assert (contact.team, contact.name, contact.company.name) == (team, "Anna Berg", "Acme")
    for change in Change.objects.all():
        assert (change.origin, change.actor_user) == (Origin.IMPORT, browser.user)
    assert Change.objects.count() == 2
    assert waiting(media) == []


@pytest.mark.parametrize("kind", ["tsv", "json"])
def test_other_formats_are_read_too(browser: Staff, team: Team, kind: str) -> None:
    row = {"first_name": "Anna", "last_name": "Berg", "company_name": "Acme"}
    separated = "\n".join("\t".join(line) for line in (row.keys(), row.values()))
    confirm(
        browser, upload(browser, team, json.dumps([row]) if kind == "json" else separated, kind)
    )
    assert Contact.objects.get().name == "Anna Berg"


def test_errors_stand_at_their_rows_and_the_file_is_not_kept(
    browser: Staff, team: Team, media: Path
) -> None:
    page = upload(browser, team, FILE + "<b>Ben</b>,,Acme,12\n")
    words = text_of(page)
    assert "1 of 2 rows cannot be imported" in words
    assert "<b>last_name</b>: This field cannot be blank." in words
    assert "<b>phone</b>: “12” is not a phone number." in words
    assert "&lt;b&gt;Ben&lt;/b&gt;" in words
    assert "confirm_form" not in page.context
    assert waiting(media) == []


def test_another_team_s_row_cannot_be_touched(browser: Staff, team: Team) -> None:
    foreign = ContactFactory.create(first_name="Zanzibar")
    page = upload(browser, team, f"id,first_name\n{foreign.pk},Mine\n")
    assert "<b>id</b>: There is no such contact in this team." in text_of(page)
    assert "Zanzibar" not in text_of(page).split("<main")[1]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (b"\xff\xfe", "csv", "The file is not in UTF-8. Save it as UTF-8 first."),
        ("a,b\n1\n", "csv", "Row 1 has 1 cells under 2 headers."),
        ("{", "json", "The file is not JSON: "),
        ("", "csv", "The submitted file is empty."),
        ("first_name\n", "csv", "No valid data to import."),
        ("name;phone\nx;y\n", "csv", "There is no column “name;phone”. The columns are: id,"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(
    browser: Staff, team: Team, media: Path, text: str | bytes, kind: str, words: str
) -> None:
    page = text_of(upload(browser, team, text, kind))
    assert words in page
    assert "Traceback" not in page
    assert waiting(media) == []


def test_a_file_that_is_too_large_says_so(
    browser: Staff, team: Team, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "MOST_BYTES", 2**20)
    assert "A file is at most 1 MB here." in text_of(upload(browser, team, "x" * (2**20 + 1)))
    assert waiting(media) == []


@pytest.mark.parametrize("team_id", ["", "nonsense", "00000000-0000-7000-8000-000000000000"])
def test_the_team_has_to_be_chosen(browser: Staff, team_id: str, media: Path) -> None:
    page = upload(browser, team_id, FILE)
    assert set(page.context["form"].errors) == {"team"}
    assert waiting(media) == []


def test_a_file_that_is_gone_is_asked_for_again(browser: Staff, team: Team, media: Path) -> None:
    preview = upload(browser, team, FILE)
    (media / "secret").write_text("first_name\nx")
    for name in ("0" * 32, "../secret", "secret"):
        page = confirm(browser, preview, import_file_name=name)
        assert "The file is gone. Upload it again." in text_of(page)
    assert (media / "secret").exists()
    assert not Contact.objects.exists()


def test_what_changed_since_the_preview_stops_the_import(browser: Staff, team: Team) -> None:
    gone = ContactFactory.create(team=team)
    columns = "id,first_name,last_name,company_name"
    preview = upload(browser, team, f"{columns}\n{gone.pk},Anna,Berg,Acme\n,Ben,Berg,Acme\n")
    delete_contact(gone, by=Author(Origin.MANUAL))
    (said,) = messages(confirm(browser, preview))
    assert said.startswith("Nothing was imported, for something changed since the preview.")
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("rights", "imports", "exports"),
    [
        ("", 403, 403),
        ("view_contact", 403, 200),
        ("view_contact add_contact change_contact", 403, 200),
        ("view_contact add_contact change_contact add_company", 200, 200),
    ],
)
def test_import_and_export_need_the_rights_to_what_they_do(
    team: Team, rights: str, imports: int, exports: int
) -> None:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights.split()))
    browser = Staff(user)
    assert browser.get(url(Contact, "import")).status_code == imports
    assert browser.get(url(Contact, "export")).status_code == exports


def export(browser: Staff, team: Any, kind: str = "csv", query: str = "") -> HttpResponse:
    data = {"team": getattr(team, "pk", team), "resource": "0", "format": FORMATS[kind]}
    return browser.post(url(Contact, "export") + query, data)


def test_an_export_holds_one_team_and_no_formula(browser: Staff, team: Team) -> None:
    ContactFactory.create(team=team, first_name="=1+1", phone="+14155550182", tags=["@x"])
    ContactFactory.create(first_name="Zanzibar")
    response = export(browser, team)
    assert response["Content-Type"] == "text/csv"
    assert response["Content-Disposition"].startswith('attachment; filename="Contact-')
    text = text_of(response)
    assert "Zanzibar" not in text
    assert ",'=1+1," in text
    assert ",'+14155550182," in text
    assert ",'@x," in text


@pytest.mark.parametrize("kind", list(FORMATS))
def test_an_export_reads_back_as_nothing_new(browser: Staff, team: Team, kind: str) -> None:
    ContactFactory.create(team=team, first_name="=1+1", phone="+14155550182", tags=["a, b"])
    preview = upload(browser, team, export(browser, team, kind).content, kind)
    assert "0 added, 0 changed, 1 as before." in text_of(preview)


def test_an_export_keeps_to_the_list_s_search_and_filters(browser: Staff, team: Team) -> None:
    ContactFactory.create(team=team, first_name="Anna", lead_status="customer", notes="long")
    ContactFactory.create(team=team, first_name="Ben", lead_status="customer")
    ContactFactory.create(team=team, first_name="Anna", last_name="Other")
    rows = json.loads(export(browser, team, "json", "?q=anna&lead_status__exact=customer").content)
    assert [(row["first_name"], row["notes"]) for row in rows] == [("Anna", "long")]


def test_the_team_of_the_list_is_chosen_already(browser: Staff, team: Team) -> None:
    for page in ("export", "import"):
        form = browser.get(f"{url(Contact, page)}?team={team.pk}").content.decode()
        assert f'<option value="{team.pk}" selected>' in form


@pytest.mark.parametrize("team_id", ["", "nonsense", "00000000-0000-7000-8000-000000000000"])
def test_an_export_of_no_team_is_refused(browser: Staff, team_id: str) -> None:
    ContactFactory.create(first_name="Zanzibar")
    response = export(browser, team_id)
    assert set(response.context["form"].errors) == {"team"}
    assert "Zanzibar" not in text_of(response)


@pytest.mark.parametrize("query", ["?team=nonsense", "?nonsense=1"])
def test_a_filter_that_makes_no_sense_is_a_bad_request(browser: Staff, query: str) -> None:
    assert browser.get(url(Contact, "export") + query).status_code == 400


def test_companies_are_imported_and_exported_too(browser: Staff, team: Team) -> None:
    preview = upload(browser, team, "name,website\nAcme,acme.com\n", model=Company)
    data = {bound.html_name: bound.value() for bound in preview.context["confirm_form"]}
    browser.post(url(Company, "process_import"), data)
    company = Company.objects.get()
    assert (company.team, company.website) == (team, "https://acme.com")
    form = {"team": team.pk, "resource": "0", "format": "2"}
    (row,) = json.loads(browser.post(url(Company, "export"), form).content)
    assert (row["id"], row["website"]) == (str(company.pk), "https://acme.com")
