"""What figures count, by key: the list of a measure and its number are one condition (queries/measures.py).

Each is defined in words in docs/measures.md. Keys stand in addresses.
"""

from collections.abc import Mapping

from huiyin.needs.rules.evaluation import REASONS

MEASURE_LABELS: Mapping[str, str] = {
    "unsorted": "without a category",
    "waiting": "unanswered at the end of the last day",
    "overdue": "overdue at the end of the last day",
    "again": "opened again and unanswered at the end of the last day",
    "still": "unanswered at the end of the last day and still now",
    "promised": "promised for these days",
    "kept": "promised for these days and answered in time",
    "told": "result told in these days",
    "unsolved": "told in these days that it cannot be solved",
    "rated": "rated in these days",
    "satisfied": "satisfied in these days",
    "unhappy": "not satisfied in these days",
    "no_opinion": "no opinion given in these days",
    "explained": "ended in these days as explained, not satisfied",
    **{f"no_{reason}": label for reason, label in REASONS.items()},
}
