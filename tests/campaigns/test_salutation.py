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
        ("Prof. Dr.", "Anna", "Müller", F, "de", "Liebe Frau Prof. Dr. Müller,"),
        ("Prof. Dr. med.", "Paul", "Müller", M, "de", "Lieber Herr Prof. Dr. Müller,"),
        ("Dr. rer. nat.", "Kim", "Müller", X, "de", "Guten Tag Dr. Kim Müller,"),
        ("Dr. h. c. mult.", "Anna", "Müller", F, "de", "Liebe Frau Dr. Müller,"),
        ("Dr.-Ing.", "Anna", "Müller", F, "de", "Liebe Frau Dr.-Ing. Müller,"),
        ("Mag.", "Anna", "Müller", F, "de", "Liebe Frau Mag. Müller,"),
        ("Dipl.-Ing.", "Anna", "Müller", F, "de", "Liebe Frau Müller,"),
        ("M. Sc.", "Paul", "Müller", M, "de", "Lieber Herr Müller,"),
        ("B.A.", "Kim", "Müller", X, "de", "Guten Tag Kim Müller,"),
        ("MBA", "Paul", "Miller", M, "en", "Dear Mr Miller,"),
        ("Prof. Dr.", "Anna", "Miller", F, "en", "Dear Professor Miller,"),
        ("Prof.", "Kim", "Miller", X, "en", "Dear Professor Kim Miller,"),
        ("", "Anna", "Müller-Lüdenscheidt", F, "de", "Liebe Frau Müller-Lüdenscheidt,"),
        ("", "Anna", "von der Heide", F, "de", "Liebe Frau von der Heide,"),
        ("", "Jean-Luc", "O'Neill", M, "de", "Lieber Herr O'Neill,"),
        ("", "Anna", "Miller", F, "en", "Dear Ms Miller,"),
        ("", "Anne", "de Vries", F, "nl", "Dear Ms de Vries,"),
        ("", "Giulia", "Rossi", X, "it", "Dear Giulia Rossi,"),
        ("", "Łukasz", "Żak", M, "pl", "Dear Mr Żak,"),
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
