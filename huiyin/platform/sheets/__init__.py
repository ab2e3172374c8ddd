"""Excel workbooks, in and out: what a resident's office hands us and what we hand it. Knows no room and no model.

sheet = read(upload)                                    the first visible sheet with content, or Invalid
headed = sheet.find_header({"name": ("姓名", "诉求人")})   which column carries which field, which are missing
for row in headed.sheet.rows: day_of(row.cells[headed.columns["day"]])
write(target, title="诉求清单", columns=[Column("姓名"), Column("受理时间", 18, "moment")], rows=rows)
"""

from huiyin.platform.sheets.cells import Broken, Cell, day_of, moment_of, text_of, yes_of
from huiyin.platform.sheets.reading import MOST_ROWS, Headed, Row, Rows, Sheet, read
from huiyin.platform.sheets.writing import Column, template, write

__all__ = [
    "MOST_ROWS",
    "Broken",
    "Cell",
    "Column",
    "Headed",
    "Row",
    "Rows",
    "Sheet",
    "day_of",
    "moment_of",
    "read",
    "template",
    "text_of",
    "write",
    "yes_of",
]
