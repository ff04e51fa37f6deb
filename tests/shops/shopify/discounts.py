"""Which discounts and codes does the shop have?  Words and shapes as recorded (discount-redeem-code-bulk*.json of the fixtures)."""

from typing import Any

from graphql import GraphQLError

from tests.shops.shopify.connections import page_of_list

Row = dict[str, Any]
MOST = 250
TAKEN = "must be unique. Please try a different code."


class Discounts:
    """Discounts with their codes; codes that are sent together are worked off after ``polls`` looks."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        """Each with id, title, input and codes, as a test wants to see them."""
        self.polls = 1
        self.refuse: dict[str, str] = {}
        """Code -> words, for codes that the shop is to refuse."""
        self.lose: set[str] = set()
        """Codes that the shop forgets the first time that they are sent: neither there nor refused."""
        self.fail_jobs = 0
        """So many jobs end without having deleted anything."""
        self._batches: dict[str, Row] = {}
        self._jobs: dict[str, Row] = {}
        self._keys: dict[str, int] = {}
        self._made = 0

    def value(self, field: str, args: Row) -> Any:
        """What the fields of Query and Mutation that are about discounts resolve to."""
        match field:
            case "discountCodeBasicCreate":
                return self._create(args["basicCodeDiscount"])
            case "discountRedeemCodeBulkAdd":
                return self._add(args["discountId"], [one["code"] for one in args["codes"]])
            case "discountRedeemCodeBulkCreation":
                return self._poll(args["id"])
            case "discountCodeRedeemCodeBulkDelete":
                return self._delete(args["discountId"], args.get("ids"))
            case "discountCodeDeactivate":
                return self._deactivate(args["id"])
            case "job":
                return self._job(args["id"])
            case "node":
                return self._node(self._row(args["id"]))
        return self._node(self._owner(args["code"]))

    def forget_batches(self) -> None:
        """No batch is known any more, as after some time."""
        self._batches.clear()

    def _create(self, wanted: Row) -> Row:
        if self._owner(wanted["code"]):
            return {
                "codeDiscountNode": None,
                "userErrors": [_error(["basicCodeDiscount", "code"], "Code must be unique. Please try a different code.", "TAKEN")],
            }
        self._made += 1
        row = {
            "id": f"gid://shopify/DiscountCodeNode/{1_655_830_000_000 + self._made}",
            "title": wanted["title"],
            "input": wanted,
            "codes": [wanted["code"]],
            "is_active": True,
        }
        self.rows.append(row)
        return {"codeDiscountNode": self._node(row), "userErrors": []}

    def _add(self, discount_id: str, codes: list[str]) -> Row:
        if len(codes) > MOST:
            message = f"The input array size of {len(codes)} is greater than the maximum allowed of {MOST}."
            raise GraphQLError(message, path=["discountRedeemCodeBulkAdd", "codes"], extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"})
        row = self._row(discount_id)
        if row is None:
            return {"bulkCreation": None, "userErrors": [_error(["discountId"], "Code discount does not exist.", "INVALID")]}
        if not codes:
            return {"bulkCreation": None, "userErrors": [_error(["codes"], "Codes can't be blank", "BLANK")]}
        self._made += 1
        lost = self.lose.intersection(codes)
        self.lose -= lost
        batch: Row = {
            "id": f"gid://shopify/DiscountRedeemCodeBulkCreation/{799_635_000_000 + self._made}",
            "row": row,
            "wanted": [code for code in codes if code not in lost],
            "looks": 0,
            "answers": None,
        }
        self._batches[batch["id"]] = batch
        return {"bulkCreation": self._seen(batch), "userErrors": []}

    def _delete(self, discount_id: str, ids: list[str] | None) -> Row:
        row = self._row(discount_id)
        if row is None:
            return {"job": None, "userErrors": [_error(["discountId"], "Code discount does not exist.", "INVALID")]}
        if not ids:
            raise GraphQLError("The mock deletes codes by their ids only: add search and saved searches to discounts.py.")
        if len(ids) > MOST:
            message = f"The input array size of {len(ids)} is greater than the maximum allowed of {MOST}."
            raise GraphQLError(message, path=["discountCodeRedeemCodeBulkDelete", "ids"], extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"})
        self._made += 1
        job: Row = {"id": f"gid://shopify/Job/{self._made:08d}-0000-4000-8000-000000000000", "done": False, "looks": 0, "row": row, "ids": set(ids)}
        self._jobs[job["id"]] = job
        return {"job": job, "userErrors": []}

    def _job(self, job_id: str) -> Row | None:
        job = self._jobs.get(job_id)
        if job is None:
            return None
        job["looks"] += 1
        if not job["done"] and job["looks"] > self.polls:
            job["done"] = True
            if self.fail_jobs:
                self.fail_jobs -= 1
            else:
                row = job["row"]
                row["codes"] = [code for code in row["codes"] if self._key(code) not in job["ids"]]
        return job

    def _deactivate(self, discount_id: str) -> Row:
        row = self._row(discount_id)
        if row is None:
            return {"codeDiscountNode": None, "userErrors": [_error(["id"], "Code discount does not exist.", "INVALID")]}
        row["is_active"] = False
        return {"codeDiscountNode": self._node(row), "userErrors": []}

    def _row(self, discount_id: str) -> Row | None:
        return next((row for row in self.rows if row["id"] == discount_id), None)

    def _key(self, code: str) -> str:
        return f"gid://shopify/DiscountRedeemCode/{self._keys.setdefault(code, 18_850_000_000_000 + len(self._keys))}"

    def redeem_codes_of(self, discount: Row, args: Row) -> Row:
        """The connection ``codes`` of a discount."""
        return page_of_list([{"id": self._key(code), "code": code} for code in discount["row"]["codes"]], args)

    def _poll(self, batch_id: str) -> Row | None:
        batch = self._batches.get(batch_id)
        if batch is None:
            return None
        batch["looks"] += 1
        if batch["answers"] is None and batch["looks"] > self.polls:
            batch["answers"] = [self._take(batch["row"], code) for code in batch["wanted"]]
        return self._seen(batch)

    def _take(self, row: Row, code: str) -> list[Row]:
        why = self.refuse.get(code) or (TAKEN if self._owner(code) else "is too short (minimum is 1 character)" if not code else "")
        if why:
            return [_error(["code"], why, None)]
        row["codes"].append(code)
        return []

    def _seen(self, batch: Row) -> Row:
        answers = batch["answers"]
        errors = answers or [[] for _ in batch["wanted"]]
        both = zip(batch["wanted"], errors, strict=True)
        nodes = [{"id": f"gid://shopify/Sent/{place}", "code": code, "errors": wrong} for place, (code, wrong) in enumerate(both, 1)]
        failed = sum(bool(wrong) for wrong in errors)
        return {
            "id": batch["id"],
            "done": answers is not None,
            "codesCount": len(nodes),
            "importedCount": len(nodes) - failed if answers is not None else 0,
            "failedCount": failed,
            "nodes": nodes,
        }

    def codes_of(self, batch: Row, args: Row) -> Row:
        """The connection ``codes`` of a batch."""
        return page_of_list(batch["nodes"], args)

    def _owner(self, code: str) -> Row | None:
        """Codes are looked up without regard to case."""
        return next((row for row in self.rows if code.lower() in (one.lower() for one in row["codes"])), None)

    def _node(self, row: Row | None) -> Row | None:
        return row and {
            "id": row["id"],
            "__typename": "DiscountCodeNode",
            "codeDiscount": {"__typename": "DiscountCodeBasic", "title": row["title"], "row": row},
        }


def _error(field: list[str], message: str, code: str | None) -> Row:
    return {"field": field, "message": message, "code": code, "extraInfo": None}
