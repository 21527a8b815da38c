"""Short Python scripts that give a label map again, voxel for voxel."""
