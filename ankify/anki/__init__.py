"""Questions with guids -> Anki's notes, note types and packages; and packages read back."""
