"""The evidence package of a document: checked by anybody, with common tools only."""
