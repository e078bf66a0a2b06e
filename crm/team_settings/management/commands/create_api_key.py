from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from crm.history.models import Origin
from crm.history.recording import Author
from crm.team_settings.operations import create_api_key
from crm.teams.models import Scope, Team


class Command(BaseCommand):
    help = "Make an API key of a team and print it, as the last word; it cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("team", metavar="team-slug", help="as in /t/team-slug/contacts")
        parser.add_argument("name", help="what will use the key")
        parser.add_argument(
            "--scopes",
            nargs="+",
            default=[Scope.EVERYTHING.value],
            choices=Scope.values,
            help="what it may do (default: everything)",
        )
        parser.add_argument(
            "--rate-limit", type=int, default=0, metavar="N", help="requests an hour (default: any)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the key; raises CommandError where the team or a value is not fit."""
        team = Team.objects.filter(slug=options["team"]).first()
        if team is None:
            raise CommandError(f"There is no team “{options['team']}”.")
        try:
            key, secret = create_api_key(
                team,
                options["name"],
                by=Author(Origin.MANUAL),
                scopes=options["scopes"],
                rate_limit=options["rate_limit"],
            )
        except ValidationError as error:
            raise CommandError(_sentence(error)) from error
        self.stdout.write(f"“{key.name}” of {team.name}, shown only now: {secret}")


def _sentence(error: ValidationError) -> str:
    return " ".join(
        f"{field.replace('_', ' ')}: {message}"
        for field, messages in error.message_dict.items()
        for message in messages
    )
