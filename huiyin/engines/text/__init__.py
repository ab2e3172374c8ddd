"""Understanding what residents write. No Django, nothing of huiyin, no network, no model download.

suggesting    `suggest(title, text)`: the category while the clerk types; `shipped()`
learning      `learn(old, confirmed, held_out, back_off=…)`: train, compare, say which model to keep and why; `compared`
codec         `packed(model)`, `unpacked(bytes)`; `save`, `load`: the same as a file, whole or not at all
meeting       `near(new, recent)`: is this request here already? With place and time, and what differs
duplicates    `near_duplicates(texts)` for millions; `Index` for one at a time, copies only
shared_needs  `shared_needs(voices)`, `grow(previous, voices)`: what many people ask for, named, placed, weighed
entities      `entities(text, gazetteer=…)`, `redact(text)`: named things and personal data
characters    `simplified(text)`, `initials(text)`, `sounds(typed, text)`: script and pinyin
leaning       `dimension`, `urgency`, `sentiment`: lists of words, not trained
reply         `check(question, answer)`: hints before an answer goes out
reading, evaluation, measuring: files as others keep them, and figures

scikit-learn is imported only while training, scipy.cluster only while grouping.
"""
