"""What a record's panel shows of it: facts, each with its value and the fields that change it."""

import dataclasses
import datetime as dt
import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from crm.fields import EmailAddressField, NotesField, PhoneField, TimezoneField, WebsiteField
from crm.records.catalog import RecordField, active_custom_fields, built_in_fields
from crm.records.models import CustomField, CustomizedRecord, Record
from crm.records.values import FieldType
from crm.web import text
from crm.web.markdown import markdown

LONG = "prose"
CELL = "records/_fact.html"


@dataclasses.dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a record: `value` as it is shown, "" where there is none.

    `fields` are those of the record's form that change it, none where it is not changed here;
    `text` is the value in words.
    """

    name: str
    label: str
    value: str
    fields: tuple[str, ...] = ()
    text: str = ""
    is_wide: bool = False
    css_class: str = ""
    template: str = CELL

    @property
    def place(self) -> str:
        """The id of its element."""
        return f"fact-{self.name.replace('.', '-')}"

    @property
    def verb_object(self) -> str:
        """The label in the middle of a sentence: `job title`, but `External ID` and `VAT`."""
        first = self.label.split(" ")[0]
        is_word = first[1:].islower() or len(first) == 1
        return self.label[:1].lower() + self.label[1:] if is_word else self.label


def column_fact(record: Record, name: str, **changes: Any) -> Fact:
    """Return the fact in one of the record's columns; `changes` are what is special about it."""
    field = built_in_fields(record._meta.model_name or "")[name]
    value = getattr(record, name)
    words = field.show(value, record.phone_region)
    is_long = isinstance(field.column, NotesField)
    fact = Fact(
        name=name,
        label=field.label,
        value=_markup(field, value, words) if words else "",
        fields=(name,),
        text=words,
        is_wide=is_long,
        css_class=LONG if is_long else "",
    )
    return dataclasses.replace(fact, **changes)


def moment_fact(name: str, label: str, moment: dt.datetime | None) -> Fact:
    """Return when something happened, which nobody changes."""
    return Fact(name, label, text.time_tag(moment, timezone.now()))


def lines_fact(name: str, label: str, lines: Iterable[str], fields: tuple[str, ...]) -> Fact:
    """Return what several fields say together, a line each."""
    shown = [line for line in lines if line]
    value = format_html_join(SafeString("<br>"), "{}", ((line,) for line in shown))
    return Fact(name, label, value, fields, ", ".join(shown), is_wide=True)


def _markup(field: RecordField, value: Any, words: str) -> str:
    """Return a value as its panel shows it: what can be called, written to or opened is a link."""
    match field.column:
        case PhoneField():
            return format_html('<a class="link numeric" href="tel:{}">{}</a>', value, words)
        case EmailAddressField():
            link = '<a class="link truncate" href="mailto:{0}" title="{0}">{0}</a>'
            return format_html(link, value)
        case WebsiteField():
            return web_link(value)
        case TimezoneField():
            return _local_time(value)
        case NotesField():
            return markdown(value)
    return plain(words)


def plain(words: str, css_class: str = "truncate") -> SafeString:
    """Return words on one line, in full on hover."""
    return format_html('<span class="{1}" title="{0}">{0}</span>', words, css_class)


def web_link(website: str) -> str:
    """Return the link to a website, by its host; "" for none."""
    if not website:
        return ""
    link = '<a class="link truncate" href="{}" rel="noopener noreferrer" target="_blank">{}</a>'
    return format_html(link, website, text.host(website))


def _local_time(name: str) -> SafeString:
    now = timezone.now().astimezone(zoneinfo.ZoneInfo(name))
    city = name.rpartition("/")[2].replace("_", " ")
    shown = '<span class="truncate" title="{}"><span class="numeric">{}</span>, {}</span>'
    return format_html(shown, name, f"{now:%H:%M}", city)


def custom_facts(record: CustomizedRecord) -> list[Fact]:
    """Return the record's facts in its team's own fields, archived ones aside: one query."""
    entity_type = record._meta.model_name or ""
    fields = active_custom_fields(record.team_id, entity_type)
    return [_custom_fact(field, record.custom_fields.get(field.key)) for field in fields]


def _custom_fact(field: CustomField, value: Any) -> Fact:
    words = RecordField(field.name, field.label, custom=field).show(value)
    is_long = field.field_type == FieldType.TEXTAREA
    is_number = field.field_type in (FieldType.NUMBER, FieldType.DATE)
    shown = (
        markdown(words)
        if is_long
        else plain(words, "truncate numeric" if is_number else "truncate")
    )
    return Fact(
        name=field.name,
        label=field.label,
        value=shown if words else "",
        fields=(field.name,),
        text=words,
        is_wide=is_long,
        css_class=LONG if is_long else "",
    )
