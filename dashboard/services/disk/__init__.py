"""Locks and folders that several processes share."""
