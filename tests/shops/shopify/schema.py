"""Which GraphQL schema does the mock execute: Shopify's own, or our small part of it?"""

from functools import cache
from pathlib import Path

from graphql import GraphQLSchema, build_schema

HERE = Path(__file__).parent
SMALL = HERE / "small.graphql"
FULL = HERE.parents[3] / "shared" / "data" / "shopify-schema" / "admin-2026-10.graphql"


def has_full() -> bool:
    """Whether Shopify's own schema lies beside this repository."""
    return FULL.exists()


def load_schema(which: str) -> GraphQLSchema:
    """``full``, ``small``, or ``auto``: the full one where it is there. Takes two seconds for the full one, once per process."""
    chosen = which if which != "auto" else "full" if has_full() else "small"
    return _build(FULL if chosen == "full" else SMALL)


@cache
def _build(path: Path) -> GraphQLSchema:
    # Without assume_valid graphql-core refuses Shopify's schema: six fields break the rule that what implements a field that is not
    # deprecated must not be deprecated (facts/importers.md 1.10).
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True)
