"""Signing in and out, one's own account, and the way from `/` to one's team."""

import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from crm.accounts import last_team, lockout, tasks
from crm.accounts.forms import AccountForm, OwnPasswordForm, PasswordResetForm, SignInForm
from crm.accounts.models import User

#: One address gets one reset link in so many seconds, however often somebody asks.
RESET_PAUSE = 60


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the contacts of the team seen last, else of the one joined first, or to none."""
    assert isinstance(request.user, User)
    joined = request.user.memberships.order_by("created_at", "pk")
    slugs = list(joined.values_list("team__slug", flat=True))
    if not slugs:
        return render(request, "accounts/no_team.html")
    last = last_team.recall(request)
    return redirect("contacts:list", last if last in slugs else slugs[0])


class SignInView(views.LoginView):
    """Sign in with an email address."""

    authentication_form = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True


class PasswordResetView(FormView[PasswordResetForm]):
    """Ask for the link that sets a new password; the answer is the same for every address."""

    form_class = PasswordResetForm
    template_name = "accounts/password_reset.html"
    success_url = reverse_lazy("password_reset_done")

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """Have the link sent, unless it was asked for a moment ago."""
        email = form.cleaned_data["email"].lower()
        digest = hashlib.sha256(email.encode()).hexdigest()
        if cache.add(f"password-reset:{digest}", 1, RESET_PAUSE):
            tasks.send_password_reset.enqueue(email)
        return super().form_valid(form)


class PasswordResetConfirmView(views.PasswordResetConfirmView):
    """Set a new password by the emailed link; that also ends a lockout."""

    template_name = "accounts/password_reset_confirm.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Store the password; who can read the mailbox may sign in at once."""
        lockout.forgive(form.user)
        return super().form_valid(form)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class AccountView(LoginRequiredMixin, View):
    """One's own name, timezone and password: two forms on one page, told apart by `save`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show both forms."""
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the form that was sent; what is wrong with it stands in it."""
        # A second copy, so that the page around a refused form still shows the stored name.
        assert isinstance(request.user, User)
        user = User.objects.get(pk=request.user.pk)
        if request.POST.get("save") == "password":
            return self._change_password(OwnPasswordForm(user, request.POST))
        return self._save(AccountForm(request.POST, instance=user))

    def _save(self, form: AccountForm) -> HttpResponse:
        if not form.is_valid():
            return self._page(form=form)
        form.save()
        messages.success(self.request, "Saved.")
        return redirect("account")

    def _change_password(self, form: OwnPasswordForm) -> HttpResponse:
        if not form.is_valid():
            return self._page(password_form=form)
        update_session_auth_hash(self.request, form.save())
        messages.success(self.request, "Password changed. You are signed out everywhere else.")
        return redirect("account")

    def _page(self, **forms: Any) -> HttpResponse:
        user = self.request.user
        context = {"form": AccountForm(instance=user), "password_form": OwnPasswordForm(user)}
        return render(self.request, "accounts/account.html", context | forms)
