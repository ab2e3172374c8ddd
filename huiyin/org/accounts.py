"""Staff sign-in: allauth's pages, closed to sign-up, locked by django-axes."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from allauth.mfa.adapter import DefaultMFAAdapter
from axes.decorators import axes_dispatch, axes_form_invalid
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as logout_user
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext

from huiyin.org import actions, presence
from huiyin.org.doors import public
from huiyin.platform import crypto, limits
from huiyin.platform.errors import TooMany
from huiyin.platform.http import client_address, render_refusal

BACKEND = "django.contrib.auth.backends.ModelBackend"


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts of staff are opened by who may appoint, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return what stands between the right password and being signed in."""
        return ["huiyin.org.second_step.SecondStep"]

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, under a new session key, and note it; say once that a factor was taken away."""
        user.backend = BACKEND
        super().login(request, user)
        presence.begin(request, user)
        if told := presence.told_of_reset(request, user):
            messages.warning(request, told)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str = "", *args: Any, **more: Any
    ) -> None:
        """Say nothing at each sign-in: the page that opens shows who is at work."""
        if not message_template.endswith("logged_in.txt"):
            super().add_message(request, level, message_template, *args, **more)

    def send_notification_mail(self, *args: Any, **more: Any) -> None:
        """Send no mail: staff see on their account's page what was done to it."""


class SecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # as above
    """What allauth keeps for second factors is encrypted, and passkeys carry our name."""

    def encrypt(self, text: str) -> str:
        """Return a secret as the database holds it."""
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret in the clear."""
        return crypto.decrypt(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return for which address passkeys count, and what the browser calls it."""
        return {**super().get_public_key_credential_rp_entity(), "name": gettext("Huiyin")}


class DeskLoginForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """The username counts whatever its case, so that the lock does too."""

    def clean_login(self) -> str:
        """Return the username in small letters."""
        return str(super().clean_login()).strip().lower()


@method_decorator(axes_dispatch, name="dispatch")
@method_decorator(axes_form_invalid, name="form_invalid")
class DeskLoginView(LoginView):  # type: ignore[misc]  # as above
    """The sign-in page of the desk."""

    template_name = "org/login.html"
    form_class = DeskLoginForm

    def get_form_class(self) -> type[LoginForm]:
        """Return our form, whatever allauth's settings name."""
        return DeskLoginForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Limit tries by address, over all usernames; let a resident's session not stand in the way."""
        if request.method == "POST":
            limits.hit("login", client_address(request), most=60, per_s=3600)
        if request.user.is_authenticated and getattr(request.user, "kind", "") != "staff":
            logout_user(request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]  # as above


class DeskPasswordView(PasswordChangeView):  # type: ignore[misc]  # as above
    """Change one's own password."""

    template_name = "org/password.html"
    success_url = reverse_lazy("start")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Limit tries: the old password is asked for here too."""
        if request.method == "POST" and request.user.is_authenticated:
            limits.hit("password", str(request.user.pk), most=8, per_s=900)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]  # as above

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it, note that it is the person's own now, and end every other session."""
        response = super().form_valid(form)
        actor = self.request.actor
        actions.password_changed(actor)
        actions.end_other_sessions(actor, but=presence.note_key(self.request, actor))
        limits.forget("password", str(actor.person_id))
        return response  # type: ignore[no-any-return]  # as above


class DeskLogoutView(LogoutView):  # type: ignore[misc]  # as above
    """Sign out, and note it."""

    template_name = "org/logout.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out."""
        if getattr(self.request.user, "kind", "") == "staff":
            actions.session_over(self.request.actor, key_hash=presence.key_of(self.request))
        return super().post(*args, **kwargs)  # type: ignore[no-any-return]  # as above


def locked_out(
    request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """Say that sign-in is locked for a while, and how long."""
    refusal = TooMany(
        "Sign-in is locked after too many wrong passwords.",
        hint="Please wait %(minutes)s minutes, or ask your administrator for a new password.",
        retry_after_s=int(settings.AXES_COOLOFF_TIME * 3600),
        minutes=int(settings.AXES_COOLOFF_TIME * 60),
    )
    return render_refusal(request, refusal)


login = public(DeskLoginView.as_view())
logout = public(DeskLogoutView.as_view())
password = public(DeskPasswordView.as_view())  # the view itself asks for a session
