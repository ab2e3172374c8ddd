"""An uploaded workbook as a zip archive: recognised, opened, and unpacked with every byte counted.

Nothing the file says about its own size is believed: sizes are those of the bytes that really come out.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NoReturn

from huiyin.platform.errors import Invalid, Message

MOST_BYTES = 20 * 1024 * 1024
MOST_ENTRIES = 5_000  # a workbook with a picture in each of 4,000 rows
MOST_UNPACKED = 300 * 1024 * 1024  # 100,000 rows of 12 columns unpack to some 80 MB
MOST_RATIO = 200  # sheets shrink to a tenth or a thirtieth; only repetition made on purpose shrinks further
RATIO_FROM = 10 * 1024 * 1024  # a small entry may be as repetitive as it likes
CHUNK = 256 * 1024
ENTRY_MARK = b"PK\x01\x02"  # begins each entry of a zip archive's directory

TOO_BIG = Message("This file is larger than 20 MB. Split it into several files, or remove the pictures in it.")
BLANK = Message("This file is empty: it holds no bytes at all. Please choose it again.")
BOMB = Message(
    "This file unpacks to far more than a form can hold, so it was not read. Copy the table into a new file."
)
DAMAGED = Message(
    "This file is damaged and cannot be read. Open it in Excel or WPS, save it again as .xlsx and try again."
)
LOCKED = Message("This workbook is protected by a password. Remove the password in Excel or WPS and save it again.")
OLD_EXCEL = Message("This is a workbook in the old .xls or .et format. Open it in Excel or WPS and save it as .xlsx.")
BINARY_EXCEL = Message("This is a binary workbook (.xlsb). Open it in Excel and save it as .xlsx.")
OPEN_SHEET = Message("This is an OpenDocument table (.ods). Open it in Excel or WPS and save it as .xlsx.")
WORD = Message("This is a Word document. Copy its table into Excel or WPS and save that as .xlsx.")
SLIDES = Message("This is a presentation. Copy its table into Excel or WPS and save that as .xlsx.")
PDF = Message("This is a PDF document. Put its table into Excel or WPS and save that as .xlsx.")
PICTURE = Message("This is a picture. Type its content into Excel or WPS and save that as .xlsx.")
PACKED = Message("This is a compressed archive. Unpack it and choose the .xlsx file inside.")
WEB_PAGE = Message("This is a web page with the name of a workbook. Open it in Excel or WPS and save it as .xlsx.")
TEXT = Message("This is a text file, such as CSV. Open it in Excel or WPS and save it as .xlsx.")
UNKNOWN = Message("This is not an Excel workbook. Please choose a file saved as .xlsx.")

_STARTS: tuple[tuple[bytes, Message], ...] = (
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"RIFF", PICTURE),
    (b"II*\x00", PICTURE),
    (b"MM\x00*", PICTURE),
    (b"%PDF", PDF),
    (b"Rar!", PACKED),
    (b"7z\xbc\xaf", PACKED),
    (b"\x1f\x8b", PACKED),
    (b"\x09\x08\x10\x00", OLD_EXCEL),  # Excel 5 without a container
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of Office before 2007, and of everything encrypted since
_OLE_STREAMS = (  # names as they stand in the container's directory; an encrypted workbook hides its own
    ("EncryptedPackage", LOCKED),
    ("Workbook", OLD_EXCEL),
    ("Book", OLD_EXCEL),
    ("WordDocument", WORD),
    ("PowerPoint Document", SLIDES),
)


def refuse(message: Message) -> NoReturn:
    """Raise Invalid for the uploaded file."""
    raise Invalid.of(file=message)


def content_of(upload: IO[bytes]) -> bytes:
    """Return the bytes of an upload. Raises Invalid when there are more than 20 MB, or none."""
    if (getattr(upload, "size", None) or 0) > MOST_BYTES:
        refuse(TOO_BIG)
    upload.seek(0)
    content = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        refuse(TOO_BIG)
    if not content:
        refuse(BLANK)
    return content


def _is_text(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True  # Excel's "Unicode text"
    if b"\x00" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _what_else(content: bytes) -> Message:
    """Return what a file that is no zip archive seems to be."""
    if content.startswith(_OLE):
        named = (said for stream, said in _OLE_STREAMS if stream.encode("utf-16-le") in content)
        return next(named, UNKNOWN)
    for start, said in _STARTS:
        if content.startswith(start):
            return said
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        return WEB_PAGE
    return TEXT if _is_text(content) else UNKNOWN


class Archive:
    """A zip archive in memory; names are compared without regard to case, as Office does."""

    def __init__(self, content: bytes) -> None:
        """Read the directory. Raises Invalid when this is no archive, or one of too many entries."""
        if not content.startswith(b"PK"):
            refuse(_what_else(content))
        if content.count(ENTRY_MARK) > MOST_ENTRIES:  # before zipfile makes an object of each
            refuse(BOMB)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            refuse(DAMAGED)
        self._entries = {one.filename.replace("\\", "/").casefold(): one for one in self._zip.infolist()}
        self._unpacked = 0

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._entries

    def what(self) -> Message | None:
        """Return what this is if it is no .xlsx workbook."""
        if "word/document.xml" in self:
            return WORD
        if "ppt/presentation.xml" in self:
            return SLIDES
        if "xl/workbook.bin" in self:
            return BINARY_EXCEL
        if "content.xml" in self and "mimetype" in self:
            return OPEN_SHEET
        return None if "[Content_Types].xml" in self else PACKED

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield an entry's bytes, counting them. Raises Invalid for a bomb, a damaged or a missing entry."""
        entry = self._entries.get(name.casefold())
        if entry is None:
            refuse(DAMAGED)
        came_out = 0
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(CHUNK):
                    came_out += len(chunk)
                    self._unpacked += len(chunk)
                    if self._unpacked > MOST_UNPACKED:
                        refuse(BOMB)
                    if came_out > RATIO_FROM and came_out > MOST_RATIO * entry.compress_size:
                        refuse(BOMB)
                    yield chunk
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
        ):  # zipfile's own kinds
            refuse(DAMAGED)
        except RuntimeError:  # an entry encrypted in the way of zip
            refuse(LOCKED)

    def whole(self, name: str) -> bytes:
        """Return an entry's bytes. Raises as `chunks()` does."""
        return b"".join(self.chunks(name))
