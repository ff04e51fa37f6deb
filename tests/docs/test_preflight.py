"""Does docs/preflight.md know every code of a preflight?"""

import re
from collections.abc import Callable

from letters.preflight import Code, Severity
from letters.preflight.findings import WARNINGS
from tests.docs.conftest import Document


def test_every_code_is_documented_with_its_severity_and_what_to_do(document: Callable[[str], Document]) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+?) \| (.+?) \|$", document("docs/preflight.md").text, re.MULTILINE)
    severities = {code: Severity.WARNING if code in WARNINGS else Severity.ERROR for code in Code}
    assert [(code, severity) for code, severity, _, _ in rows] == [(str(code), str(severity)) for code, severity in severities.items()]
