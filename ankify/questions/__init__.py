"""Tokens -> questions: titles, groups of titles, which of them ask, and where each answer ends."""
