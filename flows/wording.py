"""How is a verdict said to a marketer?"""

from campaigns.verdict import Funnel, Outcome, Reason

IN_WORDS: dict[str, str] = {
    "audience": "everybody whom the campaign looked at",
    Reason.DECEASED: "has died",
    Reason.OBJECTION: "has objected to advertising",
    Reason.ROBINSON: "is on the Robinson list and has never bought",
    Reason.UNDELIVERABLE: "an earlier letter came back: the address is wrong",
    Reason.MOVED: "has moved, the new address is not known",
    Reason.MARKETPLACE_ORDER: "bought through a marketplace, which forbids advertising",
    Reason.ABROAD: "lives in a country that the campaign does not write to",
    Reason.ADDRESS_INCOMPLETE: "a part of the address is missing",
    Reason.ADDRESS_INVALID: "the address cannot be right",
    Reason.NO_EARLIER_ORDER: "has never ordered, and the campaign writes to buyers only",
    Reason.TOO_OLD: "what the letter would be about is too long ago, or ends too soon",
    Reason.OPEN_CART: "has products in the cart: the campaign waits",
    Reason.SEQUENCE_DONE: "has had all letters of the campaign, or sat them out",
    Reason.CONVERTED: "has bought since",
    Reason.NOT_DUE: "the next letter is not due yet",
    Reason.IN_OTHER_CAMPAIGN: "another campaign writes to this person",
    Reason.COOLDOWN: "had a letter too short a time ago",
    Reason.FREQUENCY_CAP: "had as many letters as anybody may have",
    Reason.HOUSEHOLD_DUPLICATE: "somebody in the same household is in this run",
    Reason.UNPRINTABLE_TEXT: "the letter cannot be printed: the reason stands on the customer's page",
    Reason.NO_COUPON_LEFT: "there is no coupon for the letter: import more codes, or give the offer a later last day",
    Reason.BUDGET: "the limit of letters or money is used up: the next run goes on, or raise the limit",
    Reason.BELOW_MINIMUM: "the run was too small to print: it waits for more people",
    Reason.DUPLICATE: "is somebody who has this letter already",
    Outcome.HOLDOUT: "gets no letter, so that the effect can be measured",
    Outcome.SELECTED: "gets a letter",
}


def funnel_rows(funnel: Funnel) -> list[dict[str, object]]:
    """The funnel as a table: the word that the database keeps, what it means, and how many people."""
    return [{"verdict": name.replace("_", " "), "people": count, "meaning": IN_WORDS[name]} for name, count in funnel.rows()]


def funnel_line(funnel: Funnel) -> str:
    """The funnel in one line."""
    return " · ".join(f"{name.replace('_', ' ')} {count}" for name, count in funnel.rows())
