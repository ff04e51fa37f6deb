"""Was anything done to a customer on this day that no campaign may do, and what did the year come to?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, func, select

from campaigns.campaign import Campaign
from campaigns.day import Day
from campaigns.holdout import in_holdout
from campaigns.kinds import CampaignKind, Winback
from campaigns.letter import ON_PAPER
from campaigns.order import SALES
from campaigns.print_run import PrintRunState
from campaigns.verdict import Funnel, Outcome
from store import audience, campaigns, holdouts, letters
from store.engine import reading
from store.print_runs import PrintRun
from store.schema import campaigns as campaigns_table
from store.schema import carts, coupons, customers, merges, objections, orders
from store.schema import holdouts as holdouts_table
from store.schema import letters as letters_table
from store.settings import Settings

WINDOW = timedelta(days=60)
"""An order within so many days after the letter (product.md 9.2)."""


class Checks:
    """Looks at each run and each day, and keeps count."""

    def __init__(self, engine: Engine, settings: Settings, definitions: Mapping[str, Campaign]) -> None:
        self.engine, self.settings, self.definitions = engine, settings, definitions
        self.runs: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()
        """Audiences that were counted a second time."""
        self.last: dict[str, Funnel] = {}
        self.verdicts: Counter[str] = Counter()
        """Of all runs together."""
        self.letters_checked = 0

    # --- a run ---------------------------------------------------------------------------------------------------------

    def audience_of(self, run: PrintRun) -> int:
        """How many people the campaign is to look at, asked beside the run."""
        with reading(self.engine) as connection:
            day = Day(run.created_at, ZoneInfo(self.settings.timezone), self.settings.delivery_days)
            definition = campaigns.version(connection, run.version_id)
            return len(audience.page(connection, run.campaign_id, definition, self.settings.sender_country, 0, 10**6, day))

    def ran(self, run: PrintRun, audience_size: int | None) -> None:
        """The sum of the verdicts is the audience; letters and holdouts are what the funnel says."""
        self.runs[run.campaign] += 1
        self.last[run.campaign] = run.funnel
        self.verdicts += run.funnel.counts
        assert run.state in (PrintRunState.RENDERING, PrintRunState.EMPTY)
        if audience_size is not None:
            assert run.funnel.audience == audience_size, f"{run.name}: not everybody has a verdict"
            self.counted[run.campaign] += 1
        with reading(self.engine) as connection:
            assert letters.count(connection, run.id) == run.funnel.selected
            assert holdouts.count(connection, run.id) == run.funnel.counts[Outcome.HOLDOUT]

    # --- a day ---------------------------------------------------------------------------------------------------------

    def end_of_day(self, _day: date) -> None:
        """All that may not happen to a person between two midnights."""
        day = Day(datetime.now(UTC), ZoneInfo(self.settings.timezone), self.settings.delivery_days)
        with reading(self.engine) as connection:
            news = self._letters(connection, letters_table.c.created_at >= day.began(0))
            theirs = self._of_people(connection, [new.customer_id for new in news])
            for new in news:
                self._check_new(connection, new, theirs[new.customer_id], day)
            self._check_handed_over(connection, day)
        self.letters_checked += len(news)

    def _letters(self, connection: Connection, *which: Any) -> Sequence[Row[Any]]:
        table = letters_table.c
        columns = (table.id, table.customer_id, table.step, table.trigger, table.state, table.created_at, table.handed_over_at)
        query = select(*columns, campaigns_table.c.slug).join(campaigns_table, campaigns_table.c.id == table.campaign_id)
        return connection.execute(query.where(*which, table.is_seed.is_(False)).order_by(table.id)).all()

    def _of_people(self, connection: Connection, ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
        found = defaultdict(list)
        for letter in self._letters(connection, letters_table.c.customer_id.in_(ids), letters_table.c.state.in_(ON_PAPER)):
            found[letter.customer_id].append(letter)
        return found

    def _check_new(self, connection: Connection, new: Row[Any], theirs: Sequence[Row[Any]], day: Day) -> None:
        what, definition, limits = f"{new.slug}, letter {new.id}, {day.today}", self.definitions[new.slug], self.definitions[new.slug].limits
        others = [each for each in theirs if each.id != new.id]
        sent = [each.handed_over_at or each.created_at for each in others]
        assert all(each.handed_over_at and day.days_since(each.created_at) > 0 for each in others), f"{what}: another letter is on its way"
        assert all(day.days_since(at) >= limits.cooldown_days for at in sent), f"{what}: within the cooldown"
        assert sum(day.days_since(at) < limits.cap_days for at in sent) < limits.cap_letters, f"{what}: above the cap"
        objected = select(func.count()).select_from(objections).where(objections.c.customer_id == new.customer_id, objections.c.received_at < new.created_at)
        assert connection.execute(objected).scalar_one() == 0, f"{what}: to somebody who has objected"
        key = connection.execute(select(customers.c.person_key).where(customers.c.id == new.customer_id)).scalar_one()
        assert not in_holdout(key, definition, self.settings.secret), f"{what}: to somebody who is held out"
        self._check_step(connection, new, others, day, what)
        assert not self._has_stopped(connection, new, day), f"{what}: the sequence had ended by an order"

    def _check_step(self, connection: Connection, new: Row[Any], others: Sequence[Row[Any]], day: Day, what: str) -> None:
        definition = self.definitions[new.slug]
        assert definition.loop_days or new.step <= len(definition.steps), what
        if new.step == 1:
            return
        before = [each.handed_over_at for each in others if each.slug == new.slug and each.step == new.step - 1]
        mine = (holdouts_table.c.customer_id == new.customer_id, holdouts_table.c.step == new.step - 1)  # of somebody who is the same person by now
        held_out = select(holdouts_table.c.handed_over_at).join(campaigns_table, campaigns_table.c.id == holdouts_table.c.campaign_id)
        before += connection.execute(held_out.where(*mine, campaigns_table.c.slug == new.slug)).scalars()
        delay = (definition.loop_days or 0) if new.step > len(definition.steps) else definition.steps[new.step - 1].delay_days
        assert before, f"{what}: step {new.step} without the one before"
        assert day.days_since(max(before)) >= delay, f"{what}: step {new.step} too early"

    def _has_stopped(self, connection: Connection, new: Row[Any], day: Day) -> bool:
        sales = select(orders.c.ordered_at).where(orders.c.customer_id == new.customer_id, orders.c.state.in_(SALES), orders.c.ordered_at <= new.created_at)
        bought = list(connection.execute(sales).scalars())
        definition, number = self.definitions[new.slug], int(new.trigger.rpartition("-")[2] or 0) if new.trigger[-1].isdigit() else 0
        match definition.kind:
            case CampaignKind.WINBACK:
                assert isinstance(definition.audience, Winback)
                return day.days_since(max(bought)) < definition.audience.inactive_days
            case CampaignKind.NO_PURCHASE:
                return bool(bought)
            case CampaignKind.REORDER:
                began = connection.execute(select(orders.c.ordered_at).where(orders.c.id == number)).scalar_one()
            case CampaignKind.COUPON_EXPIRY:
                began = connection.execute(select(coupons.c.issued_at).where(coupons.c.id == number)).scalar_one()
            case CampaignKind.ABANDONED_CART:
                cart = int(new.trigger.split("-")[1])
                began = connection.execute(select(carts.c.updated_at).where(carts.c.id == cart)).scalar_one()
            case CampaignKind.SEGMENT:
                return False
        return any(at > began for at in bought)

    def _check_handed_over(self, connection: Connection, day: Day) -> None:
        gone = self._letters(connection, letters_table.c.handed_over_at >= day.began(0), letters_table.c.state.in_(ON_PAPER))
        people = [letter.customer_id for letter in gone]
        assert len(people) == len(set(people)), f"{day.today}: two letters to one person were handed over"
        objected = connection.execute(select(objections.c.customer_id).where(objections.c.customer_id.in_(people))).scalars().all()
        assert not objected, f"{day.today}: handed over to somebody who has objected"

    # --- the year ------------------------------------------------------------------------------------------------------

    def mailed_and_held_out(self, connection: Connection, slug: str) -> tuple[set[int], set[int]]:
        """Customers who had a letter of a campaign, and who were held out of one.

        Without those who turned out to be two of each; of the erased nobody can say that any more.
        """
        of = (campaigns_table.c.slug == slug,)
        written = select(letters_table.c.customer_id).join(campaigns_table, campaigns_table.c.id == letters_table.c.campaign_id)
        held_out = select(holdouts_table.c.customer_id).join(campaigns_table, campaigns_table.c.id == holdouts_table.c.campaign_id)
        united = set(connection.execute(select(customers.c.id).where(customers.c.erased_at.is_not(None))).scalars())
        united |= set(connection.execute(select(merges.c.kept_id)).scalars()) | set(connection.execute(select(merges.c.gone_id)).scalars())
        mailed = set(connection.execute(written.where(*of, letters_table.c.state.in_(ON_PAPER))).scalars())
        return mailed - united, set(connection.execute(held_out.where(*of)).scalars()) - united

    def rows(self) -> Iterator[dict[str, Any]]:
        """The year of each campaign."""
        with reading(self.engine) as connection:
            bought = defaultdict(list)
            for row in connection.execute(select(orders.c.customer_id, orders.c.ordered_at).where(orders.c.state.in_(SALES))):
                bought[row.customer_id].append(row.ordered_at)
            for slug in self.definitions:
                sent = self._letters(connection, campaigns_table.c.slug == slug)
                steps = Counter(min(letter.step, 4) for letter in sent if letter.handed_over_at)
                mailed, held_out = self.mailed_and_held_out(connection, slug)
                first = [(letter.customer_id, letter.handed_over_at) for letter in sent if letter.step == 1 and letter.handed_over_at]
                query = select(holdouts_table.c.customer_id, holdouts_table.c.held_out_at).join(
                    campaigns_table, campaigns_table.c.id == holdouts_table.c.campaign_id
                )
                drawn = connection.execute(query.where(campaigns_table.c.slug == slug, holdouts_table.c.step == 1)).all()
                yield {
                    "campaign": slug,
                    "runs": self.runs[slug],
                    "selected": len(sent),
                    "taken out": sum(letter.state not in ON_PAPER for letter in sent),
                    "handed over": sum(steps.values()),
                    **{f"step {number}": steps[number] for number in (1, 2, 3)},
                    "step 4+": steps[4],
                    "mailed": len(mailed),
                    "held out": len(held_out),
                    "bought %": _percent(first, bought),
                    "held-out %": _percent(drawn, bought),
                }

    def table(self) -> str:
        """The funnel of the year, as a person reads it."""
        rows = list(self.rows())
        widths = {name: max(len(name), *(len(str(row[name])) for row in rows)) for name in rows[0]}
        lines = ["  ".join(name.rjust(width) for name, width in widths.items())]
        lines += ["  ".join(str(row[name]).rjust(width) for name, width in widths.items()) for row in rows]
        lines += ["", "Last run of each campaign:"]
        lines += [f"{slug:>15}: " + ", ".join(f"{count} {name}" for name, count in funnel.rows()) for slug, funnel in self.last.items()]
        return "\n".join(lines)


def _percent(people: Sequence[Any], bought: Mapping[int, Sequence[datetime]]) -> float:
    """Share of people who bought within the window after their first letter, or after they were held out of it."""
    hits = sum(any(at < when <= at + WINDOW for when in bought[person]) for person, at in people)
    return round(100 * hits / len(people), 1) if people else 0.0
