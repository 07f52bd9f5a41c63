"""PDF: what an upload holds, the bytes to be sealed, the finished signature, and the verdict on a file."""
