"""Addresses for programs, in no language."""

from django.urls import path, re_path

from huiyin.needs.api import georeport, ical

_IN = r"\.(?P<ending>json|xml)$"
urlpatterns = [
    path("calendar/<uuid:user_id>/<str:token>.ics", ical.calendar, name="calendar"),
    re_path(rf"^open311/(?:v2/)?discovery{_IN}", georeport.discovery, name="georeport_discovery"),
    re_path(rf"^open311/v2/services{_IN}", georeport.service_list, name="georeport_services"),
    re_path(rf"^open311/v2/services/(?P<code>[0-9A-Za-z_-]{{1,20}}){_IN}", georeport.service, name="georeport_service"),
    re_path(rf"^open311/v2/requests{_IN}", georeport.requests, name="georeport_requests"),
    re_path(
        rf"^open311/v2/requests/(?P<key>[0-9A-Za-z_-]{{1,60}}){_IN}", georeport.request_one, name="georeport_request"
    ),
    re_path(rf"^open311/v2/tokens/(?P<key>[0-9A-Za-z_-]{{1,60}}){_IN}", georeport.token, name="georeport_token"),
]
