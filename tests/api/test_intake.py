"""Does every record of a batch get its own answer, and is what was answered what is stored?"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
import pytest
from sqlalchemy import Engine, func, select, text
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from api.intake.description import EXAMPLES
from api.intake.people import COUPON_EXAMPLE, CUSTOMER_EXAMPLE, OBJECTION_EXAMPLE
from api.intake.purchases import CART_EXAMPLE, ORDER_EXAMPLE
from api.intake.reading import MOST_RECORDS
from api.security import LONGER_BODIES, BoundedBody
from campaigns.objection import ObjectionChannel
from campaigns.record import Kind
from store import imports
from store.engine import reading, writing
from store.imports import Counts
from store.schema import carts, coupons, customer_sources, customers, objections, order_lines, orders
from store.schema import imports as imports_table
from tests.api.conftest import Shop

TEN = {**COUPON_EXAMPLE, "offer": "ten"}  # the offer that the shop of these tests has saved


def send(program: httpx.Client, kind: str, *records: object, **more: Any) -> httpx.Response:
    return program.post(f"/{kind}", json={"records": records}, **more)


def outcomes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [result["outcome"] for result in answer.json()["results"]]


def rows(engine: Engine, query: Any) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(query))


def person(number: int, **changes: Any) -> dict[str, Any]:
    address = {"first_name": "Anna", "last_name": f"Müller{number}", "street": f"Weg {number}", "postcode": "04109", "town": "Leipzig", "country": "DE"}
    return {"id": number, "number": f"K{number}", "email": f"anna{number}@mail.example", "address": address, **changes}


@pytest.mark.parametrize("sent", list(EXAMPLES))
def test_every_example_of_the_documentation_is_stored_and_then_unchanged(sent: Kind, program: httpx.Client) -> None:
    record = TEN if sent == "coupons" else EXAMPLES[sent]
    assert outcomes(send(program, sent, record)) == ["stored"]
    again = send(program, sent, record).json()
    key = record.get("id") or record.get("code") or ""
    assert again == {"results": [{"outcome": "unchanged", "key": key}], "counts": {"read": 1, "stored": 0, "unchanged": 1, "rejected": 0}}


def test_a_customer_is_stored_as_it_was_sent_under_the_source_of_the_key(program: httpx.Client, engine: Engine) -> None:
    assert outcomes(send(program, "customers", CUSTOMER_EXAMPLE)) == ["stored"]
    [stored] = rows(engine, select(customers))
    assert (stored.number, stored.email_key, stored.sex, stored.last_name, stored.postcode) == ("K-1001", "anna.mueller@mail.example", "f", "Müller", "04109")
    assert stored.registered_at == datetime(2024, 3, 1, 9, tzinfo=UTC)
    [source] = rows(engine, select(customer_sources))
    assert (source.source, source.source_id, source.number) == ("webshop", "5016", "K-1001")


def test_an_order_finds_its_customer_and_makes_a_customer_of_the_prospect(program: httpx.Client, engine: Engine) -> None:
    send(program, "customers", CUSTOMER_EXAMPLE)
    assert outcomes(send(program, "orders", ORDER_EXAMPLE)) == ["stored"]
    [order] = rows(engine, select(orders))
    [customer] = rows(engine, select(customers))
    assert (order.source, order.source_id, order.customer_id, order.total_cents, order.discount_codes) == ("webshop", "82210", customer.id, 2900, ["TEE-7Q4KM"])
    assert customer.first_sale_at == order.ordered_at == datetime(2026, 11, 19, 17, 2, 11, tzinfo=UTC)
    assert [(line.sku, line.quantity, line.unit_price_cents, line.category) for line in rows(engine, select(order_lines))] == [("TEE-1", 2, 1450, "Black tea")]


def test_a_cart_and_a_coupon_and_an_objection_come_to_their_person(program: httpx.Client, engine: Engine) -> None:
    send(program, "customers", CUSTOMER_EXAMPLE)
    for kind, record in {"carts": CART_EXAMPLE, "coupons": TEN, "objections": OBJECTION_EXAMPLE}.items():
        assert outcomes(send(program, kind, record)) == ["stored"]
    [customer] = rows(engine, select(customers.c.id))
    assert [row.customer_id for table in (carts, coupons, objections) for row in rows(engine, select(table))] == [customer.id] * 3
    [objection] = rows(engine, select(objections))
    assert (objection.channel, objection.source, objection.received_at) == (ObjectionChannel.API, "webshop", datetime(2026, 11, 21, 16, 40, tzinfo=UTC))
    [cart] = rows(engine, select(carts))
    assert (cart.recovery_url, cart.items[0]["sku"]) == ("https://shop.example/cart/9f31", "TEE-1")


def test_a_rejected_record_stops_no_other_and_stands_in_its_place(program: httpx.Client, engine: Engine) -> None:
    answer = send(program, "customers", person(1), {"id": 2, "address": {"postcod": "04109"}}, "three", person(4))
    assert outcomes(answer) == ["stored", "rejected", "rejected", "stored"]
    assert answer.json()["results"][1] == {
        "outcome": "rejected",
        "key": "2",
        "reason": "malformed",
        "message": 'address.postcod is no field of this record: did you mean "postcode"?',
    }
    assert answer.json()["results"][2] == {"outcome": "rejected", "key": "", "reason": "malformed", "message": "The record must be an object, in braces."}
    assert answer.json()["counts"] == {"read": 4, "stored": 2, "unchanged": 0, "rejected": 2}
    assert {row.source_id for row in rows(engine, select(customer_sources))} == {"1", "4"}


def test_what_only_the_database_finds_wrong_is_answered_in_its_place_too(program: httpx.Client) -> None:
    records = [TEN, {**TEN, "code": "B-2", "offer": "nobody-saved-this"}, {**TEN, "code": "B-3"}]
    results = send(program, "coupons", *records).json()["results"]
    assert [(one["outcome"], one["key"], one.get("reason")) for one in results] == [
        ("stored", "TEE-7Q4KM", None),
        ("rejected", "B-2", "unknown_offer"),
        ("stored", "B-3", None),
    ]
    [nobody, somebody] = send(program, "objections", {"customer_number": "K-404"}, {"email": "x@mail.example"}).json()["results"]
    assert (nobody["outcome"], nobody["reason"], nobody["key"], somebody["outcome"]) == ("rejected", "no_key", "K-404", "stored")


@pytest.mark.parametrize("sent", [kind for kind in EXAMPLES if kind is not Kind.OBJECTIONS])
def test_of_two_records_with_one_key_the_later_one_is_rejected(sent: Kind, program: httpx.Client) -> None:
    record = TEN if sent == "coupons" else EXAMPLES[sent]
    answer = send(program, sent, record, {**record, "email": "other@mail.example"})
    assert outcomes(answer) == ["stored", "rejected"]
    [first, second] = answer.json()["results"]
    assert (second["key"], second["reason"]) == (first["key"], "contradiction")


def test_a_malformed_record_takes_no_key_from_the_one_after_it(program: httpx.Client) -> None:
    assert outcomes(send(program, "customers", {"id": 1, "email": "no mailbox"}, person(1))) == ["rejected", "stored"]


def test_the_same_objection_twice_in_a_batch_is_no_contradiction(program: httpx.Client) -> None:
    assert outcomes(send(program, "objections", OBJECTION_EXAMPLE, OBJECTION_EXAMPLE)) == ["stored", "unchanged"]


def test_a_key_is_the_same_as_number_and_as_text_to_the_last_digit(program: httpx.Client, engine: Engine) -> None:
    assert outcomes(send(program, "customers", {"id": 2**64 - 1})) == ["stored"]
    assert outcomes(send(program, "customers", {"id": str(2**64 - 1)})) == ["unchanged"]
    assert [row.source_id for row in rows(engine, select(customer_sources))] == ["18446744073709551615"]


HOSTILE = ["\0", "a\0b", "\ud800", "a\nb", "\x1b[31m", "\x85", "\ufffd", "MÃ¼ller"]


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_what_one_of_the_databases_or_a_letter_could_not_hold_is_one_rejected_record(value: str, program: httpx.Client) -> None:
    hostile = [person(1, address={"last_name": value}), person(2, email=f"{value}@x"), {"id": value}, {value: 1, "id": 4}, person(5, tags=[value])]
    body = '{"records": [' + ",".join(map(json.dumps, (*hostile, person(6)))) + "]}"
    answer = program.post("/customers", content=body, headers={"Content-Type": "application/json"})
    found = outcomes(answer)
    if value == "MÃ¼ller":  # a key or a mailbox may look like that
        assert (found[0], found[3], found[4], found[5]) == ("rejected", "rejected", "rejected", "stored")
        assert answer.json()["results"][0]["reason"] == "broken_encoding"
    else:
        assert found == ["rejected"] * 5 + ["stored"]


def test_a_batch_stands_in_the_list_of_imports_with_its_counts_and_rejections(program: httpx.Client, engine: Engine) -> None:
    send(program, "customers", person(1))
    send(program, "customers", person(1), {"id": 2, "sex": "x"}, person(3))
    found = rows(engine, select(imports_table).order_by(imports_table.c.id))
    assert [(row.source, row.kind, row.file_name, row.format, row.state) for row in found] == [("webshop", "customers", "shop-sync", "api", "finished")] * 2
    assert [Counts(row.read, row.stored, row.unchanged, row.rejected) for row in found] == [Counts(1, 1), Counts(3, 1, 1, 1)]
    with reading(engine) as connection:
        [rejection] = imports.rejections_of(connection, found[1].id)
    assert (rejection.position, rejection.key, rejection.reason, rejection.message) == (2, "2", "malformed", 'sex must be "f", "m" or "".')


def test_a_batch_of_which_everything_is_known_leaves_no_trace(program: httpx.Client, engine: Engine) -> None:
    for _ in range(3):
        send(program, "customers", person(1))
    assert len(rows(engine, select(imports_table))) == 1


def test_a_thousand_customers_are_one_request(program: httpx.Client, engine: Engine, record_property: Callable[[str, object], None]) -> None:
    batch = [person(number) for number in range(1, MOST_RECORDS + 1)]
    for expected in ("stored", "unchanged"):
        start = time.perf_counter()
        answer = send(program, "customers", *batch)
        record_property(f"seconds_{expected}", time.perf_counter() - start)
        assert set(outcomes(answer)) == {expected}
        assert [result["key"] for result in answer.json()["results"]] == [str(number) for number in range(1, MOST_RECORDS + 1)]
    assert rows(engine, select(func.count()).select_from(customers)) == [(MOST_RECORDS,)]


BAD_BATCHES = [
    (b"", 400),
    (b"{", 400),
    (b'{"records": [NaN]}', 400),
    (b'{"records": ["\xff"]}', 400),
    (b"[" * 100_000, 400),
    (b"[]", 422),
    (b"null", 422),
    (b"{}", 422),
    (b'{"records": []}', 422),
    (b'{"records": {}}', 422),
    (b'{"records": null}', 422),
    (b'{"records": [{}], "source": "other"}', 422),
    (b'{"records": [{}], "records": [{}]}', 422),
    (b'{"records": [' + b"{}," * MOST_RECORDS + b"{}]}", 422),
]


@pytest.mark.parametrize(("body", "status"), BAD_BATCHES, ids=lambda value: ascii(value[:30]) if isinstance(value, bytes) else value)
def test_what_is_no_batch_is_a_problem_document(body: bytes, status: int, program: httpx.Client, engine: Engine) -> None:
    answer = program.post("/customers", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert rows(engine, select(imports_table)) == []


def test_a_problem_says_where_the_json_ends(program: httpx.Client) -> None:
    answer = program.post("/customers", content=b'{"records":\n [{"id": 1,]}', headers={"Content-Type": "application/json", "Accept-Language": "de"})
    assert answer.json()["title"] == "Das ist kein JSON"
    assert "(2:12)" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": ""},
        {"Content-Type": "application/json; charset=iso-8859-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/json", "Content-Encoding": "br"},
    ],
)
def test_only_uncompressed_json_is_read(headers: dict[str, str], program: httpx.Client) -> None:
    answer = program.post("/customers", content=b'{"records": [{"id": 1}]}', headers=headers)
    assert (answer.status_code, answer.headers["Accept-Encoding"]) == (415, "identity")


def test_json_may_name_its_charset(program: httpx.Client) -> None:
    body = b'\xef\xbb\xbf{"records": [{"id": 1}]}'
    assert outcomes(program.post("/customers", content=body, headers={"Content-Type": 'application/JSON; charset="UTF-8"'})) == ["stored"]


def test_a_body_over_the_limit_is_refused(program: httpx.Client) -> None:
    answer = program.post("/customers", content=b" " * (LONGER_BODIES["/api/v1/"] + 1), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")


def test_of_a_body_without_an_end_only_the_beginning_is_read() -> None:
    chunks = 0

    async def receive() -> Message:
        nonlocal chunks
        chunks += 1
        return {"type": "http.request", "body": b" " * 1_000_000, "more_body": True}

    async def read(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()

    async def send(_: Message) -> None:
        raise AssertionError("nobody answers here")

    for path, expected in {"/api/v1/orders": 11, "/webhooks/shopify": 6, "/desk/sign-in": 1}.items():
        chunks = 0
        with pytest.raises(HTTPException, match="413"):
            anyio.run(BoundedBody(read), {"type": "http", "path": path, "headers": []}, receive, send)
        assert chunks == expected


def test_a_batch_of_several_megabytes_is_taken(program: httpx.Client, engine: Engine) -> None:
    line = {"sku": "TEE-1", "title": "Darjeeling First Flush, 250 g", "quantity": 2, "unit_price_cents": 1450}
    records = [{**ORDER_EXAMPLE, "id": number, "number": None, "lines": [line] * 200} for number in range(400)]
    answer = send(program, "orders", *records)
    assert set(outcomes(answer)) == {"stored"}
    assert rows(engine, select(func.count()).select_from(order_lines)) == [(80_000,)]


def test_a_lost_database_is_a_503_that_says_when_to_come_back_and_nothing_of_the_database(program: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        connection.execute(text("ALTER TABLE customer_sources RENAME TO gone"))
    answer = send(program, "customers", CUSTOMER_EXAMPLE)
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Retry-After"]) == (503, "application/problem+json", "30")
    assert "customer_sources" not in answer.text and "Anna" not in answer.text


def test_a_browser_of_another_site_with_a_key_is_a_program_too(program: httpx.Client) -> None:
    assert outcomes(send(program, "customers", person(1), headers={"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"})) == ["stored"]


def test_no_log_holds_what_was_sent(program: httpx.Client, caplog: pytest.LogCaptureFixture, api_key: str) -> None:
    with caplog.at_level("DEBUG"):
        send(program, "customers", CUSTOMER_EXAMPLE, {"id": 1, "email": "secret@@mail"}, headers={"Idempotency-Key": "our-own-key"})
        program.post("/customers", content=b'{"Geheimnis', headers={"Content-Type": "application/json"})
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "uvicorn.access")))
    assert not any(word in logged for word in (api_key, "Müller", "mueller", "secret", "Geheimnis", "our-own-key"))
