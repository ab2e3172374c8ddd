"""The desk's addresses of this room."""

from django.urls import path

from huiyin.command import desk

urlpatterns = [
    path("dashboard/", desk.dashboard, name="dashboard"),
    path("brief/", desk.brief, name="brief"),
    path("status/", desk.status, name="status"),
    path("brief/<slug:form>/", desk.document, name="brief_document"),
]
