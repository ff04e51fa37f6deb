"""A shop's checkout asks what a coupon takes off, and has it redeemed: ``POST /api/v1/coupons/quote`` and its like."""
