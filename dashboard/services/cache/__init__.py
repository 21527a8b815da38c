"""What is computed once and kept: volumes, models, results in memory."""
