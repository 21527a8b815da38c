"""The check of a study, one module per kind of finding."""
