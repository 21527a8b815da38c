"""NeuroMix: how tissue classes come out of MRI intensities."""

import os

__version__ = "0.1.0"

# One native thread each, set before numpy is imported: the web workers share the cores already (a
# 20 ms mixture took 250 ms when BLAS and OpenMP threads fought over them), and sums taken in one
# order give every worker the same last digit.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
