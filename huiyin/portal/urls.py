"""Addresses of this room."""

from django.urls import path

from huiyin.portal import resident

urlpatterns = [
    path("", resident.home, name="home"),
    path("c/<slug:slug>/", resident.community, name="community"),
]
