"""Settings: a door is whole or off, no secret is known to everybody, mistakes are named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import settings
from bot.errors import ConfigError
from bot.settings import Settings, environment_names
from bot.settings.refusals import PREFIX
from bot.store.engine import open_engine

APP = {"GITHUB__APP_ID": "1", "GITHUB__PRIVATE_KEY": "PEM", "GITHUB__WEBHOOK_SECRET": "0123456789"}
TOKEN = {"GITHUB__TOKEN": "ghp_0123456789", "GITHUB__WEBHOOK_SECRET": "0123456789"}
Load = Callable[..., Settings]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Settings from these variables alone, named without their prefix."""
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)

    def read(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(PREFIX + name, value)
        return settings.load()

    return read


def refused(load: Load, **variables: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(**variables)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_without_settings_every_door_is_off_and_the_rest_has_defaults(load: Load) -> None:
    read = load()
    assert not read.github.on
    assert read.database_url == "sqlite:///var/emptychair.db"
    assert (read.jobs.workers, read.jobs.max_attempts, read.web.port) == (16, 12, 8080)


def test_a_whole_door_is_on(load: Load) -> None:
    read = load(**APP)
    assert read.github.on
    assert read.github.private_key is not None
    assert read.github.private_key.get_secret_value() == "PEM"


@pytest.mark.parametrize("missing", APP)
def test_half_a_door_is_refused_by_the_name_of_what_is_missing(load: Load, missing: str) -> None:
    text = refused(load, **{name: value for name, value in APP.items() if name != missing})
    assert f"{PREFIX}{missing}: is missing" in text
    assert "the App's settings page" in text


@pytest.mark.parametrize("given", APP)
def test_a_single_setting_is_half_a_door_too(load: Load, given: str) -> None:
    assert "is missing" in refused(load, **{given: APP[given]})


def test_a_token_and_a_secret_are_a_whole_door_without_an_app(load: Load) -> None:
    read = load(**TOKEN)
    assert (read.github.on, read.github.by_token, read.github.app_id) == (True, True, None)


def test_a_token_without_the_webhooks_secret_is_refused(load: Load) -> None:
    text = refused(load, GITHUB__TOKEN=TOKEN["GITHUB__TOKEN"])
    assert f"{PREFIX}GITHUB__WEBHOOK_SECRET: is missing, but TOKEN is set" in text
    assert "repository's or organisation's webhook, under Secret" in text


@pytest.mark.parametrize("other", ["GITHUB__APP_ID", "GITHUB__PRIVATE_KEY"])
def test_an_app_and_a_token_are_one_too_many(load: Load, other: str) -> None:
    text = refused(load, **TOKEN, **{other: APP[other]})
    assert f"{PREFIX}GITHUB__TOKEN: is set, and {PREFIX}{other} too; keep one" in text


def test_a_token_may_stand_in_a_file_and_is_not_shown(load: Load, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hunter2\n")
    secret = TOKEN["GITHUB__WEBHOOK_SECRET"]
    file = str(tmp_path / "token")
    read = load(GITHUB__TOKEN_FILE=file, GITHUB__WEBHOOK_SECRET=secret)
    assert read.github.token is not None
    assert read.github.token.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(read) + str(read)


@pytest.mark.parametrize(
    "token",
    [" ", "hunter2\nhunter3", "hunter2 hunter3", "hunter2\t3", "hunter…2", "\u00a0", "a\x7f"],
)
def test_a_token_that_cannot_be_sent_is_named_and_not_shown(
    load: Load, tmp_path: Path, token: str
) -> None:
    text = refused(load, **{**TOKEN, "GITHUB__TOKEN": token})
    assert f"{PREFIX}GITHUB__TOKEN: is not a token" in text
    assert "hunter" not in text
    (tmp_path / "token").write_text(token, encoding="utf-8")
    file = {"GITHUB__TOKEN": "", "GITHUB__TOKEN_FILE": str(tmp_path / "token")}
    text = refused(load, **{**TOKEN, **file})
    assert f"{PREFIX}GITHUB__TOKEN" in text
    assert "hunter" not in text


def test_a_token_is_taken_with_what_was_copied_around_it(load: Load) -> None:
    assert load(**{**TOKEN, "GITHUB__TOKEN": f" {TOKEN['GITHUB__TOKEN']}\n"}).github.by_token


def test_a_group_as_json_cannot_bring_an_empty_token(load: Load) -> None:
    secret = TOKEN["GITHUB__WEBHOOK_SECRET"]
    text = refused(load, GITHUB='{"token": ""}', GITHUB__WEBHOOK_SECRET=secret)
    assert f"{PREFIX}GITHUB__TOKEN: is not a token" in text


def test_what_is_passed_on_without_a_value_is_not_set(load: Load) -> None:
    read = load(**dict.fromkeys(APP, ""), SECRET_KEY="", DATABASE_URL="")
    assert not read.github.on
    assert (read.secret_key, read.database_url) == (None, "sqlite:///var/emptychair.db")


@pytest.mark.parametrize("secret", ["secret", "ChangeMe", "password", "1234567", "a,b"])
def test_a_webhook_secret_that_everybody_knows_is_refused(load: Load, secret: str) -> None:
    text = refused(load, **{**APP, "GITHUB__WEBHOOK_SECRET": secret})
    assert f"{PREFIX}GITHUB__WEBHOOK_SECRET: is a default or too short" in text
    assert "openssl rand -hex 32" in text


@pytest.mark.parametrize("secret", ["changeme", "0123456789abcde", "development"])
def test_a_root_key_that_can_be_guessed_is_refused(load: Load, secret: str) -> None:
    assert f"{PREFIX}SECRET_KEY: is a default or too short" in refused(load, SECRET_KEY=secret)


def test_several_webhook_secrets_are_separated_by_commas(load: Load) -> None:
    read = load(**{**APP, "GITHUB__WEBHOOK_SECRET": "the-old-one, the-new-one,"})
    secrets = [secret.get_secret_value() for secret in read.github.webhook_secret]
    assert secrets == ["the-old-one", "the-new-one"]


def test_one_weak_secret_among_several_is_refused(load: Load) -> None:
    assert "too short" in refused(load, **{**APP, "GITHUB__WEBHOOK_SECRET": "0123456789,short"})


def test_every_secret_may_stand_in_a_file(load: Load, tmp_path: Path) -> None:
    for name in (*APP, "SECRET_KEY"):
        (tmp_path / name).write_text(f"{APP.get(name, 'k' * 32)}\n")
    read = load(**{f"{name}_FILE": str(tmp_path / name) for name in (*APP, "SECRET_KEY")})
    without_files = dict.fromkeys([f"{name}_FILE" for name in APP], "")
    assert read.github == load(**APP, **without_files).github
    assert read.secret_key is not None
    assert read.secret_key.get_secret_value() == "k" * 32


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "binary"])
def test_a_secret_file_that_is_no_use_is_named(load: Load, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "key"
    contents = {"empty": b" \n", "binary": b"\xff\xfe\x00"}
    if kind == "folder":
        file.mkdir()
    elif kind in contents:
        file.write_bytes(contents[kind])
    text = refused(load, GITHUB__PRIVATE_KEY_FILE=str(file))
    assert f"{PREFIX}GITHUB__PRIVATE_KEY_FILE: names a file that" in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JOBS__WORKERS", "0"),
        ("JOBS__WORKERS", "65"),
        ("JOBS__MAX_ATTEMPTS", "many"),
        ("WEB__PORT", "65536"),
        ("WEB__PORT", "-1"),
        ("GITHUB__APP_ID", "0"),
        ("GITHUB__APP_ID", "my-app"),
        ("GITHUB__QUIET_SECONDS", "-1"),
        ("GITHUB__QUIET_SECONDS", "nan"),
        ("GITHUB__LIMITS", "maybe"),
        ("GITHUB__BASE_URL", "github.example.com/api/v3"),
        ("GITHUB__BASE_URL", "ftp://github.example.com"),
        ("GITHUB__APPID", "1"),
        ("JOBS", "8"),
    ],
)
def test_a_value_that_cannot_be_is_named(load: Load, name: str, value: str) -> None:
    assert f"environment: {PREFIX}{name}: " in refused(load, **{name: value})


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("GITHUB__APPID", "1", f"is not a setting; did you mean {PREFIX}GITHUB__APP_ID?"),
        ("WEB__COLOUR_OF_THE_PAGE", "red", "is not a setting. The README lists all of them."),
        ("GITHUB__APP_ID", "x", f"be a whole number. Example: {PREFIX}GITHUB__APP_ID=12345"),
        ("WEB__PORT", "http", f"be a whole number. Example: {PREFIX}WEB__PORT=8080"),
        ("JOBS__WORKERS", "0", f"must be 1 or more. Example: {PREFIX}JOBS__WORKERS=16"),
        ("GITHUB__QUIET_SECONDS", "x", "must be a number."),
        ("GITHUB__QUIET_SECONDS", "-1", "must be 0 or more."),
        ("GITHUB__QUIET_SECONDS", "601", "must be 600 or less."),
        ("GITHUB__LIMITS", "maybe", "must be one of on or off."),
        (
            "GITHUB__BASE_URL",
            "github.example.com",
            f"be a web address. Example: {PREFIX}GITHUB__BASE_URL=https://api.github.com",
        ),
    ],
)
def test_a_mistake_is_told_in_plain_words_with_an_example(
    load: Load, name: str, value: str, says: str
) -> None:
    assert says in refused(load, **{name: value})


def test_a_setting_given_both_as_a_value_and_as_a_file_is_refused(
    load: Load, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("k" * 32)
    text = refused(load, SECRET_KEY="j" * 32, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert f"{PREFIX}SECRET_KEY: is set, and {PREFIX}SECRET_KEY_FILE too" in text


def test_a_group_that_is_set_as_a_whole_is_explained(load: Load) -> None:
    assert "have names of their own" in refused(load, GITHUB="on")


def test_an_unknown_database_is_refused(load: Load) -> None:
    read = load(DATABASE_URL="oracle://scott:tiger@host/db")
    with pytest.raises(ConfigError, match=f"{PREFIX}DATABASE_URL") as caught:
        open_engine(read.database_url)
    assert "tiger" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("CHECKLIST_DIR", "CHECKLISTS_DIR"),
        ("DATABSE_URL", "DATABASE_URL"),
        ("GITHUB_APP_ID", "GITHUB__APP_ID"),
        ("GITHB__APP_ID", "GITHUB__APP_ID"),
        ("WEB_PORT", "WEB__PORT"),
    ],
)
def test_a_name_that_is_almost_a_setting_is_refused(load: Load, name: str, means: str) -> None:
    said = f"{PREFIX}{name}: is not a setting; did you mean {PREFIX}{means}?"
    assert said in refused(load, **{name: "8080"})


def test_a_name_that_nothing_reads_is_told_and_stops_nothing(load: Load) -> None:
    links = {"WEB_PORT": "tcp://10.0.0.7:8080", "SERVICE_HOST": "10.0.0.7"}
    read = load(**links, COLOUR="red", TORTURE="full", GITHUB_TOKEN="", WEB__PORT="8080")
    said = [doubt.split(" ")[0] for doubt in settings.doubts(read)]
    assert sorted(said) == [f"{PREFIX}{name}" for name in ("COLOUR", *sorted(links))]


def test_who_only_reads_the_record_needs_no_whole_door(load: Load) -> None:
    assert "is missing" in refused(load, GITHUB__WEBHOOK_SECRET="0123456789")
    assert not settings.load(whole=False).github.on


def test_the_website_is_not_the_api(load: Load) -> None:
    text = refused(load, GITHUB__BASE_URL="https://github.com/")
    assert "must be the address of the API" in text
    assert f"Example: {PREFIX}GITHUB__BASE_URL=https://api.github.com" in text


@pytest.mark.parametrize(
    ("address", "doubted"),
    [
        ("https://api.github.com", False),
        ("https://api.shop.ghe.com", False),
        ("https://github.example.com/api/v3", False),
        ("http://127.0.0.1:9", False),
        ("https://github.example.com", True),
    ],
)
def test_an_enterprise_server_without_its_path_is_doubted(
    load: Load, address: str, doubted: bool
) -> None:
    said = settings.doubts(load(GITHUB__BASE_URL=address))
    assert [doubt.endswith("https://github.example.com/api/v3.") for doubt in said] == (
        [True] if doubted else []
    )


def test_secrets_are_not_shown_when_settings_are_printed(load: Load) -> None:
    read = load(**{**APP, "GITHUB__PRIVATE_KEY": "hunter2"}, SECRET_KEY="hunter2" * 5)
    assert "hunter2" not in repr(read) + str(read) + str(read.model_dump())
    assert "0123456789" not in repr(read)


def test_a_value_that_is_refused_is_not_shown(load: Load) -> None:
    assert "hunter2" not in refused(load, GITHUB__APP_ID="hunter2")


def test_every_setting_has_a_name_and_a_meaning() -> None:
    names = environment_names()
    assert (f"{PREFIX}JOBS__WORKERS", "16", "Threads that do the work") in names
    assert all(name.startswith(PREFIX) and meaning for name, _, meaning in names)
    assert len({name for name, _, _ in names}) == len(names)
