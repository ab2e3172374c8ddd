"""The brief as it is read: sections of lines, tables, drawings and quotes, in the reader's language.

Page, PDF and Word document show this one sheet, so that they cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from huiyin.command.charts import Drawing


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell. `url` leads to the very matters a number counts; bars are parts of the longest, 0 to 1."""

    text: str
    url: str = ""
    bar: float | None = None
    bar_before: float | None = None

    @property
    def percent(self) -> str:
        """The length of the bar."""
        return f"{100 * (self.bar or 0):.1f}"

    @property
    def percent_before(self) -> str:
        """The length of the bar of the month before."""
        return f"{100 * (self.bar_before or 0):.1f}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; columns after the first hold numbers."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""
    folded: bool = False  # says once more what a chart shows
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences."""

    texts: Sequence[str]
    quiet: bool = False
    kind: Literal["lines"] = "lines"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its legend: (class of the drawing, words)."""

    drawing: Drawing
    legend: Sequence[tuple[str, str]] = ()
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a resident, and what they are about."""

    words: str
    about: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Quotes:
    """Words of residents."""

    said: Sequence[Said]
    empty: str = ""
    kind: Literal["quotes"] = "quotes"


Block = Table | Lines | Chart | Quotes


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole of it. `facts` stand at the top; `head` runs over each page of paper."""

    title: str
    unit: str
    month: str
    as_of: str
    foot: str
    page_of: str
    sections: Sequence[Section] = field(default_factory=tuple)
