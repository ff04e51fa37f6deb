"""What marketers do in the Prefect UI, against the real server with our worker and API; and two guards for the pins.

One server for all of them, in the order of the file: it takes ten seconds to start.
"""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer
from typing import Any, cast

import httpx
import pytest
from prefect import flow
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    ArtifactFilterKey,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateName,
)
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.input import keyset_from_paused_state
from prefect.states import Scheduled, Suspended
from sqlalchemy import Engine, select

from campaigns.print_run import PrintRunState
from flows.demo import installation_in
from flows.deployments import deploy_all
from flows.intake import shop_imports
from flows.intake.importing import ImportReport
from flows.printing.approval import AnswerRefused, Approval, answer
from flows.printing.handing_over import decide_on_run
from flows.run_campaign import reason_to_stop
from flows.selection.selecting import open_or_resume
from importers.errors import ShopFrozen, ShopUnreachable
from store import print_runs, users
from store.campaigns import SavedCampaign
from store.engine import open_engine, reading, writing
from store.passwords import hash_password
from store.schema import imports
from store.schema import letters as letters_table
from store.settings import Settings
from store.users import Role
from tests.flows.prefect_stack import Marketer, marketer
from tests.flows.shop_mocks import connected_to_billbee, connected_to_shopify
from tests.shops.billbee.server import MockBillbee
from tests.shops.billbee.settings import Settings as BillbeeSettings
from tests.shops.shopify.clock import Clock
from tests.shops.shopify.faults import Fault
from tests.shops.shopify.server import MockShopify
from tests.shops.shopify.settings import CLIENT_ID, CLIENT_SECRET, SHOP

SAMPLE = Path(__file__).parents[2] / "examples" / "sample_shop"
WINBACK = "run-campaign/winback"
SHOPIFY = "import-shopify/shopify"
ABSURD = {"shopMoney": {"amount": "9" * 30}}


@pytest.fixture(scope="module")
def shopify() -> Iterator[MockShopify]:
    with MockShopify(customers=40, orders=30, checkouts=8, bulk_polls=0, real_time=True) as shop:
        shop.world.change("Order", 3, totalPriceSet=ABSURD, currentTotalPriceSet=ABSURD)
        yield shop


@pytest.fixture(scope="module")
def billbee() -> Iterator[MockBillbee]:
    with MockBillbee(customers=20, orders=30, settings=BillbeeSettings(unlimited=True), clock=Clock(real=True)) as account:
        yield account


@pytest.fixture(scope="module")
def martha(tmp_path_factory: pytest.TempPathFactory, shopify: MockShopify, billbee: MockBillbee) -> Iterator[Marketer]:
    folder = tmp_path_factory.mktemp("stack")
    shutil.copytree(SAMPLE, folder / "inbox", ignore=shutil.ignore_patterns("*.md"))
    settings = connected_to_billbee(installation_in(folder), billbee.url, shopify_url=shopify.url)
    with marketer(settings) as found:
        yield found
    assert all(process.popen.poll() is not None for process in found.stack.processes), "the stack stops whatever it started"
    engine = open_engine(found.stack.settings.database)
    with reading(engine) as connection:
        states = connection.execute(select(imports.c.state).order_by(imports.c.id)).scalars().all()
    engine.dispose()
    assert len(states) > 6
    assert states[-3:] == ["finished"] * 3, "the import that ran when the stack was stopped came to its end"


@pytest.fixture(scope="module")
def engine_of_stack(martha: Marketer) -> Iterator[Engine]:
    engine = open_engine(martha.stack.settings.database)
    yield engine
    engine.dispose()


def artifact(martha: Marketer, key: str) -> Any:
    """The newest one under the key."""
    found = martha.client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key])))
    if not found:
        return None
    newest = max(found, key=lambda one: one.created or datetime.min.replace(tzinfo=UTC))
    return json.loads(str(newest.data)) if newest.type == "table" else newest.data


def asked(method: str, url: str, body: object = None) -> httpx.Response:
    """A busy Prefect server on SQLite says 503 and means "again, please": its own client and its UI do that (prefect facts 3)."""
    for _ in range(30):
        answer = httpx.request(method, url, json=body, timeout=60)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(1)
    return answer.raise_for_status()


def test_the_server_starts_with_everything_in_its_ui(martha: Marketer) -> None:
    assert asked("GET", martha.stack.prefect_url).is_success
    assert asked("GET", f"{martha.stack.prefect_url}/ui-settings").json()["default_ui"] == "v1"
    names = {f"{martha.client.read_flow(deployment.flow_id).name}/{deployment.name}" for deployment in martha.client.read_deployments()}
    defining = {f"save-campaign/{kind}" for kind in ("no-purchase", "abandoned-cart", "winback", "reorder", "segment", "coupon-expiry")}
    imports_ = {"import-csv/csv", SHOPIFY, "import-billbee/billbee"}
    others = {
        "housekeeping/nightly",
        "hand-over/print-run",
        "collect-reports/print-shop",
        "overlap-report/all-campaigns",
        "add-seed-address/seed",
        "save-offer/offer",
    }
    assert names == {WINBACK, "change-campaign/winback", *defining, *imports_, *others}


def schedule(cron: str, active: bool = True) -> DeploymentScheduleCreate:
    """As the form "Add schedule" sends it."""
    return DeploymentScheduleCreate(schedule=CronSchedule(cron=cron, timezone="Europe/Berlin"), active=active)


def test_a_cron_schedule_gets_its_runs(martha: Marketer) -> None:
    deployment = martha.client.read_deployment_by_name(WINBACK)
    added = martha.client.create_deployment_schedules(deployment.id, [schedule("0 6 * * 1")])[0]
    scheduled = FlowRunFilterState(name=FlowRunFilterStateName(any_=["Scheduled"]))
    filters = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]), state=scheduled)
    end = time.monotonic() + 60
    while not (runs := martha.client.read_flow_runs(flow_run_filter=filters)) and time.monotonic() < end:
        time.sleep(0.3)
    assert runs, "SQLAlchemy 2.1 under Prefect 3.8.8 creates none, without an error"
    martha.client.delete_deployment_schedule(deployment.id, added.id)


def test_deploying_again_keeps_what_marketers_did(martha: Marketer, engine_of_stack: Engine) -> None:
    client = martha.client
    deployment = client.read_deployment_by_name(WINBACK)
    added = client.create_deployment_schedules(deployment.id, [schedule("30 7 1 * *"), schedule("0 9 * * *", active=False)])
    edited = {"parameters": {"campaign": "winback", "options": {"approval": "automatic", "max_letters": 7}}, "paused": True}
    shop, nightly = client.read_deployment_by_name(SHOPIFY), client.read_deployment_by_name("housekeeping/nightly")
    [hourly] = client.create_deployment_schedules(shop.id, [schedule("0 * * * *", active=False)])
    [removed] = nightly.schedules
    client.delete_deployment_schedule(nightly.id, removed.id)
    asked("PATCH", f"{martha.stack.prefect_url}/api/deployments/{deployment.id}", edited)
    deploy_all(engine_of_stack, martha.stack.settings)
    again = client.read_deployment_by_name(WINBACK)
    assert again.id == deployment.id
    assert again.paused
    assert again.parameters == edited["parameters"]
    assert {(one.id, one.active) for one in again.schedules} == {(one.id, one.active) for one in added}
    assert len(client.read_automations_by_name("Postillion: end runs whose process is gone")) == 1
    assert [one.id for one in client.read_deployment_by_name(SHOPIFY).schedules] == [hourly.id]
    assert client.read_deployment_by_name("housekeeping/nightly").schedules == [], "a schedule that a marketer has removed does not come back"
    restored = {"parameters": {"campaign": "winback"}, "paused": False}
    asked("PATCH", f"{martha.stack.prefect_url}/api/deployments/{deployment.id}", restored)
    for one in added:
        client.delete_deployment_schedule(deployment.id, one.id)
    client.delete_deployment_schedule(shop.id, hourly.id)
    client.create_deployment_schedules(nightly.id, [schedule("30 3 * * *")])


def test_every_field_of_a_form_has_a_title_a_description_and_a_static_default(martha: Marketer) -> None:
    defining = ("save-campaign/winback", "save-campaign/segment", "change-campaign/winback", "save-offer/offer", "add-seed-address/seed")
    for name in (*defining, "import-csv/csv", SHOPIFY, "import-billbee/billbee", WINBACK):
        schema = martha.client.read_deployment_by_name(name).parameter_openapi_schema or {}
        forms = schema["definitions"]
        assert forms
        for form in forms.values():
            for field, told in form["properties"].items():
                assert told.get("description") or forms[told["$ref"].rsplit("/", 1)[-1]]["description"], f"{name}: {field} has no description"
                assert "default" in told, f"{name}: {field} has no default"
                assert told.get("title") or "$ref" in str(told), f"{name}: {field} has no title"
                assert "_" not in told.get("title", ""), f"{name}: {field} shows its Python name"


def step_of(martha: Marketer, deployment: str) -> Any:
    """The fields of a step as the form of a deployment shows them."""
    return (martha.client.read_deployment_by_name(deployment).parameter_openapi_schema or {})["definitions"]["StepForm"]["properties"]


def test_dropdowns_offer_what_exists_and_nothing_else_is_taken(martha: Marketer) -> None:
    step = step_of(martha, "save-campaign/no-purchase")
    assert set(step["layout"]["enum"]) >= {"winback", "welcome", "note"}
    assert set(step["test_layout"]["enum"]) == {"", *step["layout"]["enum"]}
    saved = {"welcome-back-10", "welcome-back-15", "welcome-back-20"}
    assert set(step["offer"]["enum"]) == {"", *saved, "first-order-5", "first-order-10", "first-order-15"}, "saved ones, and those that the preset brings along"
    with pytest.raises(PrefectHTTPStatusError, match="no-such-layout"):
        martha.start("save-campaign/winback", {"campaign": {"steps": [{"layout": "no-such-layout"}]}})


def test_the_form_of_a_kind_asks_for_nothing_that_another_kind_needs_and_is_filled_in(martha: Marketer) -> None:
    deployment = martha.client.read_deployment_by_name("save-campaign/coupon-expiry")
    forms = (deployment.parameter_openapi_schema or {})["definitions"]
    assert forms["CampaignForm"]["properties"]["audience"]["$ref"] == "#/definitions/CouponExpiryForm"
    assert set(forms) == {"CampaignForm", "CouponExpiryForm", "StepForm", "LimitsForm"}
    assert deployment.parameters["campaign"]["audience"] == {"kind": "coupon_expiry", "days_before": 28, "least_days_left": 5}
    with pytest.raises(PrefectHTTPStatusError):
        martha.start("save-campaign/coupon-expiry", {"campaign": {"audience": {"kind": "winback"}}})


def test_a_campaign_that_cannot_work_is_refused_with_every_reason_and_no_traceback(martha: Marketer) -> None:
    campaign = {"slug": "broken", "limits": {"holdout_percent": 80}, "steps": [{"layout": "winback", "offer": ""}, {"layout": "winback", "delay_days": 0}]}
    run = martha.start("save-campaign/winback", {"campaign": campaign})
    failed = martha.ended(run, "Failed")
    assert failed.name == "broken"
    told = said(failed)
    assert told.startswith("Campaign 'broken' was not saved:")
    assert "limits.holdout_percent: Input should be less than or equal to 50." in told
    assert "Every step after the first needs a delay of 1 day or more." in told
    assert told.count("prints a coupon, but the step has no offer") == 2
    assert artifact(martha, "not-saved") == told
    with pytest.raises(ObjectNotFound):
        martha.client.read_deployment_by_name("run-campaign/broken")


def test_a_preset_is_saved_as_it_stands_with_its_offers(martha: Marketer) -> None:
    done = martha.ended(martha.start("save-campaign/no-purchase"), "Completed")
    assert "Saved campaign no-purchase (no purchase, 3 steps) with the offers first-order-10, first-order-15, first-order-5." in said(done)
    assert "have never bought from you" in said(done)
    assert "**Before you start it**" in artifact(martha, "saved-no-purchase")
    assert martha.client.read_deployment_by_name("run-campaign/no-purchase").parameters == {"campaign": "no-purchase"}
    assert "first-order-5" in step_of(martha, "change-campaign/winback")["offer"]["enum"], "what is saved now can be chosen everywhere"


def test_a_saved_campaign_is_changed_in_a_form_that_is_filled_in_with_it(martha: Marketer) -> None:
    form = martha.client.read_deployment_by_name("change-campaign/no-purchase").parameters["campaign"]
    assert [step["delay_days"] for step in form["steps"]] == [14, 45, 60]
    changed = form | {"steps": form["steps"][:1], "active": False}
    done = martha.ended(martha.start("change-campaign/no-purchase", {"campaign": changed}), "Completed")
    assert "Changed campaign no-purchase (no purchase, 1 step)." in said(done)
    assert "switched off" in said(done)
    assert martha.client.read_deployment_by_name("change-campaign/no-purchase").parameters["campaign"] == changed
    preset = martha.client.read_deployment_by_name("save-campaign/no-purchase").parameters["campaign"]
    assert len(preset["steps"]) == 3, "the form for a new one stays as it was"


def test_an_offer_that_contradicts_itself_is_refused_and_a_good_one_can_be_chosen(martha: Marketer) -> None:
    refused = martha.ended(martha.start("save-offer/offer", {"offer": {"slug": "too-much", "kind": "percentage", "value": 120}}), "Failed")
    assert said(refused) == "The offer cannot be saved:\n- It takes more than 100 % off: lower its value."
    stranger = martha.ended(martha.start("save-offer/offer", {"offer": {"slug": "theirs", "uses": 0, "for_partners": True, "partner": "nobody"}}), "Failed")
    assert "there is no partner 'nobody'" in said(stranger)
    first = martha.ended(martha.start("save-offer/offer", {"offer": {"slug": "summer-7", "value": 8}}), "Completed")
    assert said(first).startswith("Created offer summer-7: 8 %.") and "/desk/offers/summer-7" in said(first)
    changed = martha.ended(martha.start("save-offer/offer", {"offer": {"slug": "summer-7", "value": 7}}), "Completed")
    assert said(changed).startswith("Changed offer summer-7: 7 %.") and "Codes that are out keep the terms" in said(changed)
    for deployment in ("save-campaign/segment", "change-campaign/winback"):
        choices = step_of(martha, deployment)["offer"]["enum"]
        assert "summer-7" in choices and "too-much" not in choices


def test_a_saved_campaign_gets_a_deployment_of_its_own(martha: Marketer) -> None:
    campaign = {"slug": "plain-letters", "name": "Plain letters", "audience": {"kind": "winback"}, "steps": [{"layout": "plain", "offer": ""}]}
    martha.ended(martha.start("save-campaign/winback", {"campaign": campaign}), "Completed")
    deployment = martha.client.read_deployment_by_name("run-campaign/plain-letters")
    assert deployment.parameters == {"campaign": "plain-letters"}
    assert not deployment.schedules


def test_a_deployment_of_an_earlier_version_does_not_linger(martha: Marketer, engine_of_stack: Engine) -> None:
    flow_id = martha.client.read_deployment_by_name("save-campaign/winback").flow_id
    martha.client.create_deployment(flow_id=flow_id, name="campaign")
    deploy_all(engine_of_stack, martha.stack.settings)
    with pytest.raises(ObjectNotFound):
        martha.client.read_deployment_by_name("save-campaign/campaign")


def test_an_import_shows_its_counts_and_twice_changes_nothing(martha: Marketer) -> None:
    first = martha.ended(martha.start("import-csv/csv"), "Completed")
    second = martha.ended(martha.start("import-csv/csv"), "Completed")
    assert first.state
    assert second.state
    assert "400 customers read, 400 stored" in (first.state.message or "")
    assert "400 customers read, 0 stored, 400 unchanged" in (second.state.message or "")
    rows = artifact(martha, "import-shop")
    assert [(row["what"], row["read"], row["how it ended"]) for row in rows] == [
        ("customers", 400, "finished"),
        ("orders", 517, "finished"),
        ("carts", 29, "finished"),
    ]


def said(run: FlowRun) -> str:
    return (run.state.message if run.state else None) or ""


def test_a_dry_run_shows_funnel_cost_and_proofs_and_leaves_no_print_run(martha: Marketer, engine_of_stack: Engine) -> None:
    run = martha.ended(martha.start(WINBACK, {"campaign": "winback", "options": {"dry_run": True, "max_letters": 12}}), "Completed")
    assert "It would print 12 letters for €" in said(run)
    with reading(engine_of_stack) as connection:
        assert print_runs.latest(connection, 1) == []
    rows = {row["verdict"]: row["people"] for row in artifact(martha, "dry-run-funnel-winback")}
    assert rows["selected"] == 12 and rows["budget"] > 0
    text = artifact(martha, "dry-run-winback")
    assert "It would print 12 letters" in text and "**Law**" in text
    [proof] = (martha.stack.settings.data_dir / "dry_runs").iterdir()
    link = f"{martha.stack.settings.desk_url}/desk/dry-runs/{proof.name}"
    assert link in text and link in artifact(martha, "dry-run-proof-winback")
    assert httpx.get(link, timeout=60).status_code == 303, "whoever has not signed in is led there"


def test_the_overlap_report_says_whom_campaigns_reach_and_that_nobody_gets_two_letters(martha: Marketer) -> None:
    run = martha.ended(martha.start("overlap-report/all-campaigns"), "Completed")
    assert "Nobody would get two letters today." in said(run)
    rows = {row["campaign"]: row for row in artifact(martha, "overlap-1")}
    assert rows["winback"]["audience"] == rows["winback"]["would reach"] + rows["winback"]["wait"] + rows["winback"]["out"] > 100
    assert "Nobody would get two letters today." in artifact(martha, "overlap")


def test_a_marketer_keeps_a_shop_in_a_block(martha: Marketer) -> None:
    """As the page "Blocks" does it: the form of the kind of block, filled in and saved."""
    api = f"{martha.stack.prefect_url}/api"
    kind = asked("GET", f"{api}/block_types/slug/shopify-shop").json()
    [form] = asked("POST", f"{api}/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind["id"]]}}}).json()
    for field, told in form["fields"]["properties"].items():
        assert told["title"] and told["description"] and "_" not in told["title"], f"{field} has no title or description"
    values = {"shop": SHOP, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "source": "teehaus"}
    block = {"name": "teehaus", "data": values, "block_type_id": kind["id"], "block_schema_id": form["id"]}
    saved = asked("POST", f"{api}/block_documents/", block)
    shown = asked("GET", f"{api}/block_documents/{saved.json()['id']}").json()
    assert CLIENT_SECRET not in str(shown), "secrets are not shown again"
    assert asked("GET", f"{api}/block_types/slug/billbee-account").is_success


def test_a_shop_is_imported_by_its_block_and_a_second_run_changes_nothing(martha: Marketer, shopify: MockShopify) -> None:
    options = {"options": {"shop": "teehaus"}}
    first = martha.ended(martha.start(SHOPIFY, options), "Completed")
    assert said(first) == (
        "40 customers read, 40 stored, 0 unchanged, 0 rejected; 30 orders read, 29 stored, 0 unchanged, 1 rejected; "
        "8 carts read, 8 stored, 0 unchanged, 0 rejected"
    )
    rows = artifact(martha, "import-teehaus")
    assert [(row["from"], row["what"], row["rejected"], row["how it ended"]) for row in rows] == [
        (SHOP, "customers", 0, "finished"), (SHOP, "orders", 1, "finished"), (SHOP, "carts", 0, "finished")
    ]  # fmt: skip
    mine = martha.client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[first.id])))
    bars = {found.description: found.data for found in mine if found.type == "progress"}
    assert bars == {
        f"{SHOP}: 40 customers read, 40 stored, 0 unchanged, 0 rejected": 100.0,
        f"{SHOP}: 30 orders read, 29 stored, 0 unchanged, 1 rejected": 100.0,
        f"{SHOP}: 8 carts read, 8 stored, 0 unchanged, 0 rejected": 100.0,
    }
    [rejected] = [json.loads(str(found.data)) for found in mine if (found.key or "").startswith("rejected-orders-")]
    assert [row["reason"] for row in rejected] == ["bad number"]
    shopify.clock.advance(-60)  # not in the first second of the next run: that would be the run's after it
    shopify.world.change("Customer", 7, lastName="Neumann")
    shopify.clock.advance(60)
    second = martha.ended(martha.start(SHOPIFY, options), "Completed")
    assert "1 stored" in said(second).split(";")[0]
    assert "0 stored" in said(second).split(";")[1]
    assert CLIENT_SECRET not in str(martha.client.read_flow_run(first.id).parameters)


def test_a_shop_that_is_frozen_says_what_to_do_and_its_run_has_failed(martha: Marketer, shopify: MockShopify) -> None:
    shopify.faults.always(Fault.FROZEN)
    failed = martha.ended(martha.start(SHOPIFY, {"options": {"shop": "teehaus"}}), "Failed")
    shopify.faults.clear()
    assert "Its owner must settle that with Shopify" in said(failed)


def test_a_shop_that_freezes_half_way_shows_what_came_before(martha: Marketer, shopify: MockShopify) -> None:
    shopify.faults.always(Fault.FROZEN, operation="Orders")
    failed = martha.ended(martha.start(SHOPIFY, {"options": {"shop": "teehaus"}}), "Failed")
    shopify.faults.clear()
    rows = artifact(martha, "import-teehaus")
    assert [row["what"] for row in rows] == ["customers", "orders"]
    assert rows[0]["how it ended"] == "finished"
    assert rows[1]["how it ended"] in said(failed)


def test_a_block_that_is_not_there_is_named_with_those_that_are(martha: Marketer) -> None:
    failed = martha.ended(martha.start(SHOPIFY, {"options": {"shop": "teehuas"}}), "Failed")
    assert "saved are: teehaus" in said(failed)
    nobody = martha.ended(martha.start(SHOPIFY), "Failed")
    assert "There is no Shopify shop to import from" in said(nobody)


def test_an_import_that_was_missed_ends_at_once_if_a_newer_one_has_run(martha: Marketer, shopify: MockShopify) -> None:
    asked = len(shopify.log.requests)
    late = martha.start(SHOPIFY, {"options": {"shop": "teehaus"}}, state=Scheduled(scheduled_time=datetime.now(UTC) - timedelta(days=2)))
    assert "A newer one has read the source" in said(martha.ended(late, "Completed"))
    assert len(shopify.log.requests) == asked


def test_a_billbee_account_of_the_settings_is_imported(martha: Marketer) -> None:
    first = martha.ended(martha.start("import-billbee/billbee"), "Completed")
    assert said(first).startswith("20 customers read, 20 stored, 0 unchanged, 0 rejected; ")
    assert [row["from"] for row in artifact(martha, "import-billbee")] == ["Billbee", "Billbee"]


def test_only_what_may_pass_is_tried_again(martha: Marketer, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = connected_to_shopify(martha.stack.settings, "")
    tried: list[datetime | None] = []

    @contextmanager
    def mine() -> Iterator[tuple[None, Settings]]:
        yield None, settings

    def unreachable(*arguments: Any) -> list[ImportReport]:
        tried.append(arguments[-1])
        if len(tried) < 3:
            raise ShopUnreachable("Nobody answers.")
        return []

    def refused(*_arguments: Any) -> list[ImportReport]:
        tried.append(None)
        raise ShopFrozen("Settle that.")

    monkeypatch.setattr(shop_imports, "installation", mine)
    at_once = shop_imports.import_records.with_options(retry_delay_seconds=0)
    began = datetime.now(UTC)

    @flow
    def importing() -> None:
        at_once("shopify", "", ["customers"], began)

    monkeypatch.setattr(shop_imports, "import_shop", unreachable)
    importing()
    assert tried == [began, began, began], "each attempt knows since when everything is to be read anew"
    tried.clear()
    monkeypatch.setattr(shop_imports, "import_shop", refused)
    with pytest.raises(ShopFrozen):
        importing()
    assert tried == [None]


def test_housekeeping_runs_every_night_and_says_what_it_deleted(martha: Marketer) -> None:
    deployment = martha.client.read_deployment_by_name("housekeeping/nightly")
    assert [(str(one.schedule.cron), one.active) for one in deployment.schedules if isinstance(one.schedule, CronSchedule)] == [("30 3 * * *", True)]
    done = martha.ended(martha.start("housekeeping/nightly"), "Completed")
    assert "carts of more than 90 days: " in said(done)
    assert {row["what"]: row["deleted"] for row in artifact(martha, "housekeeping")}["lists of rejects of more than 90 days"] == 0
    assert {row["meter"] for row in artifact(martha, "results-meters")} == {"no purchase", "carts", "winback"}
    assert "winback" in {row["campaign"] for row in artifact(martha, "results")} and "Results of *winback*" in artifact(martha, "results-winback")


def test_a_schedule_that_was_missed_does_not_send_late(martha: Marketer, engine_of_stack: Engine) -> None:
    late = martha.start(WINBACK, state=Scheduled(scheduled_time=datetime.now(UTC) - timedelta(days=2)))
    run = martha.ended(late, "Completed")
    assert run.state
    assert "Nothing was sent" in (run.state.message or "")
    with reading(engine_of_stack) as connection:
        assert print_runs.latest(connection, 1) == []


def test_a_run_waits_for_approval_and_another_one_does_not_get_in_between(martha: Marketer, engine_of_stack: Engine) -> None:
    first = martha.start(WINBACK)
    martha.ended(first, "Suspended")
    funnel = {row["verdict"]: row["people"] for row in artifact(martha, "funnel-winback")}
    assert funnel["audience"] == sum(people for name, people in funnel.items() if name != "audience")
    assert "Print run 1" in str(artifact(martha, "approval-winback"))
    second = martha.ended(martha.start(WINBACK), "Completed")
    assert second.state
    assert "still waits for approval" in (second.state.message or "")
    tried = said(martha.ended(martha.start(WINBACK, {"campaign": "winback", "options": {"dry_run": True}}), "Completed"))
    assert "Print run 1 of this campaign is awaiting approval: whom it has selected counts as written to here." in tried
    martha.answer(first, "reject", "wrong offer")
    rejected = martha.ended(first, "Completed")
    assert rejected.state
    assert "wrong offer" in (rejected.state.message or "")
    with reading(engine_of_stack) as connection:
        run = print_runs.latest(connection, 1)[0]
    assert (run.state, run.decided_by, run.comment) == (PrintRunState.REJECTED, "Martha", "wrong offer")
    assert not martha.stack.settings.handover_dir.exists()


def test_an_answer_waits_for_its_form_and_one_that_is_not_taken_is_told(martha: Marketer) -> None:
    """Prefect calls a run suspended a moment before it has stored the form: an answer in between was lost without a word."""

    @flow
    def nobodys() -> None:
        """No worker takes it up."""

    deployment_id = martha.client.create_deployment(martha.client.create_flow(nobodys), "nobodys")
    far: State[Any] = Scheduled(scheduled_time=datetime.now(UTC) + timedelta(days=300))
    run_id = martha.client.create_flow_run_from_deployment(deployment_id, state=far).id
    no, yes = Approval(decision="reject"), Approval(decision="approve")
    with pytest.raises(AnswerRefused, match="not paused"):
        answer(martha.client, run_id, no)
    suspended: State[Any] = Suspended(timeout_seconds=600, pause_key="early")
    keys = keyset_from_paused_state(suspended)
    suspended.state_details.run_input_keyset = cast("dict[str, str]", keys)
    martha.client.set_flow_run_state(run_id, suspended, force=True)
    with pytest.raises(AnswerRefused, match="schema not found"):
        answer(martha.client, run_id, no, seconds=0)
    form = {"key": keys["schema"], "value": json.dumps(Approval.model_json_schema())}
    later = Timer(1, lambda: asked("POST", f"{martha.stack.prefect_url}/api/flow_runs/{run_id}/input", form))
    later.start()
    answer(martha.client, run_id, yes)
    later.join()
    resumed = martha.client.read_flow_run(run_id).state
    assert resumed and resumed.name == "Resuming"
    martha.client.delete_deployment(deployment_id)


def test_an_approved_run_is_handed_over(martha: Marketer, engine_of_stack: Engine) -> None:
    run_id = martha.start(WINBACK)
    martha.ended(run_id, "Suspended")
    martha.answer(run_id, "approve")
    martha.ended(run_id, "Completed")
    with reading(engine_of_stack) as connection:
        run = print_runs.latest(connection, 1)[0]
    assert run.state is PrintRunState.HANDED_OVER
    assert (martha.stack.settings.handover_dir / run.name / "manifest.json").exists()
    assert "Because of the letters" in artifact(martha, "results-winback")


def test_a_run_that_is_approved_at_the_desk_is_handed_over_by_whoever_waits_for_it(martha: Marketer, engine_of_stack: Engine) -> None:
    with writing(engine_of_stack) as connection:  # somebody new to write to
        connection.execute(letters_table.update().values(state="cancelled"))
        users.save(connection, "Martha", hash_password("vier Worte und ein Punkt."), Role.MARKETER, datetime.now(UTC))
    run_id = martha.start(WINBACK)
    martha.ended(run_id, "Suspended")
    with reading(engine_of_stack) as connection:
        asked_about = print_runs.latest(connection, 1)[0]
    page = f"/desk/print-runs/{asked_about.id}"
    with httpx.Client(base_url=martha.stack.api_url, timeout=60) as desk:
        assert desk.post("/desk/sign-in", data={"name": "Martha", "password": "vier Worte und ein Punkt."}).is_redirect
        seen = re.findall(r'name="seen" value="(\w+)"', desk.get(page).text)[0]
        decided = desk.post(f"{page}/decision", data={"seen": seen, "approve": "true", "comment": "at the desk", "confirmed": "true"})
    assert decided.headers["Location"] == f"{page}?done=run_is_approved"
    martha.ended(run_id, "Completed")
    with reading(engine_of_stack) as connection:
        run = print_runs.get(connection, asked_about.id)
    assert (run.state, run.decided_by, run.comment) == (PrintRunState.HANDED_OVER, "Martha", "at the desk")


def test_an_answer_belongs_to_the_print_run_that_was_asked_about(martha: Marketer, engine_of_stack: Engine) -> None:
    """Print run N is rejected on the command line; approving its old form later must not send people nobody has looked at."""
    settings = martha.stack.settings
    with writing(engine_of_stack) as connection:  # somebody new to write to
        connection.execute(letters_table.update().values(state="cancelled"))
    run_id = martha.start(WINBACK)
    martha.ended(run_id, "Suspended")
    with reading(engine_of_stack) as connection:
        asked = print_runs.latest(connection, 1)[0]
    handed_over = sorted(path.name for path in settings.handover_dir.iterdir())
    decide_on_run(engine_of_stack, settings, asked.id, approved=False, by="Otto", comment="on the command line")
    martha.answer(run_id, "approve")
    skipped = martha.ended(run_id, "Completed")
    assert skipped.state
    assert f"Print run {asked.id} of this flow run is rejected already" in (skipped.state.message or "")
    with reading(engine_of_stack) as connection:
        assert print_runs.latest(connection, 1)[0].id == asked.id
    assert sorted(path.name for path in settings.handover_dir.iterdir()) == handed_over


def test_a_flow_that_runs_when_everything_is_stopped_comes_to_its_end(martha: Marketer, tmp_path: Path) -> None:
    """The fixture stops the stack after this test and looks whether the import has finished."""
    large = [sys.executable, str(SAMPLE.parent / "make_sample_shop.py"), str(tmp_path / "large"), "--customers", "6000"]
    subprocess.run(large, check=True)
    run_id = martha.start("import-csv/csv", {"files": {"place": str(tmp_path / "large"), "source": "large"}})
    martha.ended(run_id, "Running")


def test_only_a_fresh_run_is_held_back_for_being_late(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    just_now, long_ago = datetime.now(UTC), datetime.now(UTC) - timedelta(hours=settings.stale_after_hours, minutes=1)
    assert reason_to_stop(shop, settings, "winback", "mine", just_now) is None
    assert "hours ago" in str(reason_to_stop(shop, settings, "winback", "mine", long_ago))
    open_or_resume(shop, settings, "winback", "mine")
    assert reason_to_stop(shop, settings, "winback", "mine", long_ago) is None, "it started in time and goes on after approval"
    assert "hours ago" in str(reason_to_stop(shop, settings, "winback", "another", long_ago))
