"""The lesson's pipeline: foreground, scaling, and a Gaussian mixture."""
