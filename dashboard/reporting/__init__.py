"""Reports of a View on two pages: the same content as HTML and as PDF."""
