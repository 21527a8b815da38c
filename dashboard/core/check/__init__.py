"""What a check of a study finds, one module for each kind of finding."""
