"""When the model may file a matter by itself, and what its lessons are called."""

from collections.abc import Mapping

LEAST_PERCENT, MOST_PERCENT = 50, 99
MATTERS_MOST = 20_000  # the newest confirmed ones; more would not train within a minute
SHOWN_LESSONS = 12
LEAST_CONFIRMED = 100  # matters trained on; fewer would keep runs of characters that only two residents wrote
ENOUGH_NEW = 20  # matters confirmed since a model went to work that tell whether it is worse than the one before

REASONS: Mapping[str, str] = {  # English message ids
    "shipped": "The model that comes with Huiyin",
    "first": "First model of this office",
    "better": "Better than the one before",
    "as_good": "As good as the one before",
    "worse": "Worse than the one at work: not used",
    "too_few": "Too few confirmed matters to compare",
    "one_category": "Only one category confirmed: nothing to learn",
    "put_back": "The one before was put back by a person",
    "fell_behind": "The one before was put back: it was better on new matters",
}
STEPS_BACK = ("put_back", "fell_behind")
NO_LESSONS = (*STEPS_BACK, "shipped")  # lines that record no training


def may_file(*, percent: int | None, likely: float, known: bool) -> bool:
    """Return whether a category this likely is filed without a person; what is unlike all that is known never is."""
    return percent is not None and known and 100 * likely >= percent
