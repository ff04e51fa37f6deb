"""Who brings new customers: the partners, their codes, their first lines (product.md 8)."""

from store.partners.codes import PartnerCode, codes_of, derive, offers_open_to, public_code, switch_code
from store.partners.lines import Downline, FirstLine, assign_first_line, downline, first_line, first_lines_count
from store.partners.own import Somebody, is_self, partner_in_person, somebody
from store.partners.prospects import Prospect, View, note_views, prospects, views
from store.partners.register import add, by_id, by_slug, change, login_of, of_user, open_login

__all__ = [
    "Downline",
    "FirstLine",
    "PartnerCode",
    "Prospect",
    "Somebody",
    "View",
    "add",
    "assign_first_line",
    "by_id",
    "by_slug",
    "change",
    "codes_of",
    "derive",
    "downline",
    "first_line",
    "first_lines_count",
    "is_self",
    "login_of",
    "note_views",
    "of_user",
    "offers_open_to",
    "open_login",
    "partner_in_person",
    "prospects",
    "public_code",
    "somebody",
    "switch_code",
    "views",
]
