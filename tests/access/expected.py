"""What every address answers to whom, written by hand from docs/architecture.md and org/roles.py.

`allowed` are the people of the town (huiyin/org/tests/make.py) who get in; any other member of staff finds nothing
(404), anybody not signed in is asked to sign in. The object of a row is always in 莲花社区 第01网格, so that grid,
head and clerk stand for the own subtree and hillhead, hillgrid, grid2 and marketgrid for the others.
"""

from dataclasses import dataclass

PUBLIC = "everybody"
READERS = "secretary dispatcher head clerk grid"
WORKERS = "secretary dispatcher head clerk grid hillhead grid2 marketgrid hillgrid inspector"
ARRANGERS = "admin secretary head"


@dataclass(frozen=True)
class Row:
    """One address and method. `answer` is the status for who is allowed; `anonymous` for who is not signed in."""

    route: str
    allowed: str
    method: str = "GET"
    verb: str = ""
    answer: int = 200
    anonymous: int = 302
    others: int = 404


MATRIX = [
    # the door: everybody, also staff, who come here as any resident does
    Row("home", PUBLIC),
    Row("community", PUBLIC),
    Row("community_map", PUBLIC),
    Row("report", PUBLIC),
    Row("report_here", PUBLIC),
    Row("places", PUBLIC),
    Row("track", PUBLIC),
    # a resident's phone is never proven in a desk's session
    Row("prove", "anon resident", others=409),
    Row("prove_code", "anon resident", others=409),
    Row("outbox", PUBLIC),
    Row("alive", PUBLIC),
    Row("ready", PUBLIC),
    Row("elder", PUBLIC, answer=302),
    # with the private link of the matter
    Row("progress", PUBLIC),
    Row("receipt", PUBLIC),
    Row("resident_photo", PUBLIC),
    Row("seen", PUBLIC, method="POST", answer=302),
    Row("seen", PUBLIC, answer=404),
    Row("withdraw", PUBLIC, answer=404),
    # one's own matters: only with a proven phone
    Row("mine", "resident", others=302),
    # signing in
    Row("account_login", "anon resident", others=302),
    Row("account_logout", "resident nobody admin " + WORKERS + " contact", others=302),
    Row("account_change_password", "resident nobody admin " + WORKERS + " contact"),
    # the desk
    Row("today", WORKERS),
    Row("register", WORKERS + " contact"),
    Row("registered", WORKERS + " contact"),
    Row("place_names", WORKERS + " contact"),
    Row("matter", READERS),
    Row("matter_photo", READERS),
    Row("contact", READERS, method="POST"),
    Row("contact", READERS, answer=404),
    Row("erase", "secretary"),
    Row("undo", READERS, method="POST", answer=409),
    Row("undo", READERS, answer=404),
    Row("step", READERS, verb="answer"),
    Row("step", READERS, verb="hand_up"),
    Row("step", READERS, verb="note"),
    Row("step", "secretary dispatcher head clerk", verb="pass_on"),
    Row("step", READERS, verb="deliver", answer=302),  # not now: back to the matter
    Row("step", "", verb="withdraw"),  # the resident's own step
    Row("step", "", verb="burn"),
    # the tree
    Row("units", "admin contact " + WORKERS),
    Row("unit", "admin contact " + READERS),
    Row("unit_map", "admin contact " + READERS),
    Row("edit_unit", ARRANGERS),
    Row("add_unit", ARRANGERS),
    Row("move_unit", ARRANGERS),
    Row("end_unit", ARRANGERS),
    Row("boundary", ARRANGERS),
    Row("import_boundaries", ARRANGERS),
    Row("appoint", ARRANGERS),
    Row("invite", ARRANGERS),
    Row("workdays", "admin secretary"),
    Row("forget_workday", "admin secretary", answer=404),
    # people
    Row("people", "admin secretary dispatcher head clerk grid hillhead grid2 marketgrid hillgrid"),
    Row("person", "admin " + READERS),
    Row("leave", ARRANGERS),
    Row("end_post", ARRANGERS),
    Row("hand_over", ARRANGERS),
    Row("stand_in", ARRANGERS),
    # writes, tried last: each is refused to others before it changes anything
    Row("step", READERS, method="POST", verb="accept", answer=302),
    Row("step", READERS, method="POST", verb="note", answer=302),
    Row("step", READERS, method="POST", verb="answer", answer=302),
    Row("step", READERS, method="POST", verb="hand_up", answer=302),
    Row("step", "secretary dispatcher head clerk", method="POST", verb="pass_on", answer=302),
    Row("step", READERS, method="POST", verb="deliver", answer=302),
    Row("edit_unit", ARRANGERS, method="POST", answer=302),
    Row("boundary", ARRANGERS, method="POST", answer=302),
    Row("withdraw", PUBLIC, method="POST", answer=302),
]
