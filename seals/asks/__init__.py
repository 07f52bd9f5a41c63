"""What a member with a letter of authorisation asks of a seal's life, and the representative decides."""
