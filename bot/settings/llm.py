"""The model that drafts answers. Without a name of one it is off."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.core.refusals import spelled


class LlmSettings(BaseModel):
    """Any server that speaks OpenAI's chat completions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field("", description="The model that drafts answers; empty: nothing is drafted")
    base_url: Annotated[str, spelled(r"https?://\S+", "a web address")] = Field(
        "https://api.openai.com/v1",
        description="Where it is: OpenAI, Azure, vLLM, llama.cpp, Ollama, or another that speaks "
        "chat completions",
    )
    api_key: SecretStr | None = Field(None, description="Its key, where it wants one")
    on_open: Literal["off", "R1", "R2", "R3"] = Field(
        "R2", description="From which tier on a draft is made unasked; `off`: only on demand"
    )
    timeout_seconds: float = Field(60, gt=0, le=600, description="How long it may take to answer")
    output_limit_name: Literal["max_completion_tokens", "max_tokens"] = Field(
        "max_completion_tokens", description="How the server calls the limit of an answer"
    )
    temperature: float | None = Field(
        None, ge=0, le=2, description="Sent only where it is set: some models refuse it"
    )
    input_tokens: int = Field(8_000, ge=500, le=200_000, description="Most tokens sent in one call")
    output_tokens: int = Field(1_200, ge=100, le=20_000, description="Most tokens of an answer")
    drafts_per_review: int = Field(3, ge=0, le=100, description="Most calls for one review; 0: any")
    tokens_per_day: int = Field(2_000_000, ge=0, description="Most tokens a day; 0: any")
    tokens_per_month: int = Field(20_000_000, ge=0, description="Most tokens a month; 0: any")
    money_per_day: float = Field(
        0, ge=0, description="Most money a day, by the prices below; 0: any"
    )
    money_per_month: float = Field(0, ge=0, description="Most money a month; 0: any")
    price_input: float = Field(0, ge=0, description="Money for a million tokens sent")
    price_cached: float = Field(
        0, ge=0, description="Money for a million that the server had cached"
    )
    price_output: float = Field(0, ge=0, description="Money for a million tokens answered")
    price_as_of: date | None = Field(None, description="The day of these prices, as 2026-11-01")
    currency: str = Field("USD", max_length=8, description="Their currency")

    @property
    def on(self) -> bool:
        """Drafts are made."""
        return bool(self.model)
