"""Other people's records in: bytes or HTTP in, records and rejections out."""
