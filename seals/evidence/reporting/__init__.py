"""What an evidence report says, gathered as plain values for its template."""
