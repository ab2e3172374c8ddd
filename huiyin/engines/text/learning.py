"""Learning from what an office confirmed: train anew, compare on matters held out, keep the better."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .blending import Blend
from .category import Model
from .grams import F32, I64
from .machines import Labelled
from .measuring import Scores, gain_interval, scored
from .training import train

ENOUGH = 20  # matters held out; fewer do not tell two models apart
START = 40  # characters: copies begin alike
Learned = Model | Blend


class Reason(StrEnum):
    """Why a model was kept."""

    FIRST = "first"
    BETTER = "better"
    AS_GOOD = "as_good"
    WORSE = "worse"
    TOO_FEW = "too_few"
    ONE_CATEGORY = "one_category"


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What came of training: the model to use, whether it is the new one, why, and the figures on matters held out.

    `gain`: the 95 % interval of (new macro-F1 - old). Figures are None where there was nothing to measure.
    """

    kept: Learned | None
    is_new: bool
    reason: Reason
    old: Scores | None
    new: Scores | None
    gain: tuple[float, float] | None
    confirmed: int
    held_out: int


def learn(
    old: Learned | None, confirmed: Sequence[Labelled], held_out: Sequence[Labelled], *, back_off: Model | None = None
) -> Lesson:
    """Train on confirmed matters and return which model to keep.

    Matters that begin like one held out are not trained on. The new model is kept when its macro-F1 on the matters
    held out is higher than the old one's, or the same with a smaller log loss; with fewer than twenty held out the old
    one stays, if there is one. `back_off`: a model the new one leans on, less the more matters were confirmed. Fewer
    than two categories confirmed teach nothing. Keeps nothing: see `codec`.
    """
    starts = {_start(row) for row in held_out}
    rows = [row for row in confirmed if row.category.strip() and _start(row) not in starts]
    if len({row.category for row in rows}) < 2:
        return Lesson(old, False, Reason.ONE_CATEGORY, None, None, None, len(rows), len(held_out))
    own = train(rows)
    fresh: Learned = Blend.of(own, back_off) if back_off is not None else own
    if old is None:
        figures = _scores(fresh, held_out)[0] if held_out else None
        return Lesson(fresh, True, Reason.FIRST, None, figures, None, len(rows), len(held_out))
    if len(held_out) < ENOUGH:
        return Lesson(old, False, Reason.TOO_FEW, None, None, None, len(rows), len(held_out))
    return compared(old, fresh, held_out, confirmed=len(rows))


def compared(old: Learned, new: Learned, held_out: Sequence[Labelled], *, confirmed: int) -> Lesson:
    """Return which of two models is better on matters that neither was trained on, as `learn` does."""
    (before, said_before, loss_before), (after, said_after, loss_after) = (_scores(m, held_out) for m in (old, new))
    names = sorted({*said_before, *said_after, *(row.category for row in held_out)})
    place = {name: i for i, name in enumerate(names)}
    truth, ours, theirs = (
        _numbers(said, place) for said in ([row.category for row in held_out], said_after, said_before)
    )
    gain = gain_interval(truth, ours, theirs)
    reason = Reason.WORSE
    if after.macro_f1 > before.macro_f1:
        reason = Reason.BETTER
    elif after.macro_f1 == before.macro_f1 and loss_after <= loss_before:
        reason = Reason.AS_GOOD
    kept, is_new = (old, False) if reason is Reason.WORSE else (new, True)
    return Lesson(kept, is_new, reason, before, after, gain, confirmed, len(held_out))


def _scores(model: Learned, rows: Sequence[Labelled]) -> tuple[Scores, list[str], float]:
    """Return the figures, the categories said, and the mean log loss of the truth (at most 10 each)."""
    chances: F32 = model.chances([r.title for r in rows], [r.text for r in rows])
    place = {name: i for i, name in enumerate(model.classes)}
    truth = np.array([place.get(r.category, -1) for r in rows], dtype=np.int64)
    given = np.where(truth >= 0, chances[np.arange(len(rows)), truth], 0)
    loss = float(-np.log(np.maximum(given, np.exp(-10))).mean())
    return scored(chances, truth), [model.classes[int(c)] for c in chances.argmax(axis=1)], loss


def _numbers(said: Sequence[str], place: dict[str, int]) -> I64:
    return np.array([place[name] for name in said], dtype=np.int64)


def _start(row: Labelled) -> str:
    return "".join(row.text.split())[:START]
