"""What users, staff and supervising authorities say to each other: tickets, notices, guidance, totals."""
