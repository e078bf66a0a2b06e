"""The pages of a team's people: who belongs to it and as what, leaving it, handing it over."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.generic import TemplateView, View

from crm.history.recording import Author
from crm.team_settings.models import Invitation
from crm.team_settings.people.forms import HandOverForm, InvitationForm, RoleForm
from crm.team_settings.people.operations import (
    change_role,
    hand_over,
    invite,
    leave_team,
    remove_member,
    revoke_invitation,
)
from crm.team_settings.people.tasks import invitation_url
from crm.teams import access
from crm.teams.access import TeamMixin
from crm.teams.models import Membership, Right, Role


class MemberList(TeamMixin, TemplateView):
    """Who belongs to the team, and what each role may do; for every member."""

    template_name = "team_settings/people/members.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the members, by name."""
        found = self.team.memberships.select_related("user").order_by("user__name", "user__email")
        members = [(each, access.may_manage(self.membership, each)) for each in found]
        return super().get_context_data(
            members=members,
            invitations=self._invitations(),
            roles=Role,
            rights=access.rights_by_role(),
            **kwargs,
        )

    def _invitations(self) -> list[tuple[Invitation, bool]]:
        """Return the pending ones, and whether the viewer may revoke them; none to who may not."""
        if not self.membership.can_administer:
            return []
        pending = Invitation.objects.pending().filter(team=self.team).select_related("created_by")
        return [(each, access.may_give(self.membership, each.role)) for each in pending]


class MemberMixin(TeamMixin):
    """A page about one member, for who may change that member's place."""

    needs = Right.ADMINISTER

    def get_member(self) -> Membership:
        """Return the member; raises Http404, or PermissionDenied where they stay as they are."""
        members = self.team.memberships.select_related("user", "team")
        member = get_object_or_404(members, pk=self.kwargs["pk"])
        access.require_managing(self.membership, member)
        return member


class MemberPage(MemberMixin, View):
    """Gives a member another role."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the roles there are to give."""
        member = self.get_member()
        form = RoleForm(rights_of=self.membership, initial={"role": member.role})
        return self._page(member, form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Give the role; what stands against it is said."""
        member, form = self.get_member(), RoleForm(request.POST, rights_of=self.membership)
        if not form.is_valid():
            return self._page(member, form)
        by, role = Author.person(request.user), form.cleaned_data["role"]
        try:
            member = change_role(member, role, by=by, rights_of=self.membership)
        except ValidationError as refused:
            form.add_error("role", refused)
            return self._page(member, form)
        messages.success(request, f"{member.user}: {member.get_role_display().lower()}.")
        return redirect("team_settings:members", self.team.slug)

    def _page(self, member: Membership, form: RoleForm) -> HttpResponse:
        context = {
            "member": member,
            "form": form,
            "roles": Role,
            "rights": access.rights_by_role(),
        }
        return render(self.request, "team_settings/people/member.html", context)


class MemberRemove(MemberMixin, View):
    """Asks, naming the member, and ends their place in the team."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say who will be removed."""
        return self._page({"member": self.get_member()})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Remove them."""
        member = self.get_member()
        try:
            remove_member(member, by=Author.person(request.user), rights_of=self.membership)
        except ValidationError as refused:
            return self._page({"member": member, "problem": " ".join(refused.messages)}, 409)
        messages.success(request, f"{member.user} no longer belongs to the team.")
        return redirect("team_settings:members", self.team.slug)

    def _page(self, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return render(
            self.request, "team_settings/people/member_remove.html", context, status=status
        )


@method_decorator(never_cache, name="dispatch")
class InvitationCreate(TeamMixin, View):
    """Invite somebody; the answer to the form shows the link, once."""

    needs = Right.ADMINISTER

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the empty form."""
        return self._form(InvitationForm(rights_of=self.membership))

    @method_decorator(sensitive_variables("context"))
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Make the invitation and show its link."""
        form = InvitationForm(request.POST, rights_of=self.membership)
        if not form.is_valid():
            return self._form(form)
        given = form.cleaned_data
        try:
            invitation = invite(
                self.team,
                given["role"],
                email=given["email"],
                life=dt.timedelta(days=given["days"]),
                by=Author.person(request.user),
                rights_of=self.membership,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
            return self._form(form)
        context = {"invitation": invitation, "url": invitation_url(invitation)}
        return render(request, "team_settings/people/invitation_created.html", context)

    def _form(self, form: InvitationForm) -> HttpResponse:
        context = {"form": form, "roles": Role, "rights": access.rights_by_role()}
        return render(self.request, "team_settings/people/invitation_form.html", context)


class InvitationRevoke(TeamMixin, View):
    """Asks, naming the invitation, and makes its link useless for good."""

    needs = Right.ADMINISTER

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say what will be revoked."""
        context = {"invitation": self.get_invitation()}
        return render(request, "team_settings/people/invitation_revoke.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Revoke it."""
        invitation = self.get_invitation()
        revoke_invitation(invitation, by=Author.person(request.user), rights_of=self.membership)
        messages.success(request, "The invitation is revoked.")
        return redirect("team_settings:members", self.team.slug)

    def get_invitation(self) -> Invitation:
        """Return a pending one of the team; raises Http404, or PermissionDenied."""
        pending = Invitation.objects.pending().filter(team=self.team)
        invitation = get_object_or_404(pending, pk=self.kwargs["pk"])
        access.require_giving(self.membership, invitation.role)
        return invitation


class Leave(TeamMixin, View):
    """Asks, then ends one's own place in the team."""

    needs_to_send = Right.READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say what will be left."""
        return render(request, "team_settings/people/leave.html")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Leave; the only owner is told why not."""
        try:
            leave_team(self.membership, by=Author.person(request.user))
        except ValidationError as refused:
            context = {"problem": " ".join(refused.messages)}
            return render(request, "team_settings/people/leave.html", context, status=409)
        messages.success(request, f"You have left {self.team}.")
        return redirect("home")


class HandOver(TeamMixin, View):
    """Makes another member an owner, and the owner who asks an admin."""

    needs = needs_to_send = Right.OWN

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show whom to choose from."""
        return self._page(HandOverForm(rights_of=self.membership))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Hand the team over."""
        form = HandOverForm(request.POST, rights_of=self.membership)
        if not form.is_valid():
            return self._page(form)
        heir: Membership = form.cleaned_data["heir"]
        try:
            hand_over(self.membership, heir, by=Author.person(request.user))
        except ValidationError as refused:
            form.add_error("heir", refused)
            return self._page(form)
        messages.success(request, f"{heir.user} owns {self.team} now. You are an admin.")
        return redirect("team_settings:members", self.team.slug)

    def _page(self, form: HandOverForm) -> HttpResponse:
        return render(self.request, "team_settings/people/hand_over.html", {"form": form})
