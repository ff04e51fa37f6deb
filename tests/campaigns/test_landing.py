"""Where does a scan lead?"""

from dataclasses import replace

import pytest

from campaigns.campaign import Campaign, Step
from campaigns.landing import landing_url

CAMPAIGN = Campaign("winback", "Win-back", "https://shop.example", (Step("winback"),))
UTM = "utm_source=postillion&utm_medium=letter&utm_campaign=winback&utm_content=step-2"


@pytest.mark.parametrize(
    ("page", "code", "found"),
    [
        ("https://shop.example", "", f"https://shop.example?{UTM}"),
        ("https://shop.example/tea?a=&b=c%20d", "", f"https://shop.example/tea?a=&b=c%20d&{UTM}"),
        ("https://shop.example/discount/{coupon_code}?redirect=/tea", "AB-CD", f"https://shop.example/discount/AB-CD?redirect=%2Ftea&{UTM}"),
        ("https://shop.example/?code={coupon_code}", "A&B=/ü", f"https://shop.example/?code=A%26B%3D%2F%C3%BC&{UTM}"),
        ("https://shop.example/tea#top", "", f"https://shop.example/tea?{UTM}#top"),
        ("https://shop.example/?utm_source=own", "", f"https://shop.example/?utm_source=own&{UTM.removeprefix('utm_source=postillion&')}"),
    ],
)
def test_the_landing_page(page: str, code: str, found: str) -> None:
    assert landing_url(replace(CAMPAIGN, landing_url=page), 2, code) == found
