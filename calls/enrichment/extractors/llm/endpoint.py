"""One request to an OpenAI-compatible endpoint: chat completions with an answer in a JSON schema.

The SDK retries with backoff what may pass (429, 5xx, a lost connection, a timeout).
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings

from calls.enrichment.findings import Usage

if TYPE_CHECKING:
    from openai import OpenAI

#: What servers answer that do not know a response format.
_REFUSALS = frozenset({400, 404, 415, 422, 501})
#: Endpoints that have refused a JSON schema, so that they are not asked for one again.
_without_schema: set[tuple[str, str]] = set()


class LlmError(Exception):
    """The model gave no answer; says why in a sentence, and what it cost all the same."""

    def __init__(self, message: str, usage: Usage = Usage()) -> None:  # noqa: B008 - a frozen value
        super().__init__(message)
        self.usage = usage


@dataclasses.dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is and how patiently it is asked."""

    base_url: str
    api_key: str
    model: str
    timeout: float
    retries: int

    def ask(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Usage]:
        """Return the model's answer and what it cost; raises LlmError."""
        import openai  # noqa: PLC0415 - takes seconds, and only those need it who chose a model

        client = openai.OpenAI(
            base_url=self.base_url or None,
            api_key=self.api_key or "none",
            timeout=self.timeout,
            max_retries=self.retries,
        )
        try:
            with client:
                completion = self._complete(client, messages, schema)
        except openai.APITimeoutError as error:
            raise LlmError("The model did not answer in time.") from error
        except openai.APIStatusError as error:
            raise LlmError(f"The model's server answered {error.status_code}.") from error
        except openai.APIConnectionError as error:
            raise LlmError("The model's server could not be reached.") from error
        except (openai.OpenAIError, ValueError) as error:
            raise LlmError("The model's server gave no answer that can be read.") from error
        return self._read(completion)

    def _complete(
        self, client: "OpenAI", messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]
    ) -> Any:
        import openai  # noqa: PLC0415

        strict = {
            "type": "json_schema",
            "json_schema": {"name": "extraction", "strict": True, "schema": schema},
        }
        endpoint = (self.base_url, self.model)
        if endpoint not in _without_schema:
            try:
                return self._create(client, messages, strict)
            except openai.APIStatusError as error:
                if error.status_code not in _REFUSALS:
                    raise
        completion = self._create(client, messages, {"type": "json_object"})
        _without_schema.add(endpoint)
        return completion

    def _create(self, client: Any, messages: Sequence[Mapping[str, str]], form: Any) -> Any:
        return client.chat.completions.create(
            model=self.model, messages=list(messages), temperature=0, response_format=form
        )

    def _read(self, completion: Any) -> tuple[dict[str, Any], Usage]:
        usage = self._usage(completion)
        choices = getattr(completion, "choices", None)
        if not choices:
            raise LlmError("The model answered nothing.", usage)
        message = choices[0].message
        if getattr(message, "refusal", None):
            raise LlmError("The model refused to answer.", usage)
        if choices[0].finish_reason == "length":
            raise LlmError("The model's answer was cut off.", usage)
        try:
            answer = json.loads(message.content or "")
        except ValueError as error:
            raise LlmError("The model's answer is no JSON.", usage) from error
        if not isinstance(answer, dict):
            raise LlmError("The model's answer is no JSON object.", usage)
        return answer, usage

    def _usage(self, completion: Any) -> Usage:
        used = getattr(completion, "usage", None)
        return Usage(
            model=self.model,
            input_tokens=getattr(used, "prompt_tokens", 0) or 0,
            output_tokens=getattr(used, "completion_tokens", 0) or 0,
        )


def from_settings() -> Endpoint:
    """Return the endpoint that the settings name."""
    return Endpoint(
        base_url=settings.LLM_BASE_URL,
        api_key=settings.LLM_API_KEY,
        model=settings.LLM_MODEL,
        timeout=settings.LLM_TIMEOUT,
        retries=settings.LLM_RETRIES,
    )
