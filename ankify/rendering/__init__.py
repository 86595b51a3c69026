"""A question -> the HTML of its fields."""
