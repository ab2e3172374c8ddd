"""The desk of this room: the tree and its people, one's own account, the record of who looked at and changed what."""
