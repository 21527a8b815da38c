"""Files that visitors send: received, checked, kept for some days, removed."""
