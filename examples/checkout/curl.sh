#!/bin/sh
# A coupon's way through a checkout, with curl: KEY=pst_... CODE=TEE-7Q4KM sh examples/checkout/curl.sh
set -eu
POSTILLION=${POSTILLION:-http://127.0.0.1:8330}
ORDER=${ORDER:-2026-4711}
CART='"code": "'$CODE'", "currency": "EUR", "client": "visitor-6f1e", "shopper": {"email": "anna.mueller@mail.example"}, "lines": [
  {"sku": "TEE-1", "category": "Tea", "quantity": 2, "gross_cents": 2900, "vat_rate": 700},
  {"sku": "POT-7", "category": "Pots", "quantity": 1, "gross_cents": 3490, "vat_rate": 1900}]'

post() {
  echo "$1:" >&2
  answer=$(curl --silent --show-error --fail-with-body "$POSTILLION/api/v1/coupons/$1" \
    --header "Authorization: Bearer $KEY" --header "Content-Type: application/json" --data "$2") || { echo "$answer"; exit 1; }
  echo "$answer"
  case $answer in *'"granted":false'*) exit 1 ;; esac  # a refusal is an answer too: show its message, sell on without the coupon
}

post quote "{$CART}"                                # the code was typed: what is it worth?
post reserve "{$CART, \"order_ref\": \"$ORDER\"}"   # to the payment: nobody else gets this use for 30 minutes
post redeem "{$CART, \"order_ref\": \"$ORDER\"}"    # paid; once more would be harmless
curl --silent --show-error --get "$POSTILLION/api/v1/redemptions" --header "Authorization: Bearer $KEY" --data-urlencode "order_ref=$ORDER"  # for the invoice
echo
post roll-back "{\"order_ref\": \"$ORDER\", \"reason\": \"cancelled\"}"
