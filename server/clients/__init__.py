"""Parts of the client of the JSON API (`server/client.py`), by subject."""
