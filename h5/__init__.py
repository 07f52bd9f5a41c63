"""Pages for phones and browsers: chat thread, confirm page, verification page."""
