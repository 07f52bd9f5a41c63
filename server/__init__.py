"""Processes and the outside: Sanic app, JSON API, settings, adapters, supervisor, sealer, inspector, CLI."""
