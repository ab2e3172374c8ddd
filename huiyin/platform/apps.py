"""Django's entry for this room."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "huiyin.platform"
    label = "platform"
