"""Where does a scan lead?"""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from campaigns.campaign import Campaign


def landing_url(campaign: Campaign, step: int, coupon_code: str) -> str:
    """The campaign's page with the letter's code applied and UTM parameters for the shop's analytics.

    ``{coupon_code}`` may stand anywhere in the campaign's address, so ``https://SHOP/discount/{coupon_code}?redirect=/tea``
    applies a Shopify code at once.
    """
    parts = urlsplit(campaign.landing_url.replace("{coupon_code}", quote(coupon_code, safe="")))
    tracked = {"utm_source": "postillion", "utm_medium": "letter", "utm_campaign": campaign.slug, "utm_content": f"step-{step}"}
    own = parse_qsl(parts.query, keep_blank_values=True)
    query = own + [(name, value) for name, value in tracked.items() if name not in dict(own)]
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))
