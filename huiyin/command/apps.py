"""Django's entry for this room."""

from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "huiyin.command"
    label = "command"
