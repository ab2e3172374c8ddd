"""Staff sign-in: allauth's pages, closed to sign-up, locked by django-axes."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from axes.decorators import axes_dispatch, axes_form_invalid
from django.conf import settings
from django.contrib.auth import logout as logout_user
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from huiyin.org import actions
from huiyin.org.doors import public
from huiyin.platform import limits
from huiyin.platform.errors import TooMany
from huiyin.platform.http import client_address, render_refusal


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts of staff are opened by who may appoint, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str = "", *args: Any, **more: Any
    ) -> None:
        """Say nothing at each sign-in: the page that opens shows who is at work."""
        if not message_template.endswith("logged_in.txt"):
            super().add_message(request, level, message_template, *args, **more)


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
    success_url = "/desk/start/"

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it, and note that it is the person's own now."""
        response = super().form_valid(form)
        actions.password_changed(self.request.actor)
        return response  # type: ignore[no-any-return]  # as above


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
logout = public(LogoutView.as_view(template_name="org/logout.html"))
password = public(DeskPasswordView.as_view())  # the view itself asks for a session
