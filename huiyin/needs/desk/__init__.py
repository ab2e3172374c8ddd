"""The desk: matters, orders, registering; all from the keyboard."""
