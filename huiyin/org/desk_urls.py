"""The desk's addresses of this room."""

from django.urls import path

from huiyin.org import desk

urlpatterns = [
    path("units/", desk.units, name="units"),
    path("units/<uuid:unit_id>/", desk.unit, name="unit"),
    path("units/<uuid:unit_id>/map.json", desk.unit_map, name="unit_map"),
    path("units/<uuid:unit_id>/edit/", desk.edit_unit, name="edit_unit"),
    path("units/<uuid:unit_id>/add/", desk.add_unit, name="add_unit"),
    path("units/<uuid:unit_id>/move/", desk.move_unit, name="move_unit"),
    path("units/<uuid:unit_id>/end/", desk.end_unit, name="end_unit"),
    path("units/<uuid:unit_id>/boundary/", desk.boundary, name="boundary"),
    path("units/<uuid:unit_id>/import/", desk.import_boundaries, name="import_boundaries"),
    path("units/<uuid:unit_id>/appoint/", desk.appoint, name="appoint"),
    path("units/<uuid:unit_id>/invite/", desk.invite, name="invite"),
    path("workdays/", desk.workdays, name="workdays"),
    path("workdays/<str:day>/", desk.forget_workday, name="forget_workday"),
    path("people/", desk.people, name="people"),
    path("people/<uuid:user_id>/", desk.person, name="person"),
    path("people/<uuid:user_id>/password/", desk.give_password, name="give_password"),
    path("people/<uuid:user_id>/leave/", desk.leave, name="leave"),
    path("posts/<uuid:post_id>/end/", desk.end_post, name="end_post"),
    path("posts/<uuid:post_id>/hand-over/", desk.hand_over, name="hand_over"),
    path("posts/<uuid:post_id>/stand-in/", desk.stand_in, name="stand_in"),
]
