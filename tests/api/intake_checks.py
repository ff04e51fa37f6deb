"""What must hold for every answer to a batch, besides what schemathesis checks by itself?  Loaded by it as hooks."""

import json
from functools import cache
from typing import Any

import jsonschema
import schemathesis
from schemathesis import Case, CheckContext, Response

from api.intake.description import BATCHES, MODELS
from campaigns.record import Kind


@cache
def _validator(kind: Kind, whole: bool) -> Any:
    model = BATCHES[kind] if whole else MODELS[kind]
    schema = model.model_json_schema()
    if whole:
        schema["properties"]["records"]["items"] = {}  # each record is answered on its own
    return jsonschema.Draft202012Validator(schema)


@schemathesis.check
def every_record_is_answered_as_the_schema_says(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """A record is malformed in the answer if, and only if, the published schema says so."""
    kind = next((kind for kind in MODELS if case.path == f"/api/v1/{kind}"), None)
    if kind is None or response.status_code != 200 or case.method != "POST":
        return
    batch: Any = case.body
    assert _validator(kind, whole=True).is_valid(batch), "a batch that the schema forbids was taken"
    answer = response.json()
    assert len(answer["results"]) == len(batch["records"]) == answer["counts"]["read"]
    for record, result in zip(batch["records"], answer["results"], strict=True):
        reason = result.get("reason")
        if reason != "broken_encoding" and "e+" not in json.dumps(record):  # 1e16 is a whole number to JSON Schema, a damaged one to us
            assert (reason == "malformed") is not _validator(kind, whole=False).is_valid(record), f"{result} for {record}"
