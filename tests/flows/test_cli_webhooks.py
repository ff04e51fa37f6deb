"""At a terminal: webhooks that were given up get another chance."""

from flows.wiring import installation
from store import webhooks
from store.engine import reading, writing
from store.webhooks import Delivery, DeliveryState
from tests.flows.terminal import postillion
from tests.store.shop import NOW


def test_what_failed_is_tried_again_when_somebody_says_so(own_installation: None) -> None:
    postillion("migrate")
    with installation() as (engine, _):
        with writing(engine) as connection:
            webhooks.add(connection, Delivery("d1", "shop", "orders/create", b"{}", NOW, event_id="e1", triggered_at=NOW))
            webhooks.settle(connection, "d1", DeliveryState.FAILED, "1", "OSError", NOW)
        assert "1 webhooks are waiting once more." in postillion("shopify", "try-again")
        with reading(engine) as connection:
            assert webhooks.counts(connection)[DeliveryState.WAITING] == 1
    assert "0 webhooks" in postillion("shopify", "try-again")
