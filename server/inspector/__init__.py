"""The inspector: the only process that parses a stranger's PDF. It holds no secret."""
