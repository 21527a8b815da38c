"""Voxel grids: which are the same, which slices lie together, and one volume on another's grid."""
