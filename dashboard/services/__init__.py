"""What holds state: studies, uploads, caches, the scene of a View, and its results."""
