"""The examples of docs/api.md, run in their order: what they show is what the server says."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from contacts.imports.tasks import work_on_import
from tests.api.client import Program
from tests.factories import TeamFactory

PAGE = Path(__file__).parents[2] / "docs/api.md"
HOST = "https://crm.example.com"
#: A block with a command, and the block with its answer.
EXAMPLE = re.compile(r"```sh\n([^`]*curl [^`]*)```\n\n```http\n([^`]*)```")
FILE = re.compile(r"```csv\n([^`]*)```")
#: What differs from one run to the next: ids of our making, and the times of the run.
CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"
)
NAMES = {"companies": "COMPANY", "contacts": "CONTACT", "calls": "CALL", "imports": "IMPORT"}


@pytest.fixture
def api(db: None, settings: Any, tmp_path: Path) -> Program:
    settings.MEDIA_ROOT = tmp_path
    settings.ALLOWED_HOSTS = ["crm.example.com"]
    return Program(TeamFactory.create(name="North", region="US"), name="Website", rate_limit=1000)


def run(api: Program, command: str, known: dict[str, str]) -> Any:
    """Send what curl would, with the shell's variables put in."""
    command = command[command.index("curl ") :]
    for name, value in known.items():
        command = command.replace(f"'${name}'", value).replace(f"${name}", value)
    words: Iterator[str] = iter(shlex.split(command))
    method, path, body, headers = "", "", b"", {}
    form: dict[str, Any] = {}
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "--json":
            body = next(words).encode()
        elif word == "-F":
            name, _, value = next(words).partition("=")
            form[name] = the_file(value[1:]) if value.startswith("@") else value
        else:
            path = word.removeprefix(HOST)
    assert headers.pop("$AUTH") == ""
    site = {"HTTP_HOST": "crm.example.com", "wsgi.url_scheme": "https"}
    if form:
        body, site["content_type"] = encode_multipart(BOUNDARY, form), MULTIPART_CONTENT
    return api.send(method or ("POST" if body else "GET"), path, body, headers=headers, **site)


def the_file(name: str) -> SimpleUploadedFile:
    """Return the file that the page shows."""
    (content,) = FILE.findall(PAGE.read_text())
    return SimpleUploadedFile(name, content.encode(), content_type="text/csv")


def shown(response: Any, like: str) -> str:
    """Return the answer as the page shows it, with the headers that `like` has."""
    head = like.partition("\n\n")[0].split("\n")
    lines = [f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
    lines += [f"{name}: {response[name]}" for name in (line.partition(":")[0] for line in head[1:])]
    body = json.dumps(response.json(), indent=2, ensure_ascii=False)
    return "\n".join([*lines, "", body, ""])


def remember(response: Any, known: dict[str, str]) -> None:
    """Keep the id of what was created, as the page's reader does."""
    if response.status_code in (201, 202):
        known[NAMES[response["Location"].split("/")[-2]]] = response.json()["id"]
    if response.status_code == 202:
        work_on_import.call(response.json()["teamId"], response.json()["id"])


# PostgreSQL gives the keys of stored JSON back in an order of its own, and the text is compared.
@pytest.mark.once
def test_the_examples_are_true(api: Program) -> None:
    examples = EXAMPLE.findall(PAGE.read_text())
    assert len(examples) == PAGE.read_text().count("```http")
    known = {"API": f"{HOST}/api/crm", "TEAM": str(api.team.pk)}
    for command, answer in examples:
        response = run(api, command, known)
        remember(response, known)
        assert CHANGING.sub("…", shown(response, answer)) == CHANGING.sub("…", answer), command
