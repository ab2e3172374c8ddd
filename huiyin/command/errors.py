"""Refusals of this room."""

from huiyin.platform.errors import Unavailable


class NoChineseFont(Unavailable):
    """A PDF would show boxes instead of Chinese."""

    code = "no_chinese_font"
    default = "This server has no Chinese font, so the PDF cannot be made."
    advice = "Take the Word document; it needs no font here. Whoever runs the server can install one (Debian: fonts-noto-cjk)."


class NotWritten(Unavailable):
    """The document could not be made."""

    code = "brief_not_written"
    default = "The document could not be made."
    advice = "Please try again in a minute; if it goes on, tell whoever runs the server the number below."
