"""The commands ``postillion seed …``, on both databases."""

import pytest

from tests.flows.terminal import postillion as said

pytestmark = pytest.mark.usefixtures("own_installation")
HAMBURG = ("--first-name", "Kontroll", "--last-name", "Möwe", "--street", "Am Kai 7", "--postcode", "20253", "--town", "Hamburg", "--sex", "m")


def test_a_seed_address_is_added_once_listed_and_removed() -> None:
    said("migrate")
    assert "Seed address 1 gets a letter of every print run" in said("seed", "add", *HAMBURG)
    assert "Seed address 1 " in said("seed", "add", *HAMBURG)
    listed = said("seed", "list")
    assert "Kontroll Möwe" in listed
    assert "20253" in listed
    assert "gets no more letters" in said("seed", "remove", "1")
    assert "Möwe" not in said("seed", "list")


def test_what_cannot_be_done_is_said() -> None:
    said("migrate")
    assert "no street" in said("seed", "add", "--last-name", "Möwe", code=1)
    assert "There is no seed address 7" in said("seed", "remove", "7", code=1)
    assert "give f, m or nothing" in said("seed", "add", *HAMBURG[:-1], "x", code=2)
