"""Checking the log of events: chains, countersigned heads, published roots."""
