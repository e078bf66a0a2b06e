from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from calls.providers.operations import create_connection
from calls.providers.registry import PLATFORMS
from crm.history.models import Origin
from crm.history.recording import Author
from crm.teams.models import Team


class Command(BaseCommand):
    help = "Connect a team to a voice platform and print, as the last word, its webhook address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("team", metavar="team-slug", help="as in /t/team-slug/contacts")
        parser.add_argument("provider", choices=list(PLATFORMS))
        parser.add_argument(
            "--secret",
            required=True,
            help="what the platform signs its webhooks with (Telnyx: its public key)",
        )
        parser.add_argument(
            "--api-key", default="", help="for fetching audio and dialling (Twilio: SID:token)"
        )
        parser.add_argument("--name", default="", help="default: the platform's own")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the connection; raises CommandError where the team or a value is not fit."""
        team = Team.objects.filter(slug=options["team"]).first()
        if team is None:
            raise CommandError(f"There is no team “{options['team']}”.")
        if not options["secret"].strip():
            raise CommandError("Enter the secret that the platform signs its webhooks with.")
        account_id, api_key = "", options["api_key"]
        if PLATFORMS[options["provider"]].has_account_id:
            account_id, _, api_key = api_key.rpartition(":")
        try:
            connection = create_connection(
                team,
                options["provider"],
                by=Author(Origin.MANUAL),
                secret=options["secret"],
                name=options["name"],
                account_id=account_id,
                api_key=api_key,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            f"{team.name} takes {connection.platform.label}'s webhooks at {connection.webhook_url}"
        )
