"""Studies, their files, and the role of each file."""
