"""Users, actors, the unit tree, grids, addresses, posts, grants and scope."""
