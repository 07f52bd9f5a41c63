"""Parts of the client (`server/client.py`), one a subject."""
