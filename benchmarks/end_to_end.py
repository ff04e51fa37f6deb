"""How long does a campaign of 10,000 letters take, from the imported shop to the print shop's folder?"""

import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.processes import in_a_process
from benchmarks.shop import exports
from campaigns.campaign import Campaign, Limits, Step
from campaigns.kinds import Winback
from campaigns.offer import Offer, OfferKind
from flows.definition.saving import save_campaign
from flows.intake.csv_files import files_at, import_file
from flows.locks import working_on
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.printing.rendering import close_rendering, render_sealed
from flows.selection.selecting import open_or_resume, select_letters
from store import letters, migrate, print_runs
from store.engine import open_engine, reading, writing
from store.settings import Settings

LETTERS = 10_000
CUSTOMERS = 16_000


def campaign_of(letters_wanted: int, folder: Path) -> tuple[int, dict[str, float]]:
    """Letters handed over, and the seconds of each part (import of the shop beside, not counted in the whole)."""
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), database_url="", handover_dir=Path(data) / "handover")
        engine = open_engine(settings.database)
        migrate.upgrade(engine)
        for file in files_at(folder, "shop", settings):
            import_file(engine, settings, file, lambda _share: None)
        offer = Offer("ten", "Ten percent", OfferKind.PERCENTAGE, 1000)
        audience, limits = Winback(inactive_days=1, max_inactive_days=5000, only_with_empty_cart=False), Limits(holdout_percent=0, countries=())
        steps = (Step("winback", offer="ten"),)
        with writing(engine) as connection:
            save_campaign(connection, Campaign("bench", "Bench", "https://tee.example/", steps, audience, limits), [offer], settings)
        seconds: dict[str, float] = {}
        started = time.perf_counter()
        run = open_or_resume(engine, settings, "bench", "", max_letters=letters_wanted)
        with working_on(engine, settings, run.id) as hold:
            run = select_letters(engine, settings, run, hold)
            seconds["select"] = time.perf_counter() - started
            list(render_sealed(engine, settings, run, hold))
            close_rendering(engine, run, hold)
        seconds["render"] = time.perf_counter() - started - seconds["select"]
        decide_on_run(engine, settings, run.id, approved=True, by="bench", comment="")
        hand_over_run(engine, settings, run.id, lambda _line: None)
        seconds["all"] = time.perf_counter() - started
        with reading(engine) as connection:
            made, done = letters.count(connection, run.id), print_runs.by_id(connection, run.id)
        if done is None or not done.manifest_sha256:
            raise RuntimeError("the run was not handed over")
        engine.dispose()
    return made, seconds


def main() -> None:
    """Print the area's lines."""
    with exports(CUSTOMERS) as folder:
        (made, seconds), peak = in_a_process(campaign_of, LETTERS, folder)
    if made != LETTERS:
        raise RuntimeError(f"{made} letters instead of {LETTERS}: make the shop larger (today is {date.today()})")
    print(f"end_to_end.seconds_{LETTERS}_letters {seconds['all']:.1f}")
    print(f"end_to_end.select_seconds {seconds['select']:.1f}")
    print(f"end_to_end.render_seconds {seconds['render']:.1f}")
    print(f"end_to_end.peak_mb {peak:.0f}")


if __name__ == "__main__":
    main()
