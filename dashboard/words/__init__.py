"""The edge where facts become sentences, in plain English; nobody reads a sentence back."""
