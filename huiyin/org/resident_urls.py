"""Public addresses of this room."""

from django.urls import path

from huiyin.org import resident

urlpatterns = [path("c/<slug:slug>/map.json", resident.community_map, name="community_map")]
