"""Other people's Open311 clients read and file with us, over real HTTP: georeport in both formats, three in JSON."""

import itertools
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from georeport import GeoReport

from huiyin.config.wsgi import application
from huiyin.needs.tests.test_actions import registered
from huiyin.needs.tests.test_api import opened
from huiyin.org.tests.make import Town


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def endpoint(committed_town: Town) -> Iterator[str]:
    """The address of Open311 on a server of our own."""
    with make_server("127.0.0.1", 0, application, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/open311/v2"
        server.shutdown()
        thread.join()


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`three` was written for Python 2: one name of its imports is another today."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    import three

    return three


@pytest.mark.parametrize("ending", ["json", "xml"])
def test_georeport_reads_services_definitions_and_requests(committed_town: Town, endpoint: str, ending: str) -> None:
    made = [registered(committed_town, public=True, words=f"{n}号路灯坏了", category="城乡建设") for n in (1, 2)]
    client = GeoReport(endpoint, output_format=ending)
    services = {s["service_code"]: s["service_name"] for s in client.get_service_list()}
    assert services["01"] == "城乡建设"
    assert client.get_service_definition("01")["service_code"] == "01"
    found = client.get_service_requests(service_code="01", status="open")
    assert {r["service_request_id"] for r in found} == {str(n.id) for n in made}
    one = client.get_service_request(str(made[0].id))
    assert (one["description"], one["status"], one["service_code"]) == ("1号路灯坏了", "open", "01")


def test_three_files_and_reads_a_request(committed_town: Town, endpoint: str, three: Any) -> None:
    client = three.Three(endpoint, api_key=opened(committed_town), format="json")
    assert client.discovery()["endpoints"][0]["specification"].endswith("GeoReport_v2")
    assert client.services("01")["service_code"] == "01"
    sent = client.post("01", address="青禾苑3号楼", name="青溪 宋", description="三号楼路灯坏了", public="1")
    key = sent[0]["service_request_id"]
    assert client.request(key)[0]["description"] == "三号楼路灯坏了"
    assert [r["service_request_id"] for r in client.requests("01")] == [key]
    assert client.token(key)[0]["service_request_id"] == key
