"""One signing, a module per use case (architecture §5): request, open, claim, confirm, finish, withdraw."""
