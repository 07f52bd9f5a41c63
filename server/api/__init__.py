"""The JSON API: handlers parse, make one call to a use case, and answer with its view."""
