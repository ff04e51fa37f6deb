"""How is a person greeted?"""

import pytest

from campaigns.address import Address
from campaigns.customer import Sex
from campaigns.salutation import salutation

F, M, X = Sex.FEMALE, Sex.MALE, Sex.UNKNOWN


@pytest.mark.parametrize(
    ("title", "first", "last", "sex", "language", "greeting"),
    [
        ("", "Anna", "Müller", F, "de", "Liebe Frau Müller,"),
        ("", "Paul", "Müller", M, "de", "Lieber Herr Müller,"),
        ("Dr.", "Anna", "Müller", F, "de", "Liebe Frau Dr. Müller,"),
        ("", "", "Müller", F, "de", "Liebe Frau Müller,"),
        ("", "Kim", "Müller", X, "de", "Guten Tag Kim Müller,"),
        ("Dr.", "Kim", "Müller", X, "de", "Guten Tag Dr. Kim Müller,"),
        ("", "Kim", "", F, "de", "Guten Tag Kim,"),
        ("", "", "", F, "de", "Guten Tag,"),
        ("Dr.", "", "", X, "de", "Guten Tag,"),
        ("", "Anna", "Miller", F, "en", "Dear Ms Miller,"),
        ("", "Paul", "Miller", M, "en", "Dear Mr Miller,"),
        ("Dr", "Paul", "Miller", M, "en", "Dear Dr Miller,"),
        ("", "Kim", "Miller", X, "en", "Dear Kim Miller,"),
        ("", "", "", X, "en", "Hello,"),
        ("", "Anne", "Petit", F, "fr", "Dear Ms Petit,"),
        ("", "", "", X, "fr", "Hello,"),
        ("", "{name}", "{0}", X, "de", "Guten Tag {name} {0},"),
        ("", "", "{name}", F, "de", "Liebe Frau {name},"),
    ],
)
def test_the_greeting(title: str, first: str, last: str, sex: Sex, language: str, greeting: str) -> None:
    assert salutation(Address(title=title, first_name=first, last_name=last), sex, language) == greeting
