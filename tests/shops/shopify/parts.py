"""What is the mock put together from?"""

from dataclasses import dataclass

from tests.shops.shopify.access import Access
from tests.shops.shopify.answering import Answering
from tests.shops.shopify.bucket import Bucket
from tests.shops.shopify.bulk import Bulk
from tests.shops.shopify.clock import Clock
from tests.shops.shopify.discounts import Discounts
from tests.shops.shopify.faults import Faults
from tests.shops.shopify.log import Log
from tests.shops.shopify.reading import Reading
from tests.shops.shopify.schema import load_schema
from tests.shops.shopify.settings import Settings
from tests.shops.shopify.subscriptions import Subscriptions
from tests.shops.shopify.tokens import Tokens
from tests.shops.shopify.world import World


@dataclass(frozen=True, slots=True)
class Parts:
    """One shop; the tests hold the same objects as the server."""

    settings: Settings
    clock: Clock
    world: World
    faults: Faults
    log: Log
    tokens: Tokens
    bucket: Bucket
    bulk: Bulk
    answering: Answering
    subscriptions: Subscriptions
    discounts: Discounts


def make_parts(sizes: dict[str, int], settings: Settings) -> Parts:
    """A shop with so many customers, orders and checkouts."""
    clock = Clock(settings.real_time)
    until = settings.until or clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    world = World(sizes, until, clock.iso)
    access = Access(settings, world, clock)

    def reading() -> Reading:
        return Reading(world, settings, access)

    schema, bucket = load_schema(settings.schema), Bucket(settings, clock)
    bulk = Bulk(schema, settings, clock, reading)
    subscriptions, discounts = Subscriptions(), Discounts()
    answering = Answering(schema, bucket, bulk, reading, subscriptions, discounts)
    return Parts(settings, clock, world, Faults(), Log(), Tokens(settings, clock), bucket, bulk, answering, subscriptions, discounts)
