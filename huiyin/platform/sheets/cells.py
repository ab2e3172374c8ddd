"""What stands in one cell, and what it means: text, a day, a moment, yes or no.

The converters raise ValueError whose text is a message id; the caller names the row and the column beside it.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from huiyin.platform.clock import OFFICE_ZONE

LOST_DIGITS_FROM = 10**15  # Excel keeps 15 digits of a number: an identity number typed as one ends in zeros
LAST_SERIAL = 80_000  # the year 2119; a larger number is no day
LEAP_BUG = 60  # Excel's calendar has a 29 February 1900, serial number 60, that never was
YEARS = range(1900, 2200)

NOTHING = "There is nothing in this cell."  # i18n
NO_RESULT = "The formula in this cell has no result. Open the file in Excel, put it right and save it again."  # i18n
LOST_DIGITS = (
    "This number is too long, and Excel has lost its last digits. Set the cell to text and type it again."  # i18n
)
NO_YEAR = "The year is missing, or does not have four digits. Write the date like 2026-11-02."  # i18n
NO_DAY = "This cannot be read as a date. Write it like 2026-11-02."  # i18n
NO_MOMENT = "This cannot be read as a date and time. Write it like 2026-11-02 09:30."  # i18n
NO_CHOICE = "Only yes or no can stand here."  # i18n


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a value: an error (`#N/A`), or a formula that was never calculated (`=A1+B1`)."""

    text: str


Cell = str | int | float | bool | datetime | date | time | Broken | None

_DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_TIME = (
    r"(?:[\sT]*(?P<half>上午|下午|晚上)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?:(?P<minute>\d{1,2})\s*分?)?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)?"
)
_MOMENT = re.compile(_DAY + _TIME)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _TIME)
_YEARLESS = re.compile(r"(?:\d{1,2}\s*[-/.年])?\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?(?:[\s上下晚].*)?")
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?")
_YES = frozenset({"是", "有", "对", "√", "✓", "✔", "☑", "true", "1", "yes", "y"})
_NO = frozenset({"否", "无", "没有", "不是", "×", "✗", "✘", "x", "☐", "false", "0", "no", "n"})


def _given(cell: Cell) -> str | int | float | bool | datetime | date | time:
    if isinstance(cell, Broken):
        raise ValueError(NO_RESULT)  # noqa: TRY004  # the value is wrong, not the program
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        raise ValueError(NOTHING)
    return cell


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _number_text(number: int | float) -> str:
    if abs(number) >= LOST_DIGITS_FROM:
        raise ValueError(LOST_DIGITS)
    return str(int(number)) if number == int(number) else f"{number:.15g}"


def text_of(cell: Cell) -> str:
    """Return what the cell says, "" when it is empty: 3.0 as `3`, days and moments as in ISO 8601.

    Raises ValueError for a broken formula and for a number that has lost digits.
    """
    if cell is None or isinstance(cell, str):
        return (cell or "").strip()
    cell = _given(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds" if cell.second else "minutes")
    if isinstance(cell, time):
        return cell.isoformat("seconds" if cell.second else "minutes")
    return str(cell)


def from_serial(serial: int | float) -> datetime:
    """Return the moment that Excel counts as `serial` days, naive, to the second. Raises ValueError."""
    if not 1 <= serial <= LAST_SERIAL or int(serial) == LEAP_BUG:
        raise ValueError(NO_DAY)
    epoch = datetime(1899, 12, 30 if serial > LEAP_BUG else 31)  # noqa: DTZ001  # cells hold no time zone
    return epoch + timedelta(seconds=round(serial * 86_400))


def _from_text(text: str, fault: str) -> datetime:
    plain = _WEEKDAY.sub(" ", _folded(text)).strip()
    found = _MOMENT.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if not found:
        raise ValueError(NO_YEAR if _YEARLESS.fullmatch(plain) else fault)
    year, month, day, hour, minute, second = (
        int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    if found["half"] in {"下午", "晚上"} and hour < 12:
        hour += 12
    if year not in YEARS:
        raise ValueError(fault)
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # made aware by the caller
    except ValueError as error:
        raise ValueError(fault) from error


def _meant(cell: Cell, fault: str) -> datetime:
    """Return the naive office time that a cell means; a day is its midnight."""
    cell = _given(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(OFFICE_ZONE).replace(tzinfo=None) if cell.tzinfo else cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001  # made aware by the caller
    if isinstance(cell, str):
        return _from_text(cell, fault)
    if isinstance(cell, bool | time):
        raise ValueError(fault)  # noqa: TRY004  # the value is wrong, not the program
    if 10**7 <= cell < 10**8 and cell == int(cell):  # in this order: an endless number is none
        return _from_text(str(int(cell)), fault)  # 20261102, typed as a number
    try:
        return from_serial(cell)
    except ValueError as error:
        raise ValueError(fault) from error


def day_of(cell: Cell) -> date:
    """Return the office's day in a cell: an Excel date, a serial number, or text like 2026年11月2日. Raises ValueError."""
    return _meant(cell, NO_DAY).date()


def moment_of(cell: Cell) -> datetime:
    """Return the moment in a cell, aware, in the office's zone; a day alone is its midnight. Raises ValueError."""
    return _meant(cell, NO_MOMENT).replace(tzinfo=OFFICE_ZONE)


def yes_of(cell: Cell) -> bool:
    """Return whether a cell says yes; √ and ✓ do, × and x do not, as on Chinese forms. Raises ValueError."""
    cell = _given(cell)
    if isinstance(cell, bool):
        return cell
    said = _folded(text_of(cell)).casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise ValueError(NO_CHOICE)
