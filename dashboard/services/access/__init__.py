"""Who may come in: the password, sessions, and how fast passwords may be tried."""
