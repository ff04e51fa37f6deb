"""Does the API do what its OpenAPI document says, whatever comes in?"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Engine

from api.app import ROUTERS
from api.intake.description import EXAMPLES, MODELS
from api.openapi import CHECKOUTS
from store.api_keys import Scope
from store.engine import reading
from store.imports import Counts
from store.schema import imports
from tests.api.conftest import served

ROOT = Path(__file__).parents[2]
SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
PHASES = {"sqlite": "examples,coverage,fuzzing", "postgresql": "examples,fuzzing"}


@pytest.fixture
def document(browser: httpx.Client) -> dict[str, Any]:
    """What everybody may read."""
    answer = browser.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_document_describes_every_route_of_the_api_and_no_page(document: dict[str, Any]) -> None:
    routes = {route.path for router in ROUTERS for route in router.routes if isinstance(route, APIRoute) and route.path.startswith("/api/")}
    assert set(document["paths"]) == routes - {"/api/v1/openapi.json"}
    assert set(document["paths"]) >= {f"/api/v1/{kind}" for kind in MODELS}


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "components": document["components"]}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_every_operation_says_who_may_do_it_and_shows_every_request_and_answer(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) == len(MODELS) + 1 + len(CHECKOUTS) + 2
    for operation in operations:
        assert {"ApiKey": []} in operation["security"]
        assert any(f"`{scope}`" in operation["description"] for scope in Scope)
        assert set(operation["responses"]) >= {"200", "401", "403", "422", "429", "503"}
        for status, response in operation["responses"].items():
            if status == "200":
                continue
            [(media_type, content)] = response["content"].items()
            assert media_type == "application/problem+json"
            for example in content["examples"].values():
                jsonschema.validate(example["value"], _resolved(document, content["schema"]))
                assert example["value"]["status"] == int(status) and "{" not in example["value"]["detail"].replace('{"records"', "")


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("records", list(MODELS))
def test_every_example_of_a_batch_keeps_to_its_schema(records: str, document: dict[str, Any]) -> None:
    schema = document["paths"][f"/api/v1/{records}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    batch = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert batch["examples"] == [{"records": [EXAMPLES[MODELS_BY_NAME[records]]]}]
    for example in batch["examples"]:
        jsonschema.validate(example, _resolved(document, schema))


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("model", [model.__name__ for model in CHECKOUTS])
def test_every_example_of_a_checkout_keeps_to_its_schema(model: str, document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"][model]
    assert schema["additionalProperties"] is False
    for example in schema["examples"]:
        jsonschema.validate(example, _resolved(document, schema))


MODELS_BY_NAME = {str(kind): kind for kind in MODELS}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_every_field_that_is_no_plain_word_is_described(document: dict[str, Any]) -> None:
    plain = {"company", "first_name", "last_name", "town", "email", "tags", "discount_codes", "lines", "code"}
    for model in MODELS.values():
        for name, field in document["components"]["schemas"][model.__name__]["properties"].items():
            assert name in plain or field.get("description"), f"{model.__name__}.{name}"


@pytest.mark.timeout(280)
def test_schemathesis_finds_nothing(kind: str, app: FastAPI, api_key: str, engine: Engine, tmp_path: Path) -> None:
    """Valid, invalid and hostile requests to every operation: no 5xx, every answer as documented, no record answered other than the schema says."""
    report = tmp_path / "report.ndjson"
    with served(app) as url:
        command = [str(SCHEMATHESIS), f"--config-file={ROOT / 'tests' / 'api' / 'schemathesis.toml'}", "run", f"{url}/api/v1/openapi.json"]
        options = [
            f"--header=Authorization: Bearer {api_key}", f"--phases={PHASES[kind]}", "--max-examples=25", "--generation-deterministic",
            "--suppress-health-check=filter_too_much",
            "--no-color", "--report=ndjson", f"--report-ndjson-path={report}",
        ]  # fmt: skip
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.api.intake_checks", "PYTHONPATH": str(ROOT)}
        done = subprocess.run([*command, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    assert "No issues found" in done.stdout
    with reading(engine) as connection:
        counts = [Counts(row.read, row.stored, row.unchanged, row.rejected) for row in connection.execute(imports.select())]
    assert sum(one.stored for one in counts) > 20 and sum(one.rejected for one in counts) > 20, "it must have come further than the door"
