"""What a View means in its study."""
