"""Voxels as PNG and as bytes."""
