"""Does `make demo` end with a scanned letter?"""

from pathlib import Path

import pytest

from flows.demo import DemoFailed, run_demo


def test_the_demo_ends_with_a_scan_in_the_customers_history(tmp_path: Path) -> None:
    said: list[str] = []
    run_demo(tmp_path / "demo", keep=False, say=said.append)
    told = "\n".join(said)
    assert "scanned: 302 to https://" in told
    assert "handed_over, coupon" in told
    last = {line.split(": ")[0]: line.split(": ", 1)[1] for line in said[-4:-1]}
    assert Path(last["Print file"]).is_file()
    assert int(last["Letters"]) > 50
    assert "/S/" in last["Scan link"]


def test_the_demo_deletes_nothing_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(DemoFailed, match="not an earlier demo"):
        run_demo(tmp_path, keep=False, say=print)
    assert (tmp_path / "letters.txt").read_text() == "mine"
