"""Django's entry for this room."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "huiyin.platform"
    label = "platform"

    def ready(self) -> None:
        """Watch every connection for slow statements: the one hook Django has for connections of every thread."""
        from django.db.backends.signals import connection_created

        from huiyin.platform import slow

        connection_created.connect(slow.watched, dispatch_uid="huiyin.slow")
