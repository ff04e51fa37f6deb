"""What do the pages say, in each language?"""

from api.catalogue import campaigns, coupons, desk, imports, offers, pages, partners, states

CATALOGUE = pages.PHRASES | desk.PHRASES | campaigns.PHRASES | coupons.PHRASES | offers.PHRASES | imports.PHRASES | partners.PHRASES | states.PHRASES
