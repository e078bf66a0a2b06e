"""Emails about accounts, sent in the background."""

from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from crm.accounts.models import User


@task
def send_password_reset(email: str) -> None:
    """Send the link that sets a new password, where somebody active signs in with `email`.

    Whether somebody does is looked up here and not in the request, whose time would tell it.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    context = {
        "user": user,
        "url": password_reset_url(user),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    send_mail(
        render_to_string("accounts/password_reset_subject.txt", context).strip(),
        render_to_string("accounts/password_reset_email.txt", context),
        None,
        [user.email],
    )


def password_reset_url(user: User) -> str:
    """Return the link, on the site's own address: a request's Host header is the asker's word."""
    path = reverse(
        "password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
    return urljoin(f"{settings.PUBLIC_BASE_URL}/", path)
