import dataclasses

import pytest

from contacts.imports.mapping import Column, guess_columns, remembering
from contacts.imports.mapping.choosing import NoSuchColumn, choose
from contacts.imports.mapping.fields import built_in
from contacts.imports.mapping.vocabulary import words_of

pytestmark = pytest.mark.once


def guess(header: str, *rows: str, **more: object) -> dict[str, str]:
    """What each column of a comma-separated header is taken for, the others left out."""
    headers = header.split(",")
    cells = [row.split(",") for row in rows]
    samples = [[row[place] for row in cells] for place in range(len(headers))]
    columns = guess_columns(headers, samples, **more)  # type: ignore[arg-type]
    return {column.header: column.field for column in columns if column.field}


@pytest.mark.parametrize("name", built_in())
def test_our_own_names_and_labels_map_by_themselves(name: str) -> None:
    assert guess(name) == {name: name}
    snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
    assert guess(snake) == {snake: name}


STYLES = {
    "HubSpot": (
        (
            "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,"
            "Contact owner,Lead Status,Associated Company,Associated Company IDs,"
            "Associated Company Domain,Job Title"
        ),
        "firstName lastName email phone phoneSecondary leadStatus companyName jobTitle",
    ),
    "Salesforce": (
        (
            "First Name,Last Name,Title,Account Name,Phone,Mobile,Email,Lead Source,Lead Owner,"
            "Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,"
            "Mailing Country,Do Not Call,Email Opt Out,Last Activity"
        ),
        (
            "firstName lastName jobTitle companyName phone phoneSecondary email source"
            " companyAddressLine1 companyCity companyState companyPostalCode companyCountry"
            " doNotCall"
        ),
    ),
    "Google": (
        (
            "Name Prefix,First Name,Middle Name,Last Name,Phonetic First Name,"
            "Organization Name,Organization Title,E-mail 1 - Label,E-mail 1 - Value,"
            "E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value,"
            "Website 1 - Value,Labels,Notes"
        ),
        (
            "firstName lastName companyName jobTitle email phone phoneSecondary companyWebsite"
            " tags notes"
        ),
    ),
    "Outlook": (
        (
            "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,"
            "Business Street,Business City,Business State,Business Postal Code,"
            "Business Country/Region,Home Street,Home City,Business Fax,Business Phone,"
            "Home Phone,Mobile Phone,Company Main Phone,E-mail Address,E-mail 2 Address,"
            "Categories,Web Page"
        ),
        (
            "firstName lastName companyName jobTitle companyAddressLine1 companyCity"
            " companyState companyPostalCode companyCountry phone phoneSecondary companyPhone"
            " email tags companyWebsite"
        ),
    ),
    "LinkedIn": (
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
        "firstName lastName email companyName jobTitle",
    ),
    "Pipedrive": (
        (
            "Person - ID,Person - Name,Organization - Name,Person - Email,Person - Phone,"
            "Person - Owner,Organization - Address,Deal - Title"
        ),
        "fullName companyName email phone companyAddressLine1",
    ),
    "Zoho": (
        (
            "Contact Id,Contact Owner,First Name,Last Name,Account Name,Title,Email,Phone,"
            "Mobile,Lead Source,Home Phone,Fax,Industry,No. of Employees,Website,Street,City,"
            "State,Zip Code,Country,Description,Secondary Email,Email Opt Out"
        ),
        (
            "firstName lastName companyName jobTitle email phone phoneSecondary source"
            " companyIndustry companySize companyWebsite companyAddressLine1 companyCity"
            " companyState companyPostalCode companyCountry notes"
        ),
    ),
    "Mailchimp": (
        (
            "Email Address,First Name,Last Name,Phone Number,Company,TAGS,MEMBER_RATING,"
            "OPTIN_TIME,CONFIRM_IP,LATITUDE,REGION,CC,LEID,NOTES"
        ),
        "email firstName lastName phone companyName tags notes",
    ),
    "German": (
        (
            "Anrede,Vorname,Nachname,Firma,Position,E-Mail,Telefon,Mobil,Straße,PLZ,Ort,Land,"
            "Branche,Webseite,Bemerkung,Quelle,Einwilligung"
        ),
        (
            "firstName lastName companyName jobTitle email phone phoneSecondary"
            " companyAddressLine1 companyPostalCode companyCity companyCountry companyIndustry"
            " companyWebsite notes source"
        ),
    ),
    "German, last name as Name": (
        "Vorname,Name,Unternehmen,E-Mail-Adresse,Telefonnummer,Handynummer",
        "firstName lastName companyName email phone phoneSecondary",
    ),
    "French": (
        "Prénom,Nom,Société,Adresse e-mail,Téléphone,Fonction,Ville,Code postal,Pays",
        (
            "firstName lastName companyName email phone jobTitle companyCity companyPostalCode"
            " companyCountry"
        ),
    ),
    "Apollo": (
        (
            "First Name,Last Name,Title,Company,Company Name for Emails,Email,Email Status,"
            "Seniority,Work Direct Phone,Mobile Phone,Corporate Phone,# Employees,Industry,"
            "Person Linkedin Url,Website,City,Company Address,Company City"
        ),
        (
            "firstName lastName jobTitle companyName email phone phoneSecondary companyPhone"
            " companySize companyIndustry companyWebsite companyAddressLine1 companyCity"
        ),
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_the_styles_of_other_systems_map_by_themselves(style: str) -> None:
    header, fields = STYLES[style]
    found = guess(header)
    assert list(found.values()) == fields.split() or sorted(found.values()) == sorted(
        fields.split()
    )
    assert "Company Name for Emails" not in found
    assert found.get("City") != "companyCity" or "Company City" not in header


def test_what_a_template_says_beside_a_name_is_no_part_of_it() -> None:
    header = (
        "First Name*,Last name (Required),Company [required],Email (optional),Telefon (Pflichtfeld)"
    )
    fields = ["firstName", "lastName", "companyName", "email", "phone"]
    assert list(guess(header).values()) == fields


@pytest.mark.parametrize(
    "header",
    [
        "Email 2", "Lead Owner", "consent", "Associated Company Domain", "Phone 1 - Type",
        "Opt-in", "Email Opt Out", "Unsubscribed", "has_newsletter", "Record ID", "Account Id",
        "Last Activity", "Created At", "Home City", "Home Address", "Nickname", "Middle Name",
        "Phonetic First Name", "linkedin_url", "Birthday", "Department", "Priority", "Fax Number",
        "User Name", "Client ID", "Email Status", "Email Required",
        "Assistant's Phone", "Work Address 2", "",
    ],
)  # fmt: skip
def test_what_only_resembles_a_field_stays_unmapped(header: str) -> None:
    assert guess(header) == {}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Email", ["yes", "no"]),
        ("Mobile", ["yes", "no"]),
        ("Title", ["Mr", "Dr.", "Frau"]),
        ("Website", ["https://www.linkedin.com/in/ann", "linkedin.com/in/bob"]),
        ("STATUS", ["subscribed", "cleaned"]),
        ("Account", ["00123", "00124"]),
        ("Country Code", ["+49", "1"]),
        ("Do not call", ["monday", "tuesday"]),
    ],
)
def test_a_name_is_not_believed_where_the_values_contradict_it(
    header: str, values: list[str]
) -> None:
    assert guess(header, *values) == {}


def test_a_company_is_believed_though_it_is_full_of_formulas() -> None:
    values = ["=1+1", "-2+3", "+1+1", "\uff1d1+1", "@SUM(1+1)"]
    assert guess("Company", *values) == {"Company": "companyName"}


def test_no_field_is_given_twice_and_the_better_name_has_it() -> None:
    assert guess("Contact Email,Email,Company,Company Name") == {
        "Email": "email",
        "Company Name": "companyName",
    }
    assert guess("Email,Email") == {"Email": "email"}
    assert guess("City,Company City") == {"Company City": "companyCity"}


def test_phones_go_where_they_belong() -> None:
    assert guess("Mobile") == {"Mobile": "phone"}
    assert guess("Cell,Phone") == {"Cell": "phoneSecondary", "Phone": "phone"}
    assert guess("Home Phone,Mobile Phone,Work Phone") == {
        "Work Phone": "phone",
        "Mobile Phone": "phoneSecondary",
    }
    assert guess("Company Phone,Phone") == {"Company Phone": "companyPhone", "Phone": "phone"}


def test_a_combined_name_is_taken_only_where_there_is_no_other() -> None:
    assert guess("Name,Email", "Ann Berg,a@b.example") == {"Name": "fullName", "Email": "email"}
    assert guess("Client Name,First Name,Last Name") == {
        "First Name": "firstName",
        "Last Name": "lastName",
    }
    assert guess("Name,Email", splits_names=False) == {"Email": "email"}
    assert guess("Name", "Acme") == {}


def test_a_column_full_of_addresses_is_the_email_whatever_it_is_called() -> None:
    rows = ["a@b.example", "c@d.example", "e@f.example"]
    assert guess("Kontaktdaten", *rows) == {"Kontaktdaten": "email"}
    assert guess("Assigned to", *rows) == {}


def test_the_team_s_own_fields_map_by_label_and_key() -> None:
    names = {words_of("Contract value"): "customFields.value"}
    assert guess("Contract Value", more_names=names) == {"Contract Value": "customFields.value"}


def test_a_key_of_the_team_s_own_takes_no_column_that_every_team_has() -> None:
    names = {words_of("first_name"): "customFields.first_name"}
    assert guess("First name", more_names=names) == {"First name": "firstName"}


def columns(*fields: str | None) -> list[Column]:
    return [Column(number, f"H{number}", field) for number, field in enumerate(fields, 1)]


def test_what_the_team_chose_before_goes_first() -> None:
    known = {"h1": "notes", "h2": ""}
    applied = remembering.apply(columns("email", "phone", "notes"), known)
    assert [column.field for column in applied] == ["notes", None, None]


def test_what_is_said_goes_over_what_was_guessed() -> None:
    guessed = columns("email", "phone", None)
    chosen = choose(guessed, {"H2": None, "3": "email"}, built_in())
    assert [column.field for column in chosen] == [None, None, "email"]
    assert chosen[2] == dataclasses.replace(guessed[2], field="email", confidence=1.0)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"H9": "email"}, "unknown_column"),
        ({"0": "email"}, "unknown_column"),
        ({"1": "emial"}, "unknown_field"),
        ({"1": 7}, "unknown_field"),
        ({"1": "email", "2": "email"}, "repeated_field"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(said: dict[str, object], code: str) -> None:
    with pytest.raises(NoSuchColumn) as error:
        choose(columns("email", None), said, built_in())
    assert error.value.code == code
