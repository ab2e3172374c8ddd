"""Open311 GeoReport v2: held against schemas written from the specification, in both formats."""

import re
import uuid
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from django.test import Client

from huiyin.needs import actions
from huiyin.needs.models import Need
from huiyin.needs.rules import services, sorting
from huiyin.needs.tests.test_actions import registered
from huiyin.needs.tests.test_api import opened
from huiyin.org.tests.make import Town
from huiyin.platform import clock

TEXT = {"type": "string"}
W3C = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}


def array(fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """Return the schema of a bare array of objects."""
    return {
        "type": "array",
        "items": {"type": "object", "properties": fields, "required": required, "additionalProperties": False},
    }


# Written from https://wiki.open311.org/GeoReport_v2/ (fields, types, which may be empty)
SCHEMAS: dict[str, dict[str, Any]] = {
    "services": array(
        {
            "service_code": TEXT, "service_name": TEXT, "description": TEXT, "metadata": {"type": "boolean"},
            "type": {"enum": ["realtime", "batch", "blackbox"]}, "keywords": TEXT, "group": TEXT,
        },
        ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"],
    ),
    "definition": {
        "type": "object", "required": ["service_code", "attributes"], "additionalProperties": False,
        "properties": {
            "service_code": TEXT,
            "attributes": array(
                {
                    "variable": {"type": "boolean"}, "code": TEXT, "required": {"type": "boolean"},
                    "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
                    "datatype_description": TEXT, "order": {"type": "integer"}, "description": TEXT,
                    "values": array({"key": TEXT, "name": TEXT}, ["key", "name"]),
                },
                ["variable", "code", "datatype", "required", "datatype_description", "order", "description"],
            ),
        },
    },
    "requests": array(
        {
            "service_request_id": TEXT, "status": {"enum": ["open", "closed"]}, "status_notes": TEXT, "service_name": TEXT,
            "service_code": TEXT, "description": TEXT, "agency_responsible": TEXT, "service_notice": TEXT,
            "requested_datetime": W3C, "updated_datetime": W3C, "expected_datetime": W3C, "address": TEXT,
            "address_id": TEXT, "zipcode": TEXT, "lat": {"type": ["number", "null"]}, "long": {"type": ["number", "null"]},
            "media_url": TEXT,
        },
        ["service_request_id", "status", "service_name", "service_code", "requested_datetime", "updated_datetime"],
    ),
    "posted": array(
        {"service_request_id": TEXT, "service_notice": TEXT, "account_id": {"type": ["string", "null"]}},
        ["service_request_id"],
    ),
    "token": array({"service_request_id": TEXT, "token": TEXT}, ["service_request_id", "token"]),
    "errors": {**array({"code": {"type": "integer"}, "description": TEXT}, ["code", "description"]), "minItems": 1},
}  # fmt: skip


def get(path: str, **query: Any) -> Any:
    """Ask as anybody."""
    return Client(raise_request_exception=False).get(f"/open311/v2/{path}", query)


def post(ending: str = "json", **given: Any) -> Any:
    """Send as a program."""
    return Client(raise_request_exception=False).post(f"/open311/v2/requests.{ending}", given)


def held(answer: Any, schema: str, status: int = 200) -> Any:
    """Return what was answered in JSON, after its status and shape were held."""
    assert answer.status_code == status, answer.content
    jsonschema.validate(answer.json(), SCHEMAS[schema])
    return answer.json()


def said(town: Town, **more: Any) -> dict[str, Any]:
    """Return what a program sends of a lamp."""
    return {
        "api_key": opened(town), "service_code": "01", "lat": "28.001", "long": "115.501", "description": "路灯坏了", **more,
    }  # fmt: skip


def test_the_services_are_the_first_level_of_the_tree_and_one_for_the_rest(db: None) -> None:
    found = held(get("services.json"), "services")
    first = {sorting.first_level(path) for path in sorting.categories()}
    assert {s["service_name"] for s in found} - {"其他事项"} == first
    assert len({s["service_code"] for s in found}) == len(first) + 1
    for one in found:
        held(get(f"services/{one['service_code']}.json"), "definition")
        assert services.code_of(one["service_name"]) == one["service_code"]


def test_discovery_says_where_and_what(db: None) -> None:
    for path in ("/open311/discovery", "/open311/v2/discovery"):
        said = Client().get(f"{path}.json").json()
        assert said["endpoints"][0]["url"].endswith("/open311/v2")
        root = Xml.fromstring(Client().get(f"{path}.xml").content)
        assert root.tag == "discovery"
        assert [f.text for f in root.findall("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"]


def test_what_is_sent_in_json_and_xml_is_read_with_the_same_key_and_by_nobody_else(town: Town) -> None:
    given = said(town, **{"attribute[kind]": services.kinds_of("01")[0], "first_name": "青溪", "last_name": "宋"})
    key = held(post(**given), "posted", 201)[0]["service_request_id"]
    need = Need.objects.get(pk=key)
    assert need.category == f"城乡建设/{services.kinds_of('01')[0]}"
    assert need.unit == town.units["lake1"]
    root = Xml.fromstring(post("xml", **given).content)
    assert [root.tag, root[0].tag] == ["service_requests", "request"]
    one = held(get(f"requests/{key}.json", api_key=given["api_key"]), "requests")[0]
    assert (one["description"], one["status"], one["service_code"]) == ("路灯坏了", "open", "01")
    assert held(get(f"requests/{key}.json"), "errors", 404)
    assert held(get("requests.json"), "requests") == []
    assert {r["service_request_id"] for r in held(get("requests.json", api_key=given["api_key"]), "requests")} == {
        key, root[0].findtext("service_request_id"),
    }  # fmt: skip
    assert held(get(f"tokens/{key}.json", api_key=given["api_key"]), "token")[0]["service_request_id"] == key


def test_everybody_sees_what_residents_let_be_shown_by_grid_without_personal_data(town: Town) -> None:
    need = registered(
        town, public=True, words="我叫宋青溪，电话13912345678，路灯坏了", point=(115.5011, 28.0017), building_id=None
    )
    registered(town)
    registered(town, public=True, about_staff="何主任")
    found = held(get("requests.json"), "requests")
    assert [r["service_request_id"] for r in found] == [str(need.id)]
    assert "13912345678" not in str(found)
    assert "宋青溪" not in str(found)
    assert "路灯坏了" in found[0]["description"]
    assert (found[0]["long"], found[0]["lat"]) != (115.5011, 28.0017)
    assert need.code not in str(found), "the code is the resident's"
    one = Xml.fromstring(get(f"requests/{need.id}.xml").content)[0]
    assert {c.tag: c.text or "" for c in one} == {k: "" if v is None else str(v) for k, v in found[0].items()}


def test_a_mediation_is_shown_to_nobody(town: Town) -> None:
    need = registered(town, public=True)
    actions.sort(town.actor("head"), need.id, sorting_is=sorting.Sorting(kind="mediation"))
    assert held(get("requests.json"), "requests") == []


def test_a_list_is_narrowed_as_the_specification_says(town: Town) -> None:
    old, new = (
        registered(town, public=True, received_at=clock.now() - timedelta(days=days), category=category)
        for days, category in ((100, "环境保护"), (1, "城乡建设"))
    )
    start = (clock.now() - timedelta(days=110)).isoformat(timespec="seconds")

    def keys(**query: Any) -> list[str]:
        return [r["service_request_id"] for r in held(get("requests.json", **query), "requests")]

    assert keys() == [str(new.id)], "the last 90 days"
    assert keys(start_date=start) == [str(old.id)], "90 days from there on"
    assert keys(service_code="02,01") == [str(new.id)]
    assert keys(service_code="02") == []
    assert keys(status="closed") == []
    assert keys(status="open,closed") == [str(new.id)]
    assert set(keys(service_request_id=f"{old.id},{new.id},nonsense", status="closed")) == {str(old.id), str(new.id)}
    assert keys(jurisdiction_id="lianhua") == [str(new.id)]
    assert keys(jurisdiction_id="fengshu") == []
    assert keys(page="2", page_size="1") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"status": "lost"}, 400),
        ({"start_date": "yesterday"}, 400),
        ({"start_date": "2026-01-01"}, 400),
        ({"start_date": "0001-01-01T00:00:00Z"}, 200),
        ({"end_date": "0001-01-01T00:00:00Z"}, 400),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, 400),
        ({"service_code": "77"}, 400),
        ({"jurisdiction_id": "nowhere"}, 404),
        ({"service_request_id": "x"}, 404),
        ({"service_request_id": "\x00"}, 404),
        ({"page": "-1", "page_size": "999999999999"}, 200),
    ],
)
@pytest.mark.parametrize("ending", ["json", "xml"])
def test_a_wrong_question_is_answered_in_the_specification_s_form(
    town: Town, query: Any, status: int, ending: str
) -> None:
    answer = get(f"requests.{ending}", **query)
    assert answer.status_code == status, answer.content
    if status != 200 and ending == "json":
        assert held(answer, "errors", status)[0]["code"] == status
    if status != 200 and ending == "xml":
        root = Xml.fromstring(answer.content)
        assert [root.tag, root[0].tag, root[0].findtext("code")] == ["errors", "error", str(status)]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "hy_wrong"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "77"}, 404),
        ({"description": " "}, 400),
        ({"description": "灯" * 5001}, 400),
        ({"description": "灯\x00坏"}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "99"}, 400),
        ({"lat": "28.001", "long": "115.53"}, 400),  # the village's, not the token's
        ({"attribute[kind]": "没有"}, 400),
        ({"email": "no"}, 400),
        ({"phone": "12"}, 400),
        ({"jurisdiction_id": "nowhere"}, 404),
        ({"address_id": str(uuid.uuid4()), "lat": "", "long": ""}, 404),
    ],
)
def test_what_cannot_be_taken_in_is_said_and_nothing_is_kept(town: Town, change: Any, status: int) -> None:
    errors = held(post(**said(town, **change)), "errors", status)
    assert re.search("[\u4e00-\u9fff]", errors[0]["description"])
    assert Need.objects.count() == 0


def test_an_address_in_words_or_by_its_key_is_found(town: Town) -> None:
    key = opened(town)
    words = {"api_key": key, "service_code": "99", "description": "路灯坏了"}
    for where in ({"address_string": "青禾苑3号楼门口"}, {"address_id": str(town.building.id)}):
        held(post(**words, **where), "posted", 201)
    assert {n.unit for n in Need.objects.all()} == {town.units["lake1"]}
    held(post(**words, address_string="莲花社区门口"), "posted", 201)
    held(post(**words, address_string="月球"), "errors", 400)


def test_characters_that_xml_does_not_know_do_not_break_it(town: Town) -> None:
    registered(town, public=True, words="路灯\x0b坏了 <b>&amp;\ud7ff")
    root = Xml.fromstring(get("requests.xml").content)
    assert "坏了 <b>&amp;" in (root[0].findtext("description") or "")
