"""What did a campaign bring, and how sure is that (product.md 9.1 to 9.3)?"""

from campaigns.results.counts import CampaignResults, Counts, Day, OtherCurrency, Overview, Reckoning, ResultLine, Take
from campaigns.results.lift import Group, Interval, Lift, NoLift, NoLiftReason, PowerHint
from campaigns.results.meter import Band, Meter, MeterKind, Position

__all__ = [
    "Band",
    "CampaignResults",
    "Counts",
    "Day",
    "Group",
    "Interval",
    "Lift",
    "Meter",
    "MeterKind",
    "NoLift",
    "NoLiftReason",
    "OtherCurrency",
    "Overview",
    "Position",
    "PowerHint",
    "Reckoning",
    "ResultLine",
    "Take",
]
