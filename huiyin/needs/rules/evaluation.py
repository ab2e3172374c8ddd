"""Rules of evaluation: what a rating means, what follows from it, when no reply is no opinion."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RATE_WITHIN_DAYS = 7
UNHAPPY_STARS = 2  # one and two stars; three is «basically satisfied», as offices count it
STARS: Mapping[int, str] = {
    5: "Very satisfied",
    4: "Satisfied",
    3: "Basically satisfied",
    2: "Not satisfied",
    1: "Very dissatisfied",
}
OUTCOMES: Mapping[str, str] = {"solved": "Solved", "unsolved": "Cannot be solved"}
EXPLAINED = "explained"
EXPLAIN_AFTER_ROUNDS = 2  # the level above may end a matter that was reopened twice
REASONS: Mapping[str, str] = {
    "law": "Law or policy does not allow it",
    "remit": "It lies outside our remit",
    "money": "There is no budget for it this year",
    "technical": "It cannot be done technically",
    "consent": "Others concerned do not agree",
    "court": "It is before a court or an arbitrator",
    "facts": "The facts could not be confirmed",
}
Verdict = Literal["satisfied", "unhappy", "no_opinion"]


@dataclass(frozen=True, slots=True)
class Given:
    """What a resident said of the result: solved or not, one to five stars, words."""

    solved: bool
    stars: int
    words: str = ""

    @property
    def unhappy(self) -> bool:
        """Whether this opens the matter again."""
        return not self.solved or self.stars <= UNHAPPY_STARS

    @property
    def needs_a_reply(self) -> bool:
        """Whether a person writes the closing word: whoever said something gets an answer to it."""
        return bool(self.words.strip())


def verdict(solved: bool | None, stars: int | None) -> Verdict:
    """Return how a rating counts. No reply is no opinion, never satisfied."""
    if solved is None or stars is None:
        return "no_opinion"
    return "unhappy" if Given(solved, stars).unhappy else "satisfied"
