"""Functions on frozen dataclasses: no Django, nothing of the other rooms."""
