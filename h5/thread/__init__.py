"""The conversation in parts: what is told (history), by which rows (rows), in which words (cards), live."""
