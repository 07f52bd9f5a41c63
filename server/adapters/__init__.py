"""Adapters: how what `seals` and `auth` need from outside is had over the network."""
