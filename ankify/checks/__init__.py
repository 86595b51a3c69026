"""Pages -> problems: what an author can fix, each with file and line."""
