"""Verify a company by a small payment to its account (R112): asked for, paid once, and the amount typed."""
