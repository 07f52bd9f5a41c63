"""The review desk: what waits for a person of the platform, taken by one, decided (R76, R111, R115).

The decisions themselves are of `seals.entry.deciding` and `seals.reviewing`, as from the host's terminal.
"""
