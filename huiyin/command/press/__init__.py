"""The press: a program of its own that makes a PDF or Word document of a sheet, so that the web keeps its memory.

    python -m huiyin.command.press < sheet.json > brief.pdf

Reads one JSON object {"form": "pdf" | "docx", "sheet": …}; exit status 3 means that no font here has Chinese.
No Django, no database, no network.
"""

NO_FONT = 3
