"""What a client may send. Unknown keys are forbidden, except that settings under `context` may be called anything."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, Strict, ValidationError
from pydantic_core import PydanticCustomError

from api.messages import messages
from kb.errors import InputError

MAX_QUESTION = 20_000
"""Characters of a question."""
MAX_SETTING = 2_000
"""Characters of a setting's value."""
MAX_POINTS = 100_000
"""Points of a curve."""


def _is_text(text: str) -> str:
    """Refuse half surrogate pairs, which JSON can spell and UTF-8 can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("not_text", messages("en").text("errors.not_text")) from None
    return text


def _is_question(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("empty_question", messages("en").text("errors.empty_question"))
    return text


def _is_setting(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        if len(value) > MAX_SETTING:
            raise PydanticCustomError("too_long", messages("en").text("errors.long_setting", limit=MAX_SETTING))
        _is_text(value)
    return value


Text = Annotated[str, AfterValidator(_is_text)]
Name = Annotated[Text, Field(min_length=1, max_length=200)]
Question = Annotated[
    Text,
    AfterValidator(_is_question),
    Field(min_length=1, max_length=MAX_QUESTION, description="In English or Chinese, as one would ask a colleague."),
]
AskedLang = Annotated[Literal["auto", "en", "zh"], Field(description="Language of the answer; auto: the question's.")]
Setting = Annotated[JsonValue, AfterValidator(_is_setting)]
Number = Annotated[float, Strict()]
Point = Number | Literal["NaN", "Infinity", "-Infinity"] | None


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SeriesWithAxis(_Request):
    """A curve with an axis of its own."""

    step: list[Number] = Field(max_length=MAX_POINTS)
    value: list[Point] = Field(max_length=MAX_POINTS)


Series = Annotated[list[Point], Field(max_length=MAX_POINTS)] | SeriesWithAxis


class EvidenceItem(_Request):
    """What is known about one symptom."""

    symptom: Name = Field(description="Id of a symptom; GET /v1/nodes?kind=symptom lists them.")
    state: Literal["present", "absent", "unknown"]


class AskRequest(_Request):
    """A question with everything that is known about the run."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "loss is NaN after epoch 3"},
                {"question": "训练没几步 loss 就变成 NaN 了，怎么办？", "lang": "zh", "top": 3},
                {
                    "question": "loss is NaN after epoch 3",
                    "lang": "auto",
                    "top": 5,
                    "context": {"optimizer": "sgd", "lr": 0.1, "batch_size": 32, "architecture": "lstm"},
                    "series": {"train_loss": [2.3, 1.9, "NaN"], "val_loss": {"step": [0, 2], "value": [2.4, 2.2]}},
                    "axis": "epoch",
                    "evidence": [{"symptom": "gradient-norm-huge", "state": "present"}],
                },
            ]
        }
    )

    question: Question
    lang: AskedLang = "auto"
    top: int = Field(default=5, ge=1, le=20, description="How many explanations and passages at most.")
    context: dict[Name, Setting] = Field(
        default_factory=dict, max_length=100, description="Settings of the run; an unknown one is a warning."
    )
    series: dict[Name, Series] = Field(default_factory=dict, max_length=64, description="Curves of the run.")
    axis: Literal["epoch", "step"] | None = Field(default=None, description="What a point of a plain list stands for.")
    evidence: list[EvidenceItem] = Field(default_factory=list, max_length=200)


class ParseRequest(_Request):
    """A question to be understood, not answered."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "loss is NaN, gradient clipping didn't help"}]}
    )

    question: Question
    lang: AskedLang = "auto"


def asked(**fields: object) -> AskRequest:
    """The request, for faces without a framework that checks it; raises InputError with the first fault in one line."""
    try:
        return AskRequest.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(messages("en").text("errors.invalid", place=place, what=first["msg"])) from None
