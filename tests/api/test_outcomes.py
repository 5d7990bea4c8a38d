from __future__ import annotations

import click
import pytest

from api.messages import messages
from api.outcomes import OUTCOMES, NotFoundError, OutputError, outcome_of
from kb.errors import ContentError, InputError, Problem


@pytest.mark.parametrize(
    ("error", "status", "exit_code"),
    [
        (NotFoundError("x"), 404, 2),
        (InputError("x"), 422, 2),
        (OutputError("x"), 500, 2),
        (click.UsageError("x"), 422, 2),
        (ContentError([Problem("f", 1, "x", "Do y")]), 500, 1),
        (BrokenPipeError(), 500, 141),
        (KeyboardInterrupt(), 503, 130),
        (ZeroDivisionError(), 500, 70),
    ],
)
def test_an_error_means_what_the_row_of_its_nearest_class_says(
    error: BaseException, status: int, exit_code: int
) -> None:
    outcome = outcome_of(error)
    assert (outcome.status, outcome.exit_code) == (status, exit_code)


def test_every_outcome_has_a_title_in_both_languages() -> None:
    for lang in ("en", "zh"):
        titles = {key.removeprefix("titles.") for key in messages(lang).sentences if key.startswith("titles.")}
        assert titles == {outcome.kind for outcome in OUTCOMES.values()}
