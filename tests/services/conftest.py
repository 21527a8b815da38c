"""What tests of the services share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.images import AFFINE


@pytest.fixture
def helped(study: Any, save: Callable[..., Path], head: Any) -> Any:
    """Return services on the study `pair` with a third image, one elsewhere, and overlays."""
    save("data/pair/adc.nii", head(2), AFFINE)
    save("data/pair/epi.nii", head(2)[::2, ::2], np.diag([4.0, 4.0, 3.0, 1.0]))
    save("data/pair/brain_mask.nii", head(0) > 0, AFFINE, dtype=np.uint8)
    save("data/pair/dseg.nii", (head(0) > 150) + 1, AFFINE, dtype=np.uint8)
    return study
