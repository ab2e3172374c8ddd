"""The desk's addresses of this room."""

from django.urls import path

from huiyin.org.desk import account, factors, trail
from huiyin.org.desk import tree as desk

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
    path("people/<uuid:user_id>/second-factor/", desk.reset_factors, name="reset_factors"),
    path("posts/<uuid:post_id>/end/", desk.end_post, name="end_post"),
    path("posts/<uuid:post_id>/hand-over/", desk.hand_over, name="hand_over"),
    path("posts/<uuid:post_id>/stand-in/", desk.stand_in, name="stand_in"),
    path("audit/", trail.trail, name="audit"),
    path("audit/export/", trail.take, name="take_audit"),
    path("account/", account.account, name="account"),
    path("account/confirm/", account.confirm, name="account_confirm"),
    path("account/sessions/end/", account.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<uuid:session_id>/end/", account.end_session, name="end_session"),
    path("account/app/", factors.app, name="account_app"),
    path("account/app/qr.svg", factors.app_qr, name="account_app_qr"),
    path("account/app/remove/", factors.remove_app, name="remove_app"),
    path("account/codes/", factors.codes, name="account_codes"),
    path("account/passkeys/new/", factors.add_passkey, name="add_passkey"),
    path("account/passkeys/new/options.json", factors.new_passkey_options, name="new_passkey_options"),
    path("account/passkeys/<int:passkey_id>/", factors.passkey, name="passkey"),
    path("account/passkeys/<int:passkey_id>/remove/", factors.remove_passkey, name="remove_passkey"),
]
