"""`manage.py seed_demo`: two teams to look round in, and the sign-ins for them."""

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.demo.seeding import HOMES, USERS, seed, seeded

#: On a laptop everybody may know it. Anywhere else the password is made up anew and shown once.
LAPTOP_PASSWORD = "callbook-demo"  # noqa: S105


class Command(BaseCommand):
    """Fills the database with the demo data, or says that it is there already."""

    help = "Add the demo teams with companies, contacts and calls, and print the sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            is_there = seeded()
        except ValidationError as error:
            raise CommandError(error.message) from error
        if is_there:
            self.stdout.write("The demo data is there already; nothing was changed.")
            self._print_sign_ins(LAPTOP_PASSWORD if settings.DEBUG else "as printed the first time")
            return
        password = LAPTOP_PASSWORD if settings.DEBUG else secrets.token_urlsafe(12)
        seed(now=timezone.now(), password=password, is_staff=settings.DEBUG)
        self._print_sign_ins(password)

    def _print_sign_ins(self, password: str) -> None:
        self.stdout.write("Sign in with")
        for email, name, roles in USERS:
            places = ", ".join(f"{role} of {HOMES[slug].team}" for slug, role in roles.items())
            self.stdout.write(f"  {email:<25} {name}: {places}")
        self.stdout.write(f"  Password: {password}")
        if settings.DEBUG:
            self.stdout.write(f"  {USERS[0][0]} may also enter /admin/.")
