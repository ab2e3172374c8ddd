"""The desk's addresses of this room."""

from django.urls import path

from huiyin.notify import desk

urlpatterns = [
    path("connections/", desk.connections, name="connections"),
    path("connections/program/", desk.open_client, name="open_client"),
    path("connections/program/<uuid:client_id>/end/", desk.end_client, name="end_client"),
    path("connections/address/", desk.add_hook, name="add_hook"),
    path("connections/address/<uuid:hook_id>/", desk.hook, name="hook"),
    path("connections/address/<uuid:hook_id>/end/", desk.end_hook, name="end_hook"),
    path("connections/address/<uuid:hook_id>/<uuid:call_id>/", desk.call_again, name="call_again"),
]
