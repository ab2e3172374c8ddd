"""The desk's addresses of this room."""

from django.urls import path

from huiyin.needs.desk import matters, orders, register

urlpatterns = [
    path("", matters.today, name="today"),
    path("one-page/", matters.one_page, name="one_page"),
    path("register/", register.register, name="register"),
    path("register/places.json", register.place_names, name="place_names"),
    path("registered/<str:code>/<str:token>/", register.registered, name="registered"),
    path("needs/<uuid:need_id>/", matters.matter, name="matter"),
    path("needs/<uuid:need_id>/erase/", matters.erase, name="erase"),
    path("needs/<uuid:need_id>/undo/", matters.undo, name="undo"),
    path("needs/<uuid:need_id>/contact/", matters.contact, name="contact"),
    path("needs/<uuid:need_id>/photos/<int:position>/", matters.matter_photo, name="matter_photo"),
    path("needs/<uuid:need_id>/<slug:verb>/", matters.step, name="step"),
    path("orders/", orders.listed, name="orders"),
    path("orders/open/", orders.open_list, name="open_orders"),
    path("orders/outside/", orders.parties, name="outside_parties"),
    path("orders/<uuid:order_id>/", orders.order, name="order"),
    path("orders/<uuid:order_id>/contacts/", orders.contacts, name="order_contacts"),
    path("orders/<uuid:order_id>/slip/", orders.slip, name="order_slip"),
    path("orders/<uuid:order_id>/photos/<int:position>/", orders.photo, name="order_photo"),
    path("orders/<uuid:order_id>/<slug:verb>/", orders.step, name="order_step"),
]
