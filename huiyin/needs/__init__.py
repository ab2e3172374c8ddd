"""The closed loop: a resident's matter, who holds it, until when, and the answer."""
