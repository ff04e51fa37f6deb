"""Which settings does an installation have?  Read from the environment or .env, prefix POSTILLION_, by entry points only."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from campaigns.results import Band, MeterKind, Reckoning
from campaigns.sender import Sender
from store.errors import InvalidSettings

TRYING_OUT = "only-for-trying-out"
SHORTEST_KEY = 16


def _scheme_and_host(url: str) -> str:
    if not url:
        return url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("must start with http:// or https:// and name a host")
    if parts.path.strip("/") or parts.query:
        raise ValueError("must end after the host: the QR code writes what follows it in capitals")
    return url.rstrip("/")


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("is no time zone: use a name like Europe/Berlin") from None
    return name


def _with_texts(folder: Path | None) -> Path | None:
    """A folder without a text, or with one that cannot be read, would be noticed by customers only."""
    if folder is None:
        return None
    texts = [path for path in (folder / f"privacy.{language}.md" for language in ("de", "en")) if path.is_file()]
    if not texts:
        raise ValueError(f"names {folder}, where there is neither privacy.de.md nor privacy.en.md: put your text there, or leave it empty for ours")
    for path in texts:
        try:
            path.read_text("utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"names {folder}, where {path.name} is not written in UTF-8: save it so") from None
    return folder


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters, this one has {len(key.get_secret_value())}: see .env.example for how to make one")
    return key


def _with_code(url: str) -> str:
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
        raise ValueError("must start with http:// or https:// and name a host")
    return url


def _postgresql(url: SecretStr) -> SecretStr:
    if url.get_secret_value() and urlsplit(url.get_secret_value()).scheme not in ("postgresql", "postgresql+asyncpg"):
        raise ValueError("must be like postgresql://user:password@host/prefect")
    return url


def _band(text: str) -> str:
    Band.parsed(text)
    return text


Url = Annotated[str, AfterValidator(_scheme_and_host)]
Source = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
Target = Annotated[str, AfterValidator(_band)]


class Settings(BaseSettings):
    """All settings; each stands in .env.example with the same words."""

    model_config = SettingsConfigDict(env_prefix="POSTILLION_", env_file=".env", env_ignore_empty=True, extra="ignore")

    data_dir: Path = Field(Path("var"), description="Where print files, reject lists and the SQLite database live.")
    database_url: str = Field("", description="PostgreSQL or SQLite URL; empty means a SQLite file in the data directory.")
    inbox_dir: Path = Field(Path("var/inbox"), description="Where the import flow looks for CSV files.")
    handover_dir: Path = Field(Path("var/handover"), description="The folder that the print shop takes finished print runs from.")
    handover_url: str = Field(
        "", description="Another place for them: sftp://user@host/path or s3://bucket/prefix, never with a password; empty means that folder."
    )
    handover_password: SecretStr = Field(SecretStr(""), description="Password of the print shop's SFTP server.")
    handover_key_file: Path | None = Field(None, description="Private SSH key for it, instead of a password.")
    handover_known_hosts: Path | None = Field(None, description="File with its host key, as OpenSSH writes it; without it the user's own known_hosts counts.")
    handover_s3_key_id: str = Field("", description="Access key id of the S3 bucket; without it the usual places of AWS are looked at.")
    handover_s3_secret: SecretStr = Field(SecretStr(""), description="Its secret access key.")
    handover_s3_endpoint: str = Field("", description="Address of an S3 service that is not Amazon's.")
    handover_s3_region: str = Field("", description="Region of the bucket, like eu-central-1.")
    reports_url: str = Field("", description="Where the print shop puts its reports; empty means the folder reports in the data directory.")
    layouts_dir: Path | None = Field(None, description="A folder of your own layouts, looked at before the bundled ones.")
    print_shop: str = Field("lettershop", description="Who prints: the name of a bundled profile, or the path of your own (TOML).")
    output_profile: Path | None = Field(None, description="ICC profile of your print shop's press and paper; without it ISO Coated v2 (FOGRA39) counts.")
    output_condition: str = Field("", description="Name of that profile's printing condition, like FOGRA52.")
    tariff_file: Path | None = Field(None, description="Your own prices of paper, print and postage (TOML); without it bundled example prices count.")
    privacy_dir: Annotated[Path | None, AfterValidator(_with_texts)] = Field(
        None, description="A folder with privacy.de.md and privacy.en.md, your own text for the public data-protection page."
    )
    public_url: Url = Field("", description="Scheme and host of the scan links that are printed on letters; empty means this machine, for trying out.")
    desk_url: Url = Field("", description="Where marketers reach the desk, for links in Prefect artifacts; empty means this machine.")
    prefect_url: Url = Field("", description="Where marketers reach the Prefect UI, for links in the desk; empty means this machine.")
    prefect_api_url: str = Field("", description="Prefect's API as the desk reaches it, to wake runs that wait for approval; empty means this machine.")
    prefect_api_auth: SecretStr = Field(SecretStr(""), description="User and password of Prefect's API, like name:password; empty where it asks for none.")
    secret_key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        SecretStr(TRYING_OUT), description="Key of the holdout draw and of the hashed objection list. Set it once and keep it."
    )
    timezone: Annotated[str, AfterValidator(_time_zone)] = Field("Europe/Berlin", description="Time zone of letter dates and of imported times that name none.")
    delivery_days: int = Field(5, ge=0, le=60, description="Days from the letter's date to the customer's letter box: coupons count from there.")
    letters_per_file: int = Field(2000, ge=1, le=5000, description="Letters in one print file at the most.")
    render_processes: int = Field(0, ge=0, description="Processes that set print files side by side; 0 means one per processor.")
    dask_scheduler: str = Field(
        "", pattern=r"^((tcp|tls)://\S+)?$", description="A Dask cluster that sets print files instead, like tls://scheduler:8786; empty means processes here."
    )
    preflight_codes_every: int = Field(
        50, ge=1, description="Every how many letters the QR codes are read back from the page before a print file is released; 1 means all."
    )
    letter_max_age_days: int = Field(14, ge=1, description="A print run dated longer ago than this is neither approved nor handed over.")
    print_files_kept_days: int = Field(
        90, ge=1, description="Days after the hand-over for which print files are kept, to show letters as they were printed, as agreed with the print shop."
    )
    prospects_kept_months: int = Field(
        36, ge=0, description="Months without a sign of life after which people who never bought are erased; 0 keeps them until somebody erases them."
    )
    results_window_days: int = Field(60, ge=1, le=365, description="Days after posting for which an order of a mailed person counts in the results.")
    posting_days: int = Field(2, ge=0, le=60, description="Days from hand-over to posting, where the print shop reports no posting: results count from there.")
    target_no_purchase: Target = Field(
        "2-5", description="Percent of contacted prospects whom one hopes to see order (an example: set your own), for the desk's meter."
    )
    target_carts: Target = Field("5-10", description="The same for abandoned carts that are recovered.")
    target_winback: Target = Field("3-8", description="The same for customers who are won back.")
    api_port: int = Field(8330, description="Port of scan links and desk.")
    prefect_port: int = Field(4200, description="Port of the Prefect server and its UI.")
    prefect_database_url: Annotated[SecretStr, AfterValidator(_postgresql)] = Field(
        SecretStr(""), description="PostgreSQL URL of Prefect's own database, for many workers; empty means SQLite."
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines look: text, or json (one object a line).")
    journal_most_mb: int = Field(
        1024, ge=1, description="Megabytes that scans may take on disk while the database is away; what comes then is counted as lost."
    )
    journal_least_free_mb: int = Field(200, ge=0, description="Megabytes that they leave free on that disk.")
    partner_landing_url: Annotated[str, AfterValidator(_with_code)] = Field(
        "", description="Where a partner's printed coupon leads, like https://my-shop.example/discount/{coupon_code}; empty means the shop's front page."
    )
    stale_after_hours: int = Field(6, ge=1, description="A run that starts later than this after its scheduled time selects nobody.")

    shopify_shop: str = Field("", description="The Shopify shop, like my-shop.myshopify.com; empty where a Prefect block names it, or there is none.")
    shopify_client_id: str = Field("", description="Client id of the app that you made in Shopify's Dev Dashboard.")
    shopify_client_secret: SecretStr = Field(SecretStr(""), description="Its client secret: fetches tokens and proves that webhooks come from Shopify.")
    shopify_former_client_secret: SecretStr = Field(SecretStr(""), description="The secret before the last change: Shopify signs with it for up to an hour.")
    shopify_access_token: SecretStr = Field(SecretStr(""), description="A fixed token (shpat_...) of an older custom app, instead of client id and secret.")
    shopify_source: Source = Field("shopify", description="Name under which the Shopify shop's records are kept.")
    shopify_url: str = Field("", description="Another address for Shopify's API, for trials against a shop of your own making; empty means the shop's.")
    billbee_api_key: SecretStr = Field(SecretStr(""), description="Billbee's API key of the developer account.")
    billbee_user: str = Field("", description="E-mail address of the Billbee account; it must not hold a colon.")
    billbee_password: SecretStr = Field(SecretStr(""), description="API password of the Billbee account, set in Billbee under Settings, API.")
    billbee_source: Source = Field("billbee", description="Name under which the Billbee account's records are kept.")
    billbee_url: str = Field("", description="Another address for Billbee's API, for trials; empty means Billbee's own.")

    sender_name: str = Field("Teehaus Postillion", description="The shop's name in letterhead and return line.")
    sender_street: str = Field("Musterweg 1", description="Street of the sender.")
    sender_postcode: str = Field("10115", description="Postcode of the sender.")
    sender_town: str = Field("Berlin", description="Town of the sender.")
    sender_country: str = Field("DE", description="ISO code of the country that letters are posted in.")
    sender_email: str = Field("service@teehaus.example", description="E-mail for questions and objections.")
    sender_phone: str = Field("", description="Telephone number, empty for none.")
    sender_website: str = Field("teehaus.example", description="Website as it is printed.")
    signatory: str = Field(
        "Ihr Teehaus Postillion",
        pattern=r"^[^|]*(\| *[a-z]{2}:[^|]+)*$",
        description="Who signs the letters; in other languages behind it, like: Anna Meier, Inhaberin | en: Anna Meier, owner",
    )
    sender_register: str = Field("", description="Company register and VAT number, one line of the footer.")

    @model_validator(mode="after")
    def _this_machine(self) -> Self:
        here = "http://127.0.0.1"
        self.public_url, self.desk_url = self.public_url or f"{here}:{self.api_port}", self.desk_url or f"{here}:{self.api_port}"
        self.prefect_url = self.prefect_url or f"{here}:{self.prefect_port}"
        self.prefect_api_url = (self.prefect_api_url or f"{here}:{self.prefect_port}/api").rstrip("/")
        return self

    @model_validator(mode="after")
    def _key_of_ones_own(self) -> Self:
        if urlsplit(self.public_url).hostname not in ("127.0.0.1", "localhost") and self.secret_key.get_secret_value() == TRYING_OUT:
            raise ValueError("POSTILLION_SECRET_KEY must be set before real letters are printed: see .env.example for how to make one")
        return self

    @property
    def database(self) -> str:
        """The URL that is really used."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve()}/postillion.db"

    @property
    def shop_url(self) -> str:
        """The shop's own front page, for codes whose letter cannot be looked up."""
        return self.sender_website if "://" in self.sender_website else f"https://{self.sender_website or urlsplit(self.public_url).netloc}/"

    @property
    def reports_place(self) -> str:
        """Where reports are really looked for."""
        return self.reports_url or str(self.data_dir / "reports")

    @property
    def secret(self) -> bytes:
        """The key as bytes."""
        return self.secret_key.get_secret_value().encode()

    @property
    def meter_targets(self) -> dict[MeterKind, Band]:
        """What share each meter hopes for."""
        texts = {MeterKind.NO_PURCHASE: self.target_no_purchase, MeterKind.CARTS: self.target_carts, MeterKind.WINBACK: self.target_winback}
        return {kind: Band.parsed(text) for kind, text in texts.items()}

    def reckoning(self, currency: str) -> Reckoning:
        """How results are counted; ``currency`` is the tariff's."""
        return Reckoning(self.results_window_days, self.posting_days, currency, ZoneInfo(self.timezone))

    @property
    def sender(self) -> Sender:
        """Who writes the letters."""
        return Sender(
            self.sender_name, self.sender_street, self.sender_postcode, self.sender_town, self.sender_country,
            self.sender_email, self.sender_phone, self.sender_website, self.signatory, self.sender_register,
        )  # fmt: skip


@cache
def settings() -> Settings:
    """The settings of this process; raises InvalidSettings naming each variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"POSTILLION_{str(one['loc'][0]).upper()} {one['msg']}" if one["loc"] else one["msg"] for one in error.errors()]
        raise InvalidSettings("; ".join(line.replace("Value error, ", "") for line in wrong)) from None
