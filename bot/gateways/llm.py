"""A model through the openai package: one call, one typed outcome, its errors in our words.

No retries here, no redirects, no proxy from the environment: the job layer tries again.
"""

from __future__ import annotations

import json
import time
from typing import Any

import openai
from openai import DefaultHttpx2Client, OpenAI
from pydantic import ValidationError

from bot.core.drafting.claims import Answered
from bot.errors import Rejected, TimedOut, Transient, Unreachable
from bot.ports_llm import Reply
from bot.settings.llm import LlmSettings

CONNECT_SECONDS = 5.0
NO_KEY = "none"  # the package wants one also where the server does not
LONGEST = 200_000  # characters of an answer that are looked at


class LlmGateway:
    """One model of one server."""

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        key = settings.api_key.get_secret_value() if settings.api_key else NO_KEY
        self._client = OpenAI(
            base_url=settings.base_url,
            api_key=key,
            timeout=openai.Timeout(settings.timeout_seconds, connect=CONNECT_SECONDS),
            max_retries=0,
            http_client=DefaultHttpx2Client(follow_redirects=False, trust_env=False),
        )
        self._schema = True  # the server takes a schema; learnt when it refuses one

    @property
    def model(self) -> str:
        """Its name, as we ask for it."""
        return self._settings.model

    @property
    def takes_schema(self) -> bool:
        """Whether the server holds the model to our schema, as far as is known."""
        return self._schema

    def ask(self, system: str, user: str) -> Reply:
        """See `ports_llm.Model`."""
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        begun = time.monotonic()
        try:
            if self._schema:
                try:
                    return self._parsed(messages, begun)
                except (openai.BadRequestError, openai.UnprocessableEntityError):
                    self._schema = False  # once and for all: the answer is held against it here
            return self._plain(messages, begun)
        except openai.APITimeoutError as error:
            raise TimedOut("The model did not answer in time.") from error
        except openai.APIConnectionError as error:
            raise Unreachable("The model cannot be reached.") from error
        except openai.APIStatusError as error:
            raise _status(error) from error

    def close(self) -> None:
        """Let its connections go."""
        self._client.close()

    def _parsed(self, messages: list[Any], begun: float) -> Reply:
        try:
            found = self._client.chat.completions.parse(
                messages=messages, response_format=Answered, **self._more()
            )
        except openai.LengthFinishReasonError as error:
            return self._reply(error.completion, None, "truncated", begun)
        except openai.ContentFilterFinishReasonError:
            return self._reply(None, None, "refused", begun)
        except ValidationError:
            return self._reply(None, None, "schema", begun)
        except openai.APIResponseValidationError:
            return self._reply(None, None, "garbage", begun)
        except (json.JSONDecodeError, AttributeError, TypeError):
            return self._reply(None, None, "garbage", begun)
        choice = found.choices[0] if found.choices else None
        if choice is None:
            return self._reply(found, None, "garbage", begun)
        if choice.message.refusal:
            return self._reply(found, None, "refused", begun)
        outcome = "ok" if choice.message.parsed is not None else "garbage"
        return self._reply(found, choice.message.parsed, outcome, begun)

    def _plain(self, messages: list[Any], begun: float) -> Reply:
        """For a server without schemas: JSON, held against the schema here."""
        found = self._client.chat.completions.create(
            messages=messages, response_format={"type": "json_object"}, **self._more()
        )
        choice = found.choices[0] if getattr(found, "choices", None) else None
        text = (choice.message.content if choice else None) or ""
        if choice is not None and choice.finish_reason == "length":
            return self._reply(found, None, "truncated", begun)
        if choice is not None and choice.message.refusal:
            return self._reply(found, None, "refused", begun)
        try:
            answered = Answered.model_validate_json(text[:LONGEST])
        except ValidationError:
            return self._reply(found, None, "schema", begun)
        return self._reply(found, answered, "ok", begun)

    def _more(self) -> dict[str, Any]:
        settings = self._settings
        more: dict[str, Any] = {
            "model": settings.model,
            settings.output_limit_name: settings.output_tokens,
        }
        if settings.temperature is not None:
            more["temperature"] = settings.temperature
        return more

    def _reply(self, found: Any, answered: Answered | None, outcome: str, begun: float) -> Reply:
        usage = getattr(found, "usage", None)
        details = getattr(usage, "prompt_tokens_details", None)
        return Reply(
            answered=answered,
            outcome=outcome,
            model=str(getattr(found, "model", "") or "")[:100],
            tokens_in=_number(getattr(usage, "prompt_tokens", None)),
            cached=_number(getattr(details, "cached_tokens", None)),
            tokens_out=_number(getattr(usage, "completion_tokens", None)),
            counted=usage is not None,
            milliseconds=round(1000 * (time.monotonic() - begun)),
        )


def _number(found: object) -> int:
    return found if isinstance(found, int) and 0 <= found < 10**9 else 0


def _status(error: openai.APIStatusError) -> Transient | Rejected:
    """Too many, or the server in trouble: later. All else is ours to mend."""
    after = error.response.headers.get("retry-after", "")
    seconds = float(after) if after.replace(".", "", 1).isdigit() else None
    if error.status_code == 429 or error.status_code >= 500 or error.status_code in (408, 409):
        return Transient(f"The model's server answered {error.status_code}.", retry_after=seconds)
    return Rejected(f"The model's server answered {error.status_code}.", error.status_code)
