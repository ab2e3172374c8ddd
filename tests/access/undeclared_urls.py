"""One door that forgot to say who may come in, and one that did not: for the control."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from huiyin.config.urls import handler400, handler403, handler404, handler500
from huiyin.config.urls import urlpatterns as every
from huiyin.org.doors import public


def undeclared(request: HttpRequest) -> HttpResponse:
    """Forget to declare access."""
    return HttpResponse("open")


__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [path("undeclared/", undeclared), path("declared/", public(lambda request: HttpResponse("open"))), *every]
