"""Django's entry for this room."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "huiyin.needs"
    label = "needs"
