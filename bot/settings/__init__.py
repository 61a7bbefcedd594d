"""Settings, read once from the environment; what an organisation decides is not here but in YAML.

Every setting is documented in the README's table, which a test holds against this file. A secret
may also be given as a file: `EMPTYCHAIR_GITHUB__PRIVATE_KEY_FILE=/run/secrets/key`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.core.refusals import plain, spelled
from bot.core.spelling import did_you_mean
from bot.errors import ConfigError
from bot.settings.llm import LlmSettings
from bot.settings.refusals import (
    PREFIX,
    refuse_half_sign_in,
    refuse_half_slack,
    refuse_halves,
    refuse_unsendable,
    refuse_weak,
)
from bot.settings.web import WebSettings as WebSettings

# What the tools of those who work on this program take; nothing of ours that runs reads them.
OF_DEVELOPERS = {
    *("GOLDEN", "REQUIRE_STORIES", "TEST_DATA", "TORTURE", "TORTURE_SEED", "TORTURE_STEPS"),
}
LINK = ("tcp://", "udp://")  # so begins what Kubernetes and Docker say of a service of our name


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _an_api(address: str) -> str:
    """The website is not the API, and most take one for the other at first."""
    if urlsplit(address).hostname in ("github.com", "www.github.com"):
        raise ValueError("must be the address of the API; that of the website is another")
    return address


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GitHubSettings(_Group):
    """The GitHub App, or somebody's token. Without any of it the GitHub door is off."""

    base_url: Annotated[str, spelled(r"https?://\S+", "a web address"), AfterValidator(_an_api)] = (
        Field(
            "https://api.github.com",
            description="The API of GitHub, or of your GitHub Enterprise Server (`https://HOST/api/v3`)",
        )
    )
    app_id: int | None = Field(None, ge=1, description="The App's id, from its settings page")
    private_key: SecretStr | None = Field(None, description="The App's private key, PEM text")
    token: SecretStr | None = Field(
        None, description="A machine user's personal access token, where there is no App"
    )
    client_id: str = Field(
        "", description="The App's client id, so that people sign in to the pages with GitHub"
    )
    client_secret: SecretStr | None = Field(None, description="The client secret beside it")
    webhook_secret: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)] = Field(
        (),
        description="The webhook's secret; several, separated by commas, while you rotate it",
    )
    quiet_seconds: float = Field(
        5,
        ge=0,
        le=600,
        description="Seconds for which the comment is left alone after a person edited it",
    )
    limits: Literal["on", "off"] = Field(
        "on", description="Pace our own calls to GitHub; `off` only for benchmarks"
    )

    @property
    def on(self) -> bool:
        """The door is set up."""
        return self.app_id is not None or self.by_token

    @property
    def by_token(self) -> bool:
        """There is no App: a token reads and writes."""
        return self.token is not None


class SlackSettings(_Group):
    """The Slack app of one workspace. Without any of it the Slack door is off."""

    base_url: Annotated[str, spelled(r"https?://\S+", "a web address")] = Field(
        "https://slack.com/api/", description="Slack's Web API"
    )
    bot_token: SecretStr | None = Field(
        None, description="The app's bot token, `xoxb-…`, from its page OAuth & Permissions"
    )
    signing_secret: SecretStr | None = Field(
        None, description="The app's signing secret; Slack signs with it what it sends over HTTP"
    )
    app_token: SecretStr | None = Field(
        None,
        description="An app-level token, `xapp-…`, with `connections:write`: Socket Mode, for "
        "who has no public address",
    )
    client_id: str = Field(
        "", description="The app's client id, so that people sign in to the pages with Slack"
    )
    client_secret: SecretStr | None = Field(None, description="The client secret beside it")
    match_email: bool = Field(
        False,
        description="Take a person in Slack and one on GitHub for the same by their e-mail "
        "address; needs the scope `users:read.email`",
    )

    @property
    def on(self) -> bool:
        """The door is set up."""
        return self.bot_token is not None


class JobsSettings(_Group):
    """The job layer."""

    workers: int = Field(16, ge=1, le=64, description="Threads that do the work")
    max_attempts: int = Field(
        12, ge=1, le=100, description="Failed tries after which a job is parked for an operator"
    )


class Settings(BaseSettings):
    """Everything the process has to be told."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,  # what a compose file passes on without a value is not set
        extra="ignore",
        frozen=True,
    )

    database_url: str = Field("sqlite:///var/emptychair.db", description="Where the record is kept")
    secret_key: SecretStr | None = Field(
        None,
        description="The root of all other keys; made at first use, beside a SQLite file",
    )
    checklists_dir: Path | None = Field(
        None, description="A folder with your own checklist files; what it lacks is taken from ours"
    )
    prompts_dir: Path | None = Field(
        None, description="A folder with your own prompts; what it lacks is taken from ours"
    )
    github: GitHubSettings = GitHubSettings()
    slack: SlackSettings = SlackSettings()
    jobs: JobsSettings = JobsSettings()
    web: WebSettings = WebSettings()
    llm: LlmSettings = LlmSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _WithFiles(settings_cls)


class _WithFiles(EnvSettingsSource):
    """The environment, where `NAME_FILE` names a file that holds the value of `NAME`."""

    def _load_env_vars(self) -> Any:
        found = dict(super()._load_env_vars())
        prefix = PREFIX.lower()
        for name, path in list(found.items()):
            if name.startswith(prefix) and name.endswith("_file") and path:
                _refuse_both(name, found)
                found[name.removesuffix("_file")] = _read_secret(name, path)
                del found[name]
        _refuse_misspelt(found)
        return found


def _refuse_misspelt(found: Mapping[str, str | None]) -> None:
    """A name of ours that is almost a setting, and would be ignored without a word."""
    known = [name.removeprefix(PREFIX) for name, _, _ in environment_names()]
    for name in _strange(found):
        close = did_you_mean(name, known, 0.8)
        if close and not (found[f"{PREFIX}{name}".lower()] or "").startswith(LINK):
            rule = f"is not a setting; {close.replace('mean ', 'mean ' + PREFIX)}"
            raise ConfigError("environment", 0, PREFIX + name, rule)


def _strange(found: Mapping[str, str | None]) -> list[str]:
    """The names without the prefix that are no setting; what is wrong in a group is told there."""
    groups = {name.upper() for name in Settings.model_fields}
    given = [name.upper() for name, value in found.items() if value]
    names = [name.removeprefix(PREFIX) for name in given if name.startswith(PREFIX)]
    return [name for name in names if name.partition("__")[0] not in groups | OF_DEVELOPERS]


def doubts(settings: Settings) -> list[str]:
    """What is set and may be a mistake, each in a sentence."""
    said = [
        f"{PREFIX}{name} is not a setting, and nothing reads it."
        for name in _strange(_WithFiles(Settings).env_vars)
    ]
    address = urlsplit(settings.github.base_url)
    host = address.hostname or ""
    if address.scheme == "https" and not host.startswith("api.") and "/api/" not in address.path:
        said.append(
            f"{PREFIX}GITHUB__BASE_URL is {settings.github.base_url}; the API of a GitHub "
            f"Enterprise Server is at https://{host}/api/v3."
        )
    return said


def refuse_misspelt() -> None:
    """Raises ConfigError as `load` does for a name that is almost a setting."""
    _WithFiles(Settings)


def _refuse_both(name: str, found: Mapping[str, object]) -> None:
    value = name.removesuffix("_file")
    if found.get(value):
        rule = f"is set, and {name.upper()} too; keep one of them."
        raise ConfigError("environment", 0, value.upper(), rule)


def _read_secret(name: str, path: str) -> str:
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
        rule = "names a file that is empty."
    except OSError as error:
        content, rule = "", f"names a file that cannot be read ({error.strerror})."
    except UnicodeDecodeError:
        content, rule = "", "names a file that is not text."
    if not content:
        raise ConfigError("environment", 0, name.upper(), rule)
    return content


def load(whole: bool = True) -> Settings:
    """Read the settings. Raises ConfigError that names the setting and how to mend it.

    `whole`: False for who only works on the record; then half a door does not matter.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _in_words(first) from None
    except SettingsError as error:
        rule = f"cannot be read ({error}). Settings of a group have names of their own."
        example = f"{PREFIX}GITHUB__APP_ID=12345"
        raise ConfigError("environment", 0, PREFIX + "…", rule, example) from None
    if settings.github.token is not None:
        refuse_unsendable("GITHUB__TOKEN", settings.github.token)
    if whole:
        refuse_half_sign_in(settings.web, settings.github, settings.slack)
        refuse_halves(settings.github)
        refuse_half_slack(settings.slack)
        for secret in settings.github.webhook_secret:
            refuse_weak("GITHUB__WEBHOOK_SECRET", secret, 8)
    if settings.secret_key is not None:
        refuse_weak("SECRET_KEY", settings.secret_key, 16)
    return settings


def _in_words(error: Mapping[str, Any]) -> ConfigError:
    """What is wrong with one setting, with its default as the example."""
    name = PREFIX + "__".join(str(part).upper() for part in error["loc"])
    defaults = {known: default for known, default, _ in environment_names()}
    if error["type"] == "extra_forbidden":
        close = did_you_mean(name, defaults, 0.8)
        hint = f"; {close}" if close else ". The README lists all of them."
        return ConfigError("environment", 0, name, f"is not a setting{hint}")
    example = f"{name}={defaults.get(name) or '12345'}"
    return ConfigError("environment", 0, name, f"{plain(error)}.", example)


def environment_names() -> list[tuple[str, str, str]]:
    """(name, default, meaning) of every setting, for the README's table and its test."""
    return _names(Settings, PREFIX)


def _names(model: type[BaseModel], prefix: str) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            rows += _names(field.annotation, f"{prefix}{name.upper()}__")
        else:
            default = "" if field.default in (None, ()) else str(field.default)
            rows.append((prefix + name.upper(), default, field.description or ""))
    return rows
