"""One file in, voxels out: formats, headers, and every check of what a file says of itself."""
