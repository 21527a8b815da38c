"""A reference segmentation: its labels, and how the classes agree with it."""
