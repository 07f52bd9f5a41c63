"""Who may: people, companies and their licences, sessions, challenges, and the event log."""
