"""Customers and orders out of a Billbee account: ``fetch(Account(Credentials(…)), kind, source, state, until)``."""

from importers.billbee.account import Account, AccountInfo, Credentials
from importers.billbee.fetching import STREAMS, fetch

__all__ = ["STREAMS", "Account", "AccountInfo", "Credentials", "fetch"]
