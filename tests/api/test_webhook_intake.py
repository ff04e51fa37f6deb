"""Is work that can wait told when somebody waits for an answer?"""

import pytest

from api.webhook_intake import Intake


def test_others_are_told_when_nobody_waits_for_an_answer() -> None:
    intake = Intake()
    assert intake.quiet.is_set()
    with intake.receiving():
        with intake.receiving():
            assert not intake.quiet.is_set()
        assert not intake.quiet.is_set()
    assert intake.quiet.is_set()
    with pytest.raises(ValueError), intake.receiving():
        raise ValueError
    assert intake.quiet.is_set()
