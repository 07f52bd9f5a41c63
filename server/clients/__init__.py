"""Parts of `server.client.Client`, one for each subject with more than a few methods."""
