"""The email that brings an invitation, sent in the background."""

from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse

from crm.team_settings.models import Invitation


@task
def send_invitation(invitation_id: str) -> None:
    """Send the link to the address it is for, unless it is of no use any more."""
    found = Invitation.objects.pending().exclude(email="").filter(pk=invitation_id)
    invitation = found.select_related("team", "created_by").first()
    if invitation is None:
        return
    context = {"invitation": invitation, "url": invitation_url(invitation)}
    send_mail(
        render_to_string("team_settings/people/invitation_subject.txt", context).strip(),
        render_to_string("team_settings/people/invitation_email.txt", context),
        None,
        [invitation.email],
    )


def invitation_url(invitation: Invitation) -> str:
    """Return the link, on the site's own address: a request's Host header is the asker's word."""
    path = reverse("join", args=[invitation.token])
    return urljoin(f"{settings.PUBLIC_BASE_URL}/", path)
