"""The pages of a team's settings: the team itself, and its API keys."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.generic import TemplateView, View

from crm import normalize
from crm.history.recording import Author
from crm.team_settings.forms import ApiKeyForm, TeamForm
from crm.team_settings.operations import revoke_api_key, save_team
from crm.teams.access import TeamMixin
from crm.teams.models import ApiKey, Right, Team


class TeamPage(TeamMixin, View):
    """What is said of the team: a form for owners and admins, to be read by everybody else."""

    needs_to_send = Right.ADMINISTER

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        return self._page(TeamForm(instance=self.team))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the form; what is wrong with it stands in it."""
        # A second copy, so that the page around a refused form still shows the stored name.
        form = TeamForm(request.POST, instance=Team.objects.get(pk=self.team.pk))
        if not form.is_valid():
            return self._page(form)
        if save_team(form.instance, by=Author.person(request.user)):
            messages.success(request, "Saved.")
        return redirect("team_settings:home", self.team.slug)

    def _page(self, form: TeamForm) -> HttpResponse:
        region = normalize.country_name(self.team.region)
        context = {"form": form, "region": region}
        return render(self.request, "team_settings/home.html", context)


class KeyList(TeamMixin, TemplateView):
    """The team's API keys, newest first."""

    needs = Right.ADMINISTER
    template_name = "team_settings/keys.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the keys, with who made them."""
        keys = self.team.api_keys.select_related("created_by")
        return super().get_context_data(keys=keys, **kwargs)


@method_decorator(never_cache, name="dispatch")
class KeyCreate(TeamMixin, View):
    """Make a key; the answer to the form shows it, once, and it is kept nowhere."""

    needs = Right.ADMINISTER

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the empty form."""
        return self._form(ApiKeyForm())

    @method_decorator(sensitive_variables("made", "secret"))
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Make the key and show it."""
        form = ApiKeyForm(request.POST)
        made = form.create(self.team, Author.person(request.user))
        if made is None:
            return self._form(form)
        key, secret = made
        return render(request, "team_settings/key_created.html", {"key": key, "secret": secret})

    def _form(self, form: ApiKeyForm) -> HttpResponse:
        return render(self.request, "team_settings/key_form.html", {"form": form})


class KeyRevoke(TeamMixin, View):
    """Asks, naming the key, and makes it useless for good."""

    needs = Right.ADMINISTER

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say what will be revoked."""
        return render(request, "team_settings/key_revoke.html", {"key": self.get_key()})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Revoke it."""
        key = self.get_key()
        revoke_api_key(key, by=Author.person(request.user))
        messages.success(request, f"“{key.name}” is revoked.")
        return redirect("team_settings:keys", self.team.slug)

    def get_key(self) -> ApiKey:
        """Return the team's key; raises Http404 where there is none."""
        return get_object_or_404(self.team.api_keys, pk=self.kwargs["pk"])
