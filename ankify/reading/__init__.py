"""Note files -> text -> tokens with line numbers, formulas set aside."""
