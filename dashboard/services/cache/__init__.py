"""What is computed once and kept: volumes and models on disk, results in memory."""
