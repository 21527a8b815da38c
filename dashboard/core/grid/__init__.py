"""Voxel grids: comparing them, finding slices, and resampling from one to another."""
