"""Records that other systems send by HTTP, in batches: ``POST /api/v1/customers`` and its like."""
