"""The API held against its own document: no server error, no undocumented status, no answer of another shape."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from huiyin.config.api import api as document
from huiyin.config.wsgi import application
from huiyin.needs.tests.test_actions import registered
from huiyin.needs.tests.test_api import opened
from huiyin.org.tests.make import Town
from tests.access.test_api import OPERATIONS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The test's transaction is the server's too: the connection stays open between requests."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def api(town: Town, settings: Any, one_connection: None) -> Any:
    """The API's document, asked with a token that may do everything."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.RATE_LIMITS_ON = False
    registered(town)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    schema.config.update(headers={"Authorization": f"Bearer {opened(town, unit='county', by='admin')}"})
    return schema


def _asks(method: str, path: str) -> bool:
    operation = document.get_openapi_schema()["paths"][path][method]
    return bool(operation.get("parameters") or operation.get("requestBody"))


CASES = [(*op, GenerationMode.POSITIVE) for op in OPERATIONS]
CASES += [(*op, GenerationMode.NEGATIVE) for op in OPERATIONS if _asks(*op)]  # where nothing is asked nothing is wrong


@pytest.mark.parametrize(("method", "path", "mode"), CASES)
def test_the_api_keeps_to_its_document(api: Any, method: str, path: str, mode: GenerationMode) -> None:
    strategy = api[path][method].as_strategy(generation_mode=mode)

    @given(strategy)
    @settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    def held(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    held()
