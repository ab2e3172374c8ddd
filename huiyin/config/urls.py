"""Every address. `prefix_default_language=False`: Chinese at /, English at /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from huiyin.config import api, api_docs, menu, scraping
from huiyin.org import accounts, second_step
from huiyin.org.doors import public
from huiyin.platform import health, web

handler400 = "huiyin.platform.http.bad_request"
handler403 = "huiyin.platform.http.not_found"
handler404 = "huiyin.platform.http.not_found"
handler500 = "huiyin.platform.http.broken"

urlpatterns = [
    path("healthz", public(health.alive), name="alive"),
    path("readyz", public(health.ready), name="ready"),
    path("metrics", public(scraping.metrics), name="metrics"),
    path("elder/", public(web.toggle_elder), name="elder"),
    path("api/v1/", include((api.urlpatterns, "api"))),
    path("", include("huiyin.needs.program_urls")),
    *i18n_patterns(
        path("api/", api_docs.page, name="api_docs"),
        path("desk/start/", menu.start, name="start"),
        path("desk/login/", accounts.login, name="account_login"),
        path("desk/login/code/", second_step.second_step, name="mfa_authenticate"),  # allauth leads there
        path("desk/login/code/options.json", second_step.second_step_options, name="second_step_options"),
        path("desk/login/passkey/", second_step.passkey_sign_in, name="passkey_sign_in"),
        path("desk/login/passkey/options.json", second_step.passkey_options, name="passkey_options"),
        path("desk/logout/", accounts.logout, name="account_logout"),
        path("desk/password/", accounts.password, name="account_change_password"),
        path("desk/", include("huiyin.org.desk_urls")),
        path("desk/", include("huiyin.notify.desk_urls")),
        path("desk/", include("huiyin.needs.desk_urls")),
        path("desk/", include("huiyin.command.desk_urls")),
        path("", include("huiyin.needs.resident_urls")),
        path("", include("huiyin.org.resident_urls")),
        path("", include("huiyin.notify.urls")),
        path("", include("huiyin.portal.urls")),
        prefix_default_language=False,
    ),
]
