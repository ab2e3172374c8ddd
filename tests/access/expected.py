"""What every address answers to whom, written by hand from docs/architecture.md and org/roles.py.

`allowed` are the people of the town (huiyin/org/tests/make.py) who get in; any other member of staff finds nothing
(404), anybody not signed in is asked to sign in. The object of a row is always in 莲花社区 第01网格, so that grid,
head and clerk stand for the own subtree and hillhead, hillgrid, grid2 and marketgrid for the others.
"""

from dataclasses import dataclass

PUBLIC = "everybody"
READERS = "secretary dispatcher head clerk grid"
MAKERS = "secretary dispatcher head clerk"
DECIDERS = "secretary dispatcher head"
WORKERS = "secretary dispatcher head clerk grid hillhead grid2 marketgrid hillgrid inspector"
ARRANGERS = "admin secretary head"
ALL_STAFF = "nobody admin contact " + WORKERS


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
    but: tuple[tuple[str, int], ...] = ()


MATRIX = [
    # the door: everybody, also staff, who come here as any resident does
    Row("home", PUBLIC),
    Row("community", PUBLIC),
    Row("community_map", PUBLIC),
    Row("report", PUBLIC),
    Row("report_here", PUBLIC),
    Row("around", PUBLIC),
    Row("around_map", PUBLIC),
    Row("places", PUBLIC),
    Row("track", PUBLIC),
    # a resident's phone is never proven in a desk's session
    Row("prove", "anon resident", others=409),
    Row("prove_code", "anon resident", others=409),
    Row("outbox", PUBLIC),
    Row("alive", PUBLIC),
    Row("ready", PUBLIC),
    Row(
        "metrics", PUBLIC, answer=404
    ),  # a browser asks for the site by its name; tests/test_metrics.py asks as a machine
    Row("elder", PUBLIC, answer=302),
    # Open311: what residents let be shown; this matter's did not
    Row("api_docs", PUBLIC),
    Row("calendar", PUBLIC, answer=404),
    Row("georeport_discovery", PUBLIC),
    Row("georeport_services", PUBLIC),
    Row("georeport_service", PUBLIC),
    Row("georeport_requests", PUBLIC),
    Row("georeport_requests", PUBLIC, method="POST", answer=403),
    Row("georeport_request", PUBLIC, answer=404),
    Row("georeport_token", PUBLIC, answer=404),
    # with the private link of the matter
    Row("progress", PUBLIC),
    Row("receipt", PUBLIC),
    Row("resident_photo", PUBLIC),
    Row("seen", PUBLIC, method="POST", answer=302),
    Row("seen", PUBLIC, answer=404),
    Row("withdraw", PUBLIC, answer=404),
    # with the link that rates one result, or that opens one order to an outside party
    Row("rate", PUBLIC),
    Row("outside_order", PUBLIC),
    # what residents take on: with a proven phone, never in a desk's session
    Row("claims", "resident", others=404),
    Row("my_order", "resident", others=404),
    # one's own matters: only with a proven phone
    Row("mine", "resident", others=302),
    Row("my_looks", "resident", others=302),
    # signing in
    Row("account_login", "anon resident", others=302),
    Row("account_logout", "resident nobody admin " + WORKERS + " contact", others=302),
    Row("account_change_password", "resident nobody admin " + WORKERS + " contact"),
    # the second step of signing in: nobody here gave a password before; and passkeys
    Row("mfa_authenticate", PUBLIC, answer=302),
    Row("second_step_options", PUBLIC, answer=404),
    Row("passkey_options", PUBLIC),
    Row("passkey_sign_in", PUBLIC, answer=302),
    Row("passkey_sign_in", PUBLIC, method="POST", answer=422),  # without a passkey
    # one's own account; what guards it opens after the password is given again
    Row("account", ALL_STAFF),
    Row("account_confirm", ALL_STAFF),
    Row("account_app", ALL_STAFF, answer=302),
    Row("account_app_qr", ALL_STAFF, answer=302),
    Row("remove_app", ALL_STAFF, method="POST", answer=302),
    Row("account_codes", ALL_STAFF, answer=302),
    Row("add_passkey", ALL_STAFF, answer=302),
    Row("new_passkey_options", ALL_STAFF, answer=302),
    Row("passkey", ALL_STAFF, answer=302),
    Row("remove_passkey", ALL_STAFF, method="POST", answer=302),
    Row("end_session", ALL_STAFF, method="POST", answer=404),  # of nobody
    Row("end_other_sessions", ALL_STAFF, method="POST", answer=302),
    Row("end_other_sessions", ALL_STAFF, answer=404),
    # the desk
    Row("start", "admin contact " + WORKERS, answer=302),
    Row("today", WORKERS),
    Row("one_page", "secretary dispatcher head hillhead"),
    Row("dashboard", "secretary dispatcher head hillhead"),
    Row("brief", "secretary dispatcher head hillhead"),
    Row("brief_document", "secretary dispatcher head hillhead", verb="docx", answer=404),
    Row("brief_document", "secretary dispatcher head", method="POST", verb="docx"),  # of the lake
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
    Row("step", READERS, verb="sort"),
    Row("step", MAKERS, verb="dispatch"),
    Row("step", READERS, verb="rate", answer=302),  # not told yet: back to the matter
    Row("step", READERS, verb="conclude", answer=302),
    Row("step", DECIDERS, verb="explain", answer=302),
    Row("step", READERS, verb="learn", answer=302),
    Row("step", "", verb="withdraw"),  # the resident's own step
    Row("step", READERS, verb="merge"),
    Row("step", READERS, verb="group"),
    Row("note_photo", READERS),
    Row("suggest", WORKERS + " contact", method="POST"),
    Row("suggest", WORKERS + " contact", answer=404),
    Row("alike", READERS),
    Row("solved_like", READERS),
    Row("check_reply", READERS, method="POST"),
    Row("check_reply", READERS, answer=404),
    # lists of one's own, and what one keeps; views, batches and tables are the head's own
    Row("for_me", WORKERS),
    Row("narrow", WORKERS),
    Row("search", ALL_STAFF),
    Row("search", ALL_STAFF, method="POST", answer=302),
    Row("select", WORKERS),
    Row("many", MAKERS + " hillhead", method="POST", verb="order"),
    Row("many", MAKERS + " hillhead", verb="order", answer=404),
    Row("batches", WORKERS),
    Row("batch", "head"),
    Row("batch_progress", "head"),
    Row("batch_stop", "head", answer=404),
    Row("parcel", ""),  # a batch that writes no register
    Row("export", MAKERS + " hillhead", method="POST"),
    Row("export", MAKERS + " hillhead", answer=404),
    Row("import", MAKERS + " hillhead"),
    Row("empty_form", MAKERS + " hillhead"),
    Row("table", "head"),
    Row("chat", WORKERS + " contact"),
    # a theme and a template of the lake: used by who works below it, changed by who gives orders there
    Row("themes", WORKERS),
    Row("common_needs", WORKERS),
    Row("common_needs", MAKERS + " hillhead", method="POST", answer=302),
    Row("common_need", READERS),  # who reaches one of its matters
    Row("category_models", "secretary dispatcher"),
    Row("category_models", "secretary dispatcher", method="POST", answer=302),
    Row("filing", "secretary dispatcher", method="POST", answer=302),
    Row("filing", "secretary dispatcher", answer=404),
    Row("put_model_back", "", method="POST"),  # there is none before it
    Row("correct_common", "secretary dispatcher", method="POST", verb="dismiss", answer=302),
    Row("correct_common", MAKERS + " hillhead", verb="dismiss", answer=404),
    Row("take_back_correction", "secretary dispatcher", method="POST", answer=302),
    Row("theme", READERS + " grid2 marketgrid"),
    Row("change_theme", MAKERS, verb="rename", answer=404),
    Row("ungroup", READERS, answer=404),
    Row("templates", WORKERS),
    Row("template", MAKERS),
    Row("end_template", MAKERS, answer=404),
    # orders: this one was made by the lake's head for the second grid, the market's grid helps
    Row("orders", WORKERS),
    Row("open_orders", WORKERS),
    Row("outside_parties", "secretary dispatcher head clerk hillhead"),
    Row("outside_party", MAKERS),
    Row("end_outside_party", MAKERS, answer=404),
    Row("order", MAKERS + " grid2 marketgrid"),
    Row("order_photo", MAKERS + " grid2 marketgrid"),
    Row("order_contacts", MAKERS + " grid2", method="POST"),
    Row("order_contacts", MAKERS + " grid2", answer=404),
    Row("order_slip", MAKERS),
    Row("order_step", MAKERS + " grid2", verb="complete", answer=200),
    Row("order_step", MAKERS + " grid2", verb="transfer", answer=200),
    Row("order_step", MAKERS, verb="cancel"),
    Row("order_step", MAKERS + " grid2 marketgrid", verb="note"),
    Row("order_step", "", verb="burn"),
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
    Row("status", "admin"),
    # people
    Row("my_calendar", WORKERS),
    Row("matters_map", WORKERS),
    Row("map_areas", WORKERS),
    Row("map_matters", WORKERS, answer=422),  # the part that is seen is missing
    Row("connections", "admin secretary"),
    Row("open_client", "admin secretary"),
    Row("end_client", "admin secretary", method="POST", answer=302),
    Row("add_hook", "admin secretary"),
    Row("hook", "admin secretary"),
    Row("end_hook", "admin secretary", method="POST", answer=302),
    Row("call_again", "admin secretary", method="POST", answer=302),
    Row("people", "admin secretary dispatcher head clerk grid hillhead grid2 marketgrid hillgrid"),
    Row("person", "admin " + READERS),
    Row("leave", ARRANGERS),
    Row("give_password", ARRANGERS),
    Row("reset_factors", ARRANGERS),
    Row("reset_factors", ARRANGERS, method="POST", answer=422),  # there is none
    # the record of looks and changes
    Row("audit", "admin secretary"),
    Row("take_audit", "admin secretary", method="POST"),
    Row("take_audit", "admin secretary", answer=404),
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
    Row("give_password", ARRANGERS, method="POST", answer=302),
    Row("boundary", ARRANGERS, method="POST", answer=302),
    Row("withdraw", PUBLIC, method="POST", answer=302),
    Row("step", READERS, method="POST", verb="sort", answer=302),
    Row("step", MAKERS, method="POST", verb="dispatch", answer=302),
    Row("step", READERS, method="POST", verb="rate", answer=302),
    Row("rate", PUBLIC, method="POST"),
    Row("order_step", MAKERS + " grid2", method="POST", verb="sign", answer=302),
    Row("order_step", MAKERS + " grid2", method="POST", verb="complete", answer=302),
    Row("order_step", MAKERS + " grid2", method="POST", verb="return", answer=302),
    Row("order_step", MAKERS, method="POST", verb="cancel", answer=302),
    Row("order_step", MAKERS + " grid2 marketgrid", method="POST", verb="note", answer=302),
    # hillhead keeps outside parties too, but not for the lake: the form comes back
    Row("outside_parties", MAKERS, method="POST", answer=302, but=(("hillhead", 422),)),
    Row("outside_party", MAKERS, method="POST", answer=302),
    Row("end_outside_party", MAKERS, method="POST", answer=409),  # an order is with it
    Row("step", READERS, method="POST", verb="merge", answer=422),  # with nothing chosen
    Row("step", READERS, method="POST", verb="separate", answer=409),  # it repeats no other
    Row("step", MAKERS, method="POST", verb="group", answer=302, but=(("grid", 422),)),  # a grid begins no theme
    Row("ungroup", READERS, method="POST", answer=302),
    Row("change_theme", MAKERS, method="POST", verb="rename", answer=302),
    Row("change_theme", MAKERS, method="POST", verb="burn", answer=404),
    Row("template", MAKERS, method="POST", answer=302),
    Row("end_template", MAKERS, method="POST", answer=302),
    Row("forget_view", "head", method="POST", answer=302),
    Row("forget_view", "head", answer=404),
    Row("batch_stop", "head", method="POST", answer=302),
    Row("table", "head", method="POST", answer=302),
    Row("my_order", "resident", method="POST", answer=302, others=404),
]
