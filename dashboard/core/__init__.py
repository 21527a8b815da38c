"""The science: volumes, foreground, intensities and mixtures. It knows nothing of any screen."""
