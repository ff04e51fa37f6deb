"""What does a client hear of its batch, record by record?"""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from campaigns.record import Outcome
from campaigns.rejection import Rejection, RejectionReason
from store.imports import Counts
from store.records import Result

REJECTED = "rejected"


class RecordResult(BaseModel):
    """What became of one record; results stand in the order of the records."""

    outcome: Annotated[str, Field(json_schema_extra={"enum": [*Outcome, REJECTED]})]
    key: Annotated[str, Field(description="What the record calls itself (id, code, customer_number), as far as it could be read")]
    reason: Annotated[RejectionReason | None, Field(description="Of a rejected record: why it was not taken over")] = None
    message: Annotated[str | None, Field(description="Of a rejected record: what is wrong and what to do, for people")] = None


class BatchCounts(BaseModel):
    """How many records had which outcome; the last three add up to the first."""

    read: int
    stored: int
    unchanged: int
    rejected: int


class BatchAnswer(BaseModel):
    """The batch was read; each record is answered on its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "results": [
                        {"outcome": "stored", "key": "5016"},
                        {"outcome": "unchanged", "key": "5017"},
                        {
                            "outcome": "rejected",
                            "key": "5018",
                            "reason": "malformed",
                            "message": 'address.postcod is no field of this record: did you mean "postcode"?',
                        },
                    ],
                    "counts": {"read": 3, "stored": 1, "unchanged": 1, "rejected": 1},
                }
            ]
        }
    )

    results: list[RecordResult]
    counts: BatchCounts


def counts_of(results: Sequence[Result]) -> Counts:
    """How many records had which outcome."""
    stored, unchanged = results.count(Outcome.STORED), results.count(Outcome.UNCHANGED)
    return Counts(len(results), stored, unchanged, len(results) - stored - unchanged)


def answer_of(keys: Sequence[str], results: Sequence[Result]) -> bytes:
    """The answer as JSON; ``keys`` and ``results`` belong together one by one."""
    counts = counts_of(results)
    given = {"read": counts.read, "stored": counts.stored, "unchanged": counts.unchanged, "rejected": counts.rejected}
    answer = {"results": [_result(key, result) for key, result in zip(keys, results, strict=True)], "counts": given}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _result(key: str, result: Result) -> dict[str, Any]:
    if isinstance(result, Rejection):
        return {"outcome": REJECTED, "key": key, "reason": result.reason, "message": result.message}
    return {"outcome": result, "key": key}
