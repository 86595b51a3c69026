"""Groups of titles -> which of them are questions, and why the others are not."""
