"""The page behind an invitation's link: for who has no account yet, and for who is signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from crm.accounts.models import User
from crm.team_settings.models import Invitation, hash_token
from crm.team_settings.people.forms import NewAccountForm
from crm.team_settings.people.operations import accept_as_new, accept_invitation
from crm.teams.models import Membership

BACKEND = "crm.accounts.backends.PasswordBackend"


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class Join(View):
    """Shows what one is invited to, and lets in who accepts: as they are, or with a new account."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the invitation; one that is of no use any more says so, whatever the reason."""
        invitation = find(token)
        if invitation is None:
            return self._useless()
        return self._page(invitation)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Accept it."""
        invitation = find(token)
        if invitation is None:
            return self._useless()
        if isinstance(request.user, User):
            return self._join(invitation, request.user)
        return self._join_as_new(invitation)

    def _join(self, invitation: Invitation, user: User) -> HttpResponse:
        try:
            membership = accept_invitation(invitation, user)
        except ValidationError as refused:
            return self._page(invitation, problem=" ".join(refused.messages))
        return self._welcome(membership)

    def _join_as_new(self, invitation: Invitation) -> HttpResponse:
        form = NewAccountForm(self.request.POST, invitation=invitation)
        if not form.is_valid():
            return self._page(invitation, form=form)
        given = form.cleaned_data
        try:
            membership = accept_as_new(
                invitation, email=given["email"], name=given["name"], password=given["password"]
            )
        except ValidationError as refused:
            form.add_error(None, refused)
            return self._page(invitation, form=form)
        login(self.request, membership.user, backend=BACKEND)
        return self._welcome(membership)

    def _welcome(self, membership: Membership) -> HttpResponse:
        messages.success(self.request, f"Welcome to {membership.team}.")
        return redirect("contacts:list", membership.team.slug)

    def _page(self, invitation: Invitation, **context: Any) -> HttpResponse:
        user = self.request.user
        if isinstance(user, User):
            places = Membership.objects.filter(team=invitation.team_id, user=user)
            context["is_member"] = places.exists()
            context["is_somebody_else"] = invitation.email not in ("", user.email)
        else:
            context.setdefault("form", NewAccountForm(invitation=invitation))
        context |= {"invitation": invitation, "path": self.request.path}
        return render(self.request, "team_settings/people/join.html", context)

    def _useless(self) -> HttpResponse:
        return render(self.request, "team_settings/people/join_useless.html", status=404)


def find(token: str) -> Invitation | None:
    """Return the invitation that can be accepted with this token, if there is one."""
    found = Invitation.objects.pending().filter(token_hash=hash_token(token))
    return found.select_related("team", "created_by").first()
