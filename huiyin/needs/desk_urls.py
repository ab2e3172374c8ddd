"""The desk's addresses of this room."""

from django.urls import path

from huiyin.needs.desk import lists, many, matters, orders, register, reply, themes

urlpatterns = [
    path("", matters.today, name="today"),
    path("for-me/", lists.for_me, name="for_me"),
    path("narrow/", lists.narrow, name="narrow"),
    path("views/<uuid:view_id>/forget/", lists.forget_view, name="forget_view"),
    path("select/", many.select, name="select"),
    path("many/<slug:kind>/", many.act, name="many"),
    path("batches/", many.batches, name="batches"),
    path("batches/<uuid:batch_id>/", many.batch, name="batch"),
    path("batches/<uuid:batch_id>/progress/", many.batch_progress, name="batch_progress"),
    path("batches/<uuid:batch_id>/stop/", many.batch_stop, name="batch_stop"),
    path("templates/", reply.templates, name="templates"),
    path("templates/<uuid:template_id>/", reply.templates, name="template"),
    path("templates/<uuid:template_id>/end/", reply.end_template, name="end_template"),
    path("themes/", themes.listed, name="themes"),
    path("themes/<uuid:theme_id>/", themes.theme, name="theme"),
    path("themes/<uuid:theme_id>/<slug:verb>/", themes.change, name="change_theme"),
    path("one-page/", matters.one_page, name="one_page"),
    path("register/", register.register, name="register"),
    path("register/places.json", register.place_names, name="place_names"),
    path("registered/<str:code>/<str:token>/", register.registered, name="registered"),
    path("needs/<uuid:need_id>/", matters.matter, name="matter"),
    path("needs/<uuid:need_id>/erase/", matters.erase, name="erase"),
    path("needs/<uuid:need_id>/undo/", matters.undo, name="undo"),
    path("needs/<uuid:need_id>/contact/", matters.contact, name="contact"),
    path("needs/<uuid:need_id>/photos/<int:position>/", matters.matter_photo, name="matter_photo"),
    path("needs/<uuid:need_id>/notes/<int:move_id>/<int:position>/", matters.note_photo, name="note_photo"),
    path("needs/<uuid:need_id>/ungroup/", themes.ungroup, name="ungroup"),
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
