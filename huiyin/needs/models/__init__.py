"""Tables of the closed loop. Words, history and answers are protected by triggers (see the migrations)."""

from huiyin.needs.models.batches import Batch, BatchItem, ImportChunk, ImportFile, Ticket
from huiyin.needs.models.desk import CalendarLink, Mention, NotePhoto, ReplyTemplate, SavedView, Seen
from huiyin.needs.models.figures import Figure, FigureMonth
from huiyin.needs.models.grouping import CommonNeed, CommonNeedMember, Correction, Theme
from huiyin.needs.models.learning import CategoryModel, Filing
from huiyin.needs.models.matters import (
    Answer,
    Barred,
    Contact,
    Lesson,
    Move,
    Need,
    NeedIndex,
    Photo,
    Rating,
    RequestRating,
)
from huiyin.needs.models.orders import Extension, Hand, Order, OrderMove, OrderNeed, OrderPhoto, OutsideParty

__all__ = [
    "Answer",
    "Barred",
    "Batch",
    "BatchItem",
    "CalendarLink",
    "CategoryModel",
    "CommonNeed",
    "CommonNeedMember",
    "Contact",
    "Correction",
    "Extension",
    "Figure",
    "FigureMonth",
    "Filing",
    "Hand",
    "ImportChunk",
    "ImportFile",
    "Lesson",
    "Mention",
    "Move",
    "Need",
    "NeedIndex",
    "NotePhoto",
    "Order",
    "OrderMove",
    "OrderNeed",
    "OrderPhoto",
    "OutsideParty",
    "Photo",
    "Rating",
    "ReplyTemplate",
    "RequestRating",
    "SavedView",
    "Seen",
    "Theme",
    "Ticket",
]
