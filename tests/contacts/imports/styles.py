"""Small files as other systems export them, each with one row that cannot be imported."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Style:
    """A file; of its columns, `unsure` is one that only a person can say the meaning of."""

    name: str
    text: str
    unsure: str
    meaning: str
    encoding: str = "utf-8"

    @property
    def data(self) -> bytes:
        """The file."""
        return self.text.encode(self.encoding)


WRONG, RIGHT = "karin(at)post.example", "karin@post.example"

STYLES = [
    Style(
        "HubSpot",
        "Record ID,First Name,Last Name,Email,Phone Number,Associated Company,Team role\n"
        "81,Grete,Hahn,grete@acme.example,+49 30 23125100,Acme Logistics,Dispatcher\n"
        "82,Bo,Li,bo@li.example,(415) 555-0106,Li Brothers,Buyer\n"
        f"83,Karin,Öberg,{WRONG},,Post,Owner\n",
        "Team role",
        "job_title",
    ),
    Style(
        "Salesforce",
        "Salutation,First Name,Last Name,Title,Account Name,Email,Phone,Contact Owner,Hobby\n"
        "Ms.,Grete,Hahn,Dispatcher,Acme Logistics,grete@acme.example,+49 30 23125100,kai,Chess\n"
        "Mr.,Bo,Li,Buyer,Li Brothers,bo@li.example,(415) 555-0106,kai,Go\n"
        f"Ms.,Karin,Öberg,Owner,Post,{WRONG},,kai,Rowing\n",
        "Hobby",
        "notes",
        "utf-8-sig",
    ),
    Style(
        "Google",
        "First Name,Middle Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,"
        "Phone 1 - Value,Organization Name,Organization Title,Nickname\n"
        "Grete,,Hahn,Work,grete@acme.example,Mobile,+49 30 23125100,Acme Logistics,Dispatcher,Gre\n"
        "Bo,,Li,* Work,bo@li.example,Work,(415) 555-0106,Li Brothers,Buyer,Boli\n"
        f"Karin,,Öberg,Home,{WRONG},,,Post,Owner,Kari\n",
        "Nickname",
        "notes",
    ),
    Style(
        "Outlook",
        "First Name,Last Name,Company,Job Title,Business Phone,Mobile Phone,E-mail Address,"
        "Manager's Name\r\n"
        'Grete,Hahn,Acme Logistics,Dispatcher,+49 30 23125100,,grete@acme.example,"Vogel, Ina"\r\n'
        'Bo,Li,Li Brothers,Buyer,(415) 555-0106,,bo@li.example,"Chen, Liu"\r\n'
        f'Karin,Öberg,Post,Owner,,,{WRONG},"Dahl, Per"\r\n',
        "Manager's Name",
        "notes",
        "cp1252",
    ),
    Style(
        "LinkedIn",
        'Notes:\n"Some addresses are missing: not all connections, of late, show theirs."\n\n'
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Grete,Hahn,https://in.example/g,grete@acme.example,Acme Logistics,Dispatcher,04 May 2026\n"
        "Bo,Li,https://in.example/b,bo@li.example,Li Brothers,Buyer,05 May 2026\n"
        f"Karin,Öberg,https://in.example/k,{WRONG},Post,Owner,06 May 2026\n",
        "Connected On",
        "notes",
    ),
    Style(
        "Pipedrive",
        "Person - ID,Person - Name,Person - Email,Person - Phone,Organization - Name,"
        "Person - Met at\n"
        "81,Grete Hahn,grete@acme.example,+49 30 23125100,Acme Logistics,Fair\n"
        "82,Bo Li,bo@li.example,(415) 555-0106,Li Brothers,Dinner\n"
        f"83,Karin Öberg,{WRONG},,Post,Train\n",
        "Person - Met at",
        "source",
    ),
    Style(
        "Zoho",
        "Record Id,First Name,Last Name,Account Name,Email,Phone,Title,Interests\n"
        "zcrm_81,Grete,Hahn,Acme Logistics,grete@acme.example,+49 30 23125100,Dispatcher,Routes\n"
        "zcrm_82,Bo,Li,Li Brothers,bo@li.example,(415) 555-0106,Buyer,Prices\n"
        f"zcrm_83,Karin,Öberg,Post,{WRONG},,Owner,Boats\n",
        "Interests",
        "notes",
        "utf-16",
    ),
    Style(
        "Mailchimp",
        "Email Address,First Name,Last Name,Phone Number,Company,MEMBER_RATING,OPTIN_TIME,Liked\n"
        "grete@acme.example,Grete,Hahn,+49 30 23125100,Acme Logistics,2,2026-05-04 10:00:00,May\n"
        "bo@li.example,Bo,Li,(415) 555-0106,Li Brothers,3,2026-05-05 10:00:00,June\n"
        f"{WRONG},Karin,Öberg,,Post,2,2026-05-06 10:00:00,July\n",
        "Liked",
        "source",
    ),
    Style(
        "German",
        "Vorname;Nachname;Firma;E-Mail;Telefon;Betreuer;Rolle im Team\r\n"
        "Grete;Hahn;Acme Logistics;grete@acme.example;+49 30 23125100;Kai;Disponentin\r\n"
        "Bo;Li;Li Brothers;bo@li.example;(415) 555-0106;Kai;Einkäufer\r\n"
        f"Karin;Öberg;Post;{WRONG};;Kai;Inhaberin\r\n",
        "Rolle im Team",
        "job_title",
        "cp1252",
    ),
]
