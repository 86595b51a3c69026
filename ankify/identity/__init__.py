"""Questions and the lock -> guids: which question of the last build is which one now."""
