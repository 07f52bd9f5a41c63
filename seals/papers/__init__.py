"""Papers that the platform sets and seals itself: one template each, all data as values (ADR 33)."""
