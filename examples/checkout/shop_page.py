"""What does a checkout with a coupon field look like?  KEY=pst_… python examples/checkout/shop_page.py, then open http://127.0.0.1:8331"""

import os
from html import escape
from secrets import token_hex
from typing import Annotated, Any

import httpx
import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse

HEAD = "<!doctype html><meta name=viewport content='width=device-width'><title>Shop</title>"
CART: list[dict[str, Any]] = [
    {"sku": "TEE-1", "category": "Tea", "quantity": 2, "gross_cents": 2900, "vat_rate": 700},
    {"sku": "POT-7", "category": "Pots", "quantity": 1, "gross_cents": 3490, "vat_rate": 1900},
]


def shop(postillion: str, key: str) -> FastAPI:
    """One page; ``postillion`` is where the API is, ``key`` has the scope coupons:redeem."""
    app, api = FastAPI(), httpx.Client(base_url=f"{postillion}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=3)

    def ask(what: str, request: Request, code: str, **order: str) -> tuple[int, str]:
        if not code:
            return 0, ""
        cart = {"code": code, "currency": "EUR", "lines": CART, "client": request.client.host if request.client else "", **order}
        try:
            answer: dict[str, Any] = api.post(f"/coupons/{what}", json=cart).raise_for_status().json()
        except httpx.HTTPError:  # also 429 and 503: the shop goes on selling, without a coupon
            return 0, "Coupons cannot be checked just now."
        language = "de" if request.headers.get("accept-language", "").startswith("de") else "en"
        found = answer.get("discount") or answer.get("redemption", {}).get("discount", {"gross_cents": 0})
        return found["gross_cents"], "" if answer["granted"] else answer["refusal"]["message"][language]

    @app.get("/", response_class=HTMLResponse)
    def cart(request: Request, code: str = "", order_ref: str = "") -> str:
        off, says = ask("quote", request, code)
        kept = f'<input type=hidden name=order_ref value="{escape(order_ref or token_hex(4))}">'  # the cart's own: two orders never share one
        lines = "".join(f"<li>{line['quantity']} × {line['sku']}: {line['gross_cents'] / 100:.2f} €" for line in CART)
        total = (sum(line["gross_cents"] for line in CART) - off) / 100
        form = f'<form><input name=code value="{escape(code)}" aria-label=Coupon>{kept}<button>Apply</button> {escape(says)}</form>'
        order = f'<form method=post action=/order><input type=hidden name=code value="{escape(code)}">{kept}<button>Order for {total:.2f} €</button></form>'
        return f"{HEAD}<ul>{lines}</ul>{form}<p>{f'Coupon: −{off / 100:.2f} €' if off else ''}{order}"

    @app.post("/order", response_class=HTMLResponse)
    def order(request: Request, order_ref: Annotated[str, Form()], code: Annotated[str, Form()] = "") -> str:
        off, says = ask("redeem", request, code, order_ref=order_ref)  # a retry of the same order is harmless
        return f"{HEAD}Thank you. Order {escape(order_ref)}: coupon −{off / 100:.2f} €. {escape(says)}"

    return app


if __name__ == "__main__":
    uvicorn.run(shop(os.environ.get("POSTILLION", "http://127.0.0.1:8330"), os.environ["KEY"]), port=8331)
