"""Refusals: every answer other than yes, as plain Python (no Django).

    Refusal                   status  code           raised when
    ├── Invalid                  422  invalid        what was entered cannot be accepted; `fields` says where
    ├── SignIn                   401  sign_in        nobody is signed in, or the link has ended
    ├── NotFound                 404  not_found      absent, or out of the actor's reach: the same answer
    ├── NotNow                   409  not_now        the state of the row does not allow it (any more)
    ├── TooMany                  429  too_many       a limit was reached; `retry_after_s` says for how long
    └── Unavailable              503  unavailable    the house cannot serve now, such as a full disk

A room's `errors.py` subclasses these with its own `code`, `default` and `advice`, so that
`raise OrderTaken(who=name)` is enough:

    class OrderTaken(NotNow):
        code = "order_taken"
        default = "%(who)s has taken this order already."
        advice = "Open the list again to see who holds it."

`message` and `hint` are English message ids with `%(name)s` parameters. `platform.http` renders them in the
reader's language with `refusal.said(gettext)` and `refusal.hinted(gettext)`; `str(refusal)` is English, for
logs and tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self

Translate = Callable[[str], str]


def _english(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """An English message id and its parameters, which may be messages themselves, to be said in any language."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def said(self, translate: Translate = _english) -> str:
        """Return the sentence in the language of `translate`.

        A refusal is said while something already went wrong: a translation whose placeholders do not fit
        falls back to English, and English to the bare message id, rather than raising.
        """
        params = {name: p.said(translate) if isinstance(p, Message) else p for name, p in self.params.items()}
        for text in (translate(self.text), self.text):
            try:
                return text % params if params else text
            except (KeyError, TypeError, ValueError):
                continue
        return self.text

    def __str__(self) -> str:
        return self.said()


class Refusal(Exception):  # noqa: N818  # a refusal is an answer, not a fault of the program
    """The base of every expected no. Raise a subclass."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    default: ClassVar[str] = "This cannot be done."
    advice: ClassVar[str] = ""

    message: str
    hint: str
    field: str | None
    params: dict[str, object]

    def __init__(self, message: str = "", *, hint: str = "", field: str | None = None, **params: object) -> None:
        self.message = message or self.default
        self.hint = hint or self.advice
        self.field = field
        self.params = params
        super().__init__(self.message)

    def said(self, translate: Translate = _english) -> str:
        """Return the message in the language of `translate`."""
        return Message(self.message, self.params).said(translate)

    def hinted(self, translate: Translate = _english) -> str:
        """Return what to do now, in the language of `translate`; empty when there is nothing to do."""
        return Message(self.hint, self.params).said(translate) if self.hint else ""

    def __str__(self) -> str:
        return self.said()


class Invalid(Refusal):
    """What was entered cannot be accepted. `fields` maps a field's name to its message."""

    status = 422
    code = "invalid"
    default = "Please correct what is marked."

    fields: dict[str, Message]

    def __init__(self, message: str = "", *, hint: str = "", field: str | None = None, **params: object) -> None:
        super().__init__(message, hint=hint, field=field, **params)
        self.fields = {field: Message(self.message, params)} if field else {}

    @classmethod
    def of(cls, /, **fields: str | Message) -> Self:
        """Return one refusal for several fields: `Invalid.of(words="Please say what happened.")`.

        Raises ValueError when no field is named.
        """
        if not fields:
            raise ValueError("Invalid.of needs at least one field")
        refusal = cls()
        refusal.fields = {name: m if isinstance(m, Message) else Message(m) for name, m in fields.items()}
        refusal.field = next(iter(fields)) if len(fields) == 1 else None
        return refusal

    def __str__(self) -> str:
        marked = "; ".join(f"{name}: {message}" for name, message in self.fields.items())
        return f"{self.said()} ({marked})" if marked else self.said()


class SignIn(Refusal):
    """Nobody is signed in, or the link or session has ended."""

    status = 401
    code = "sign_in"
    default = "Please sign in."


class NotFound(Refusal):
    """Absent or out of reach. Never say which: lists and details would disagree."""

    status = 404
    code = "not_found"
    default = "There is nothing here, or it is not within your reach."


class NotNow(Refusal):
    """The row's state does not allow this, often because somebody was quicker."""

    status = 409
    code = "not_now"
    default = "This is not possible at the moment."
    advice = "Open it again to see how it stands."


class TooMany(Refusal):
    """A limit was reached; try again after `retry_after_s` seconds."""

    status = 429
    code = "too_many"
    default = "There were too many attempts."
    advice = "Please wait a little and try again."

    retry_after_s: int

    def __init__(
        self,
        message: str = "",
        *,
        retry_after_s: int = 60,
        hint: str = "",
        field: str | None = None,
        **params: object,
    ) -> None:
        super().__init__(message, hint=hint, field=field, retry_after_s=retry_after_s, **params)
        self.retry_after_s = retry_after_s


class Unavailable(Refusal):
    """The house cannot serve now: a full disk, a database being restored."""

    status = 503
    code = "unavailable"
    default = "The service is interrupted. What you entered was not saved."
    advice = "Please try again in a few minutes."
