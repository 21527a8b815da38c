"""A reference segmentation: its labels, and their agreement with the classes."""
