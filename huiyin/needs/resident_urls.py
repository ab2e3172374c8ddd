"""Residents' addresses of this room."""

from django.urls import path

from huiyin.needs.resident import around, matters, rating, work

urlpatterns = [
    path("report/", matters.report, name="report"),
    path("c/<slug:slug>/report/", matters.report, name="report_here"),
    path("c/<slug:slug>/around/", around.around, name="around"),
    path("c/<slug:slug>/around.json", around.around_map, name="around_map"),
    path("places.json", matters.places, name="places"),
    path("track/", matters.track, name="track"),
    path("mine/", matters.mine, name="mine"),
    path("mine/looks/", matters.my_looks, name="my_looks"),
    path("mine/phone/", matters.prove, name="prove"),
    path("mine/code/", matters.prove_code, name="prove_code"),
    path("m/<str:code>/<str:token>/", matters.progress, name="progress"),
    path("m/<str:code>/<str:token>/receipt/", matters.receipt, name="receipt"),
    path("m/<str:code>/<str:token>/seen/", matters.seen, name="seen"),
    path("m/<str:code>/<str:token>/withdraw/", matters.withdraw, name="withdraw"),
    path("m/<str:code>/<str:token>/photos/<int:position>/", matters.resident_photo, name="resident_photo"),
    path("r/<str:code>/<int:number>/<str:token>/", rating.rate, name="rate"),
    path("o/<int:number>/<str:token>/", work.outside, name="outside_order"),
    path("claim/", work.claims, name="claims"),
    path("claim/<uuid:order_id>/", work.my_order, name="my_order"),
]
