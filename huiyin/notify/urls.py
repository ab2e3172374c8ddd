"""Addresses of this room."""

from django.urls import path

from huiyin.notify import resident

urlpatterns = [path("outbox/", resident.outbox, name="outbox")]
