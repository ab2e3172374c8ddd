"""Understanding what residents write: category, duplicates, shared needs, named things, replies.

No Django, nothing of huiyin, no network, no model download. scikit-learn is imported only while training.
"""
