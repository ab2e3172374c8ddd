"""The desk's addresses of this room."""

from django.urls import path

from huiyin.needs import desk

urlpatterns = [
    path("", desk.today, name="today"),
    path("register/", desk.register, name="register"),
    path("register/places.json", desk.place_names, name="place_names"),
    path("registered/<str:code>/<str:token>/", desk.registered, name="registered"),
    path("needs/<uuid:need_id>/", desk.matter, name="matter"),
    path("needs/<uuid:need_id>/erase/", desk.erase, name="erase"),
    path("needs/<uuid:need_id>/undo/", desk.undo, name="undo"),
    path("needs/<uuid:need_id>/contact/", desk.contact, name="contact"),
    path("needs/<uuid:need_id>/photos/<int:position>/", desk.matter_photo, name="matter_photo"),
    path("needs/<uuid:need_id>/<slug:verb>/", desk.step, name="step"),
]
