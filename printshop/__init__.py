"""Print files out to the shop, reports in."""
