from typing import Any

from django.core.management.base import BaseCommand, CommandError

from calls.providers.operations import encrypt_anew


class Command(BaseCommand):
    help = (
        "Encrypt all stored secrets with the first of ENCRYPTION_KEYS, so that the others can go."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do so; raises CommandError where a secret's key is not among them."""
        done, lost = encrypt_anew()
        self.stdout.write(
            f"The secrets of {done} voice connection{'' if done == 1 else 's'} are encrypted with "
            "the first key."
        )
        if lost:
            names = ", ".join(f"“{each.name}” of {each.team.name}" for each in lost)
            raise CommandError(
                f"None of ENCRYPTION_KEYS can read the secrets of {names}. "
                "Put the key they were encrypted with behind the first one, or enter them again."
            )
