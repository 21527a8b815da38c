"""Facts become sentences here, in plain English; no code reads a sentence back."""
