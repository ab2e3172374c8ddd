"""Messages out: what is sent to whom, by which way, and how far it got."""
