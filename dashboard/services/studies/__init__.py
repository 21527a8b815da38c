"""Which studies and files there are, and what each file is for."""
