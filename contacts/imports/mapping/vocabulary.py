"""The names that other systems give to what we know, in the languages people export in.

A name is kept as `words_of` makes it: lower case, no accents, single spaces. Only what is listed
here means anything; a name that merely resembles one stays unmapped.
"""

import re
from functools import lru_cache

from crm.normalize.search import fold

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_DIGITS = re.compile(r"(?<=[a-z])(?=[0-9])")

#: Spellings of one word; the longer ones first.
_SPELLINGS = (
    ("e mail", "email"),
    ("web site", "website"),
    ("web page", "website"),
    ("webpage", "website"),
    ("zipcode", "zip"),
    ("zip code", "zip"),
    ("post code", "zip"),
    ("postcode", "zip"),
    ("postal code", "zip"),
    ("postalcode", "zip"),
    ("zip postal", "zip"),
    ("zip zip", "zip"),
    ("organisation", "organization"),
    ("org", "organization"),
    ("firstname", "first name"),
    ("lastname", "last name"),
    ("fullname", "full name"),
    ("companyname", "company name"),
    ("jobtitle", "job title"),
    ("emailaddress", "email address"),
    ("phonenumber", "phone number"),
    ("telephone", "phone"),
    ("cellphone", "cell phone"),
    ("cellular", "cell"),
    ("leadstatus", "lead status"),
    ("leadsource", "lead source"),
    ("time zone", "timezone"),
    ("donotcall", "do not call"),
    ("externalid", "external id"),
    ("streetaddress", "street address"),
    ("address1", "address 1"),
    ("nr", "number"),
    ("no", "number"),
    ("tel", "phone"),
    ("fon", "phone"),
    ("telefon", "phone"),
    ("strasse", "street"),
    ("str", "street"),
)


#: What a template says of a column besides its name: "Company (required)".
_MARK = re.compile(
    r"[(\[]\s*(required|mandatory|optional|pflichtfeld|pflicht|erforderlich)\s*[)\]]", re.IGNORECASE
)


@lru_cache(4096)
def words_of(header: str) -> str:
    """Return the header's words: "E-mail 1 - Value" is "email 1 value"."""
    if len(header) > 200:
        return ""
    named = _MARK.sub(" ", header)
    plain = fold(_CAMEL.sub(" ", named).replace("ß", "ss").replace("#", " number "))
    text = " ".join(_DIGITS.sub(" ", _NOT_WORD.sub(" ", plain)).split())
    padded = f" {text} "
    for spelling, word in _SPELLINGS:
        if spelling in padded:
            padded = padded.replace(f" {spelling} ", f" {word} ")
    words = padded.split()
    half = len(words) // 2
    # Salesforce says the same twice, with a colon between.
    if half and words[:half] == words[half:]:
        words = words[:half]
    return " ".join(words)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


#: Names of the person's own fields, best first.
PERSON: dict[str, tuple[str, ...]] = {
    "firstName": _names(
        "first name, given name, forename, fname, first, vorname, prenom, voornaam, imie, primer"
        " nombre, etunimi, fornavn, fornamn, first names"
    ),
    "lastName": _names(
        "last name, family name, surname, lname, last, sur name, nachname, familienname, zuname,"
        " nom de famille, apellido, apellidos, cognome, achternaam, nazwisko, sobrenome, sukunimi,"
        " etternavn, efternamn, last names"
    ),
    "fullName": _names(
        "full name, name, contact name, contact, person, complete name, display name,"
        " vollstandiger name, vor und nachname, vorname nachname, ansprechpartner, kontaktperson,"
        " nom complet, nombre completo, nome completo, nome e cognome, volledige naam, first and"
        " last name, name first last, contact person, first name last name, naam"
    ),
    "email": _names(
        "email, email address, mail, email 1, work email, business email, email work, primary"
        " email, email 1 value, email 1 address, email id, mail address, company email, corporate"
        " email, professional email, email primary, email business, emailadresse, email adresse,"
        " mailadresse, mail adresse, adresse email, adresse mail, courriel, correo, correo"
        " electronico, direccion de correo, direccion de correo electronico, posta elettronica,"
        " indirizzo email, mailadres, emailadres, email adres, adres email, email geschaftlich,"
        " geschaftliche email, email adresse geschaftlich, geschaftliche email adresse"
    ),
    "jobTitle": _names(
        "job title, position, job position, job role, role, title, designation, job, occupation,"
        " organization 1 title, organization title, professional title, position title, work"
        " title, current position, funktion, berufsbezeichnung, stellenbezeichnung, jobtitel,"
        " stelle, beruf, rolle, poste, fonction, intitule du poste, cargo, puesto, puesto de"
        " trabajo, qualifica, ruolo, functie, functietitel, stanowisko"
    ),
    "leadStatus": _names(
        "lead status, status, lifecycle stage, lead stage, stage, deal stage, contact status,"
        " pipeline stage, contact stage, prospect status, sales stage, leadphase, statut, estado"
        " del lead"
    ),
    "source": _names(
        "lead source, source, contact source, original source, lead origin, leadquelle, quelle,"
        " herkunft, origin, origine, fuente, fonte, bron, source of lead"
    ),
    "timezone": _names(
        "timezone, zeitzone, tz, fuseau horaire, zona horaria, fuso orario, tijdzone"
    ),
    "preferredContactMethod": _names(
        "preferred contact method, contact method, preferred channel, preferred contact channel,"
        " preferred method of contact, best reached by, bevorzugter kontaktweg, kontaktweg"
    ),
    "doNotCall": _names(
        "do not call, dnc, phone opt out, call opt out, opted out of calls, nicht anrufen,"
        " anrufsperre, keine anrufe, ne pas appeler, number llamar, do not phone"
    ),
    "notes": _names(
        "notes, note, comments, comment, remarks, remark, description, background, background"
        " info, memo, additional notes, contact notes, notizen, notiz, bemerkung, bemerkungen,"
        " anmerkung, anmerkungen, kommentar, kommentare, beschreibung, remarques, commentaires,"
        " commentaire, notas, comentarios, observaciones, opmerkingen, uwagi"
    ),
    "tags": _names(
        "tags, tag, labels, label, categories, schlagworte, schlagworter, kategorien,"
        " stichworter, etiquettes, etiquetas, etichette, contact tags"
    ),
    "externalId": _names("external id, ext id, externe id, external contact id, external key"),
}

#: Names of what belongs to the company, without the words that say so; best first.
COMPANY: dict[str, tuple[str, ...]] = {
    "companyWebsite": _names(
        "website, website url, homepage, website 1 value, website 1, webseite, web, site web,"
        " sitio web, sito web, internetseite, internetadresse, strona www, www, site"
    ),
    "companyIndustry": _names(
        "industry, sector, branche, industrie, secteur, secteur d activite, industria, settore,"
        " industry sector, business sector"
    ),
    "companySize": _names(
        "company size, organization size, number of employees, employees, employee count,"
        " headcount, number employees, mitarbeiter, mitarbeiterzahl, anzahl mitarbeiter,"
        " mitarbeiteranzahl, unternehmensgrosse, firmengrosse, number of staff, nombre d employes,"
        " effectif, numero de empleados, employee range, employees range"
    ),
    "companyAddressLine1": _names(
        "address, street, street address, address line 1, address 1 street, street 1, address"
        " street, address 1, adresse, anschrift, street und hausnummer, street hausnummer, rue,"
        " calle, direccion, indirizzo, straat, adres, ulica, postal address"
    ),
    "companyCity": _names(
        "city, town, city name, city town, town city, address 1 city, address city, city"
        " locality, ort, stadt, wohnort, ville, ciudad, citta, stad, plaats, miasto, locality"
    ),
    "companyState": _names(
        "state, state province, state region, province, address 1 region, address state, address"
        " region, state name, state county, province state, bundesland, kanton, provincia,"
        " provincie, state or province, state or region, state code"
    ),
    "companyPostalCode": _names(
        "zip, zip code, address 1 zip, address zip, plz, postleitzahl, code postal, codigo"
        " postal, kod pocztowy, pin code, pincode, postal"
    ),
    "companyCountry": _names(
        "country, country region, country name, address 1 country, address country, land, staat,"
        " pays, pais, paese, kraj, nation, country code"
    ),
    "companyNotes": (),
    "companyAddressLine2": (),
    "companyPhone": (),
}

#: Names that mean one thing in their language, as sure as the first ones are in English.
PLAIN = frozenset(
    _names(
        "given name, family name, surname, vorname, nachname, familienname, firma, firmenname,"
        " unternehmen, unternehmensname, telefon, notizen, notiz, bemerkungen, branche, plz,"
        " postleitzahl, webseite, leadquelle, zeitzone, prenom, nom de famille, entreprise,"
        " voornaam, achternaam, bedrijf, bedrijfsnaam, apellido, apellidos, empresa, cognome,"
        " azienda, imie, nazwisko, organization name, comments, remarks"
    )
)

#: Names that say the company by themselves.
COMPANY_NAME = _names(
    "company name, company, organization name, organization, account name, account, business"
    " name, employer, organization 1 name, associated company, primary company, primary associated"
    " company, current company, company account, company organization, organization company,"
    " firma organization, firma unternehmen,"
    " business, firm, firm name, company legal name, legal name, current employer, employer name,"
    " firma, firmenname, unternehmen, unternehmensname, arbeitgeber, gesellschaft, societe,"
    " entreprise, raison sociale, nom de l entreprise, nom de la societe, empresa, nombre de la"
    " empresa, compania, azienda, ragione sociale, bedrijf, bedrijfsnaam, werkgever, name der"
    " firma, nazwa firmy, company title name, name of company, name of organization, workplace,"
    " work company"
)
#: Words before a name that say it is the company's.
OF_COMPANY = _names(
    "company, organization, account, business, work, office, firmen, firma, unternehmens,"
    " corporate, mailing, billing, company 1, organization 1, work address, business address,"
    " company address, mailing address, geschaftlich, geschaftliche, headquarters, hq, dienstlich"
)
#: Those after which also a name of its own kind is meant ("Company phone", never "Work phone").
ALWAYS_COMPANY = (
    "company",
    "organization",
    "account",
    "corporate",
    "hq",
    "headquarters",
    "organization 1",
    "unternehmens",
)
#: Words before a name that say no more than that it is about the person.
OF_PERSON = _names(
    "contact, person, people, lead, prospect, customer, client, kontakt, kunde, kunden, contact"
    " s, recipient, attendee, participant, buyer, your, ansprechpartner, contact person"
)

#: What is said of a phone, best first: plain, at work, mobile, a second one, at home, another.
PHONES: tuple[tuple[str, ...], ...] = (
    _names(
        "phone, phone number, phone 1, primary phone, phone 1 value, main phone, phone primary,"
        " phone main, phone number 1, primary phone number, contact number, contact phone number,"
        " best phone, phonenummer, rufnummer, telefono, telefonnummer, numero de phone, numero"
        " telefono, numero de telefono, phone no, telefoon, telefoonnummer, phone number number,"
        " number phone"
    ),
    _names(
        "work phone, phone work, business phone, office phone, work phone number, direct phone,"
        " direct dial, direct line, work direct phone, business phone number, office phone number,"
        " phone office, phone business, phone direct, telefon geschaftlich, phone geschaftlich,"
        " durchwahl, work number, office number, business number, phone dienstlich, phone firma,"
        " direct number, business phone 1, work phone 1"
    ),
    _names(
        "mobile, mobile phone, mobile number, mobile phone number, cell, cell phone, cell number,"
        " cell phone number, phone mobile, phone cell, handy, handynummer, mobil, mobiltelefon,"
        " mobilphone, mobilnummer, mobiltelefonnummer, phone mobil, mobil phone, phone portable,"
        " portable, movil, telefono movil, cellulare, mobiel, mobile phone 1, mobile 1, gsm,"
        " numero mobile, telefono cellulare, celular"
    ),
    _names(
        "phone 2, phone 2 value, secondary phone, second phone, phone secondary, alternate phone,"
        " alternative phone, alt phone, phone number 2, secondary phone number, phone alternate,"
        " alternate phone number, phone 2 number, zweite phonenummer, weitere phonenummer"
    ),
    _names(
        "home phone, phone home, home phone number, phone privat, private phone, telefon privat"
    ),
    _names("other phone, phone other, other phone number, phone sonstige"),
)
COMPANY_PHONES = _names(
    "phone, main phone, phone number, telephone, zentrale, main number, phone 1"
)

#: Columns that hold addresses of others than the person, whatever their values look like.
NOT_THEIRS = frozenset(
    "owner assigned agent rep user created modified updated by alt alternate secondary second"
    " other home personal private 2 3 4 5 cc bcc assistant manager parent spouse referrer referred"
    " sender sales from to reply domain opt optin consent type label status billing invoice"
    " inhaber besitzer zustandig privat".split()
)
