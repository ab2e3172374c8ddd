"""Photos: decoded, turned upright, stripped of all metadata, encoded again, kept under their hash."""

import errno
import hashlib
import io
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from PIL import Image, ImageOps

from huiyin.platform import clock
from huiyin.platform.errors import Invalid, Unavailable
from huiyin.platform.models import StoredFile

LONGEST_SIDE_PX = 2048
THUMB_SIDE_PX = 480
MOST_PIXELS = 50_000_000  # a 48-megapixel phone picture passes, a decompression bomb does not
_DECODING = threading.Semaphore(1)  # one picture at a time in each process: memory is bounded
_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Photo:
    """A stored photo: its hash is its key."""

    sha256: str
    width: int
    height: int


class AtomicStorage(FileSystemStorage):
    """A file appears whole or not at all: a killed process leaves no truncated photo under a good hash."""

    def _save(self, name: str, content: "File[Any]") -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            os.replace(draft, target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: equal names are equal contents."""
        return name


def _path(sha256: str, suffix: str) -> str:
    return f"{sha256[:2]}/{sha256}{suffix}.jpg"


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise ValueError("too many pixels")


def _opened(upload: IO[bytes]) -> Image.Image:
    """Return the picture, upright and small enough. Whatever a decoder trips over, the file is no photo of ours."""
    try:
        with _DECODING:
            image = Image.open(upload, formats=_FORMATS)
            _check_size(image)
            image.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))  # a JPEG is decoded at half or quarter size
            image.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
            return ImageOps.exif_transpose(image).convert("RGB")
    except MemoryError as error:
        raise Unavailable("The photo could not be read just now.", hint="Send it without the photo.") from error
    except Exception as error:  # Pillow's decoders raise a dozen kinds for broken files
        raise Invalid.of(
            photos="This file could not be read as a photo. Please choose a JPEG, PNG or WebP picture."
        ) from error


def _encoded(image: Image.Image, side_px: int) -> tuple[bytes, tuple[int, int]]:
    smaller = image.copy()
    smaller.thumbnail((side_px, side_px))
    out = io.BytesIO()
    smaller.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue(), smaller.size


def _store(name: str, content: bytes) -> None:
    if default_storage.exists(name):
        return
    try:
        default_storage.save(name, ContentFile(content))
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise Unavailable(
            "The photo could not be kept: the server's disk is full.",
            hint="Nothing you typed is lost. Send it without the photo, or try again later.",
        ) from error


def keep_photo(upload: "File[Any]") -> Photo:
    """Store an uploaded picture and return it. Raises Invalid (not a picture, too big), Unavailable (disk full)."""
    if (upload.size or 0) > settings.PHOTO_MAX_BYTES:
        raise Invalid.of(photos="This photo is larger than 15 MB. Please choose a smaller one.")
    image = _opened(upload)
    content, (width, height) = _encoded(image, LONGEST_SIDE_PX)
    sha256 = hashlib.sha256(content).hexdigest()
    _store(_path(sha256, ""), content)
    _store(_path(sha256, "-s"), _encoded(image, THUMB_SIDE_PX)[0])
    StoredFile.objects.bulk_create(
        [
            StoredFile(
                sha256=sha256,
                media_type="image/jpeg",
                size_bytes=len(content),
                width=width,
                height=height,
                stored_at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )
    return Photo(sha256, width, height)


def read_photo(sha256: str, *, thumb: bool = False) -> "File[Any]":
    """Return the open JPEG file. Raises FileNotFoundError."""
    return default_storage.open(_path(sha256, "-s" if thumb else ""))


def forget_photo(sha256: str) -> None:
    """Delete a photo that nothing refers to any more, once the caller's transaction is committed."""
    StoredFile.objects.filter(pk=sha256).delete()

    def unlink() -> None:
        for suffix in ("", "-s"):
            default_storage.delete(_path(sha256, suffix))

    transaction.on_commit(unlink)
