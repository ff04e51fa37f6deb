"""Which settings must the Prefect server, its worker and our flows run with?

Measured in prefect facts 0, 1, 3 and 5: without the recorder's batch size SQLite answers 503 to most flow runs; the second
UI wipes a schedule's parameters when it is toggled; telemetry is off.
"""

from collections.abc import Mapping
from pathlib import Path


def prefect_environment(home: Path, port: int, database_url: str = "", log_format: str = "text") -> Mapping[str, str]:
    """Environment variables for every process that has to do with Prefect; others that the operator sets (a password) stay.

    ``database_url``: PostgreSQL for Prefect itself, as ``postgresql://…``; without it what the operator has set counts, or a SQLite file.
    """
    chosen = {}
    if database_url:
        chosen["PREFECT_API_DATABASE_CONNECTION_URL"] = "postgresql+asyncpg://" + database_url.partition("://")[2]
    if log_format == "json":
        chosen["PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER"] = "json"
    return chosen | {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(home.resolve()),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    }
