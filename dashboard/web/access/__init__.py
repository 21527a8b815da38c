"""Keeps strangers out: what a request must bring, and the pages to sign in and out."""
