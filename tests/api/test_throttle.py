"""Whom does a limit take for one visitor?"""

import pytest

from api.throttle import network_of


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("64:ff9b::c000:207", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("unix:", "unix:"),
    ],
)
def test_a_visitor_is_an_address_of_ipv4_in_any_spelling_and_a_network_of_ipv6(host: str, network: str) -> None:
    assert network_of(host) == network
