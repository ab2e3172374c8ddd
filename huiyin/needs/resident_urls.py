"""Residents' addresses of this room."""

from django.urls import path

from huiyin.needs import resident

urlpatterns = [
    path("report/", resident.report, name="report"),
    path("c/<slug:slug>/report/", resident.report, name="report_here"),
    path("places.json", resident.places, name="places"),
    path("track/", resident.track, name="track"),
    path("mine/", resident.mine, name="mine"),
    path("mine/phone/", resident.prove, name="prove"),
    path("mine/code/", resident.prove_code, name="prove_code"),
    path("m/<str:code>/<str:token>/", resident.progress, name="progress"),
    path("m/<str:code>/<str:token>/receipt/", resident.receipt, name="receipt"),
    path("m/<str:code>/<str:token>/seen/", resident.seen, name="seen"),
    path("m/<str:code>/<str:token>/withdraw/", resident.withdraw, name="withdraw"),
    path("m/<str:code>/<str:token>/photos/<int:position>/", resident.resident_photo, name="resident_photo"),
]
