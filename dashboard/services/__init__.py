"""What holds state: the library of studies, the volume store, results, and encoders."""
