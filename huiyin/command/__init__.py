"""What those who lead read: briefs that sum up what residents asked for and what became of it."""
