"""Add Callbook to a load generator's target file.

    python -m tests.benchmarks.target targets.json --loaded loaded.json --base http://127.0.0.1:8200
        --pid GUNICORN --pg-pid POSTMASTER --dsn "host=… dbname=…" [--meta meta.json]

targets.json is {"targets": {name: {base, headers, pid, pg_pid, dsn, endpoints}}}; `callbook` is
added beside what is there. Endpoint names and {placeholders} are the generator's.
"""

import argparse
import json
from pathlib import Path
from typing import Any


def endpoints(loaded: dict[str, Any], half: str, halfpage: str) -> dict[str, Any]:
    """Return Callbook's path for each endpoint the generator knows."""
    team, slug = loaded["team_id"], loaded["slug"]
    contacts = f"/api/crm/contacts?teamId={team}&limit=50"
    page = f"/t/{slug}/contacts"
    body = {
        "teamId": team,
        "companyId": loaded["company_id"],
        "firstName": "Load",
        "lastName": "Test",
        "email": "load{n}@load.example",
        "phone": "+1-202-555-0100",
        "leadStatus": "new",
    }
    return {
        "list_big": contacts,
        "filter": contacts + "&leadStatus=qualified&hasPhone=true",
        "deep": f"{contacts}&offset={half}",
        **{
            f"search_{kind}": f"{contacts}&search={{{kind}}}"
            for kind in ("common", "rare", "email", "phone")
        },
        "html_big": page,
        "html_deep": f"{page}?page={halfpage}",
        "html_search": page + "?search={rare}",
        "create": {
            "method": "POST",
            "path": "/api/crm/contacts",
            "body": json.dumps(body),
            "headers": {"Content-Type": "application/json"},
        },
    }


def main() -> None:
    """Read the arguments, add the target, write the file back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", type=Path)
    parser.add_argument("--loaded", type=Path, required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--pg-pid", type=int, required=True)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--name", default="callbook")
    options = parser.parse_args()
    loaded = json.loads(options.loaded.read_text())
    config = (
        json.loads(options.targets.read_text()) if options.targets.exists() else {"targets": {}}
    )
    config["targets"][options.name] = {
        "base": options.base,
        "headers": {"Authorization": f"Bearer {loaded['key']}", "Cookie": loaded["cookie"]},
        "pid": options.pid,
        "pg_pid": options.pg_pid,
        "dsn": options.dsn,
        "endpoints": endpoints(loaded, "{half}", "{halfpage}"),
    }
    options.targets.write_text(json.dumps(config, indent=1))


if __name__ == "__main__":
    main()
