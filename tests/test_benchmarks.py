"""The benchmarks still fit the program: nothing else of the suite runs them."""

from importlib import import_module

import pytest


@pytest.mark.parametrize(
    "module", ["accuracy", "memory", "pages", "science", "studies", "users", "volume", "whole"]
)
def test_what_a_benchmark_takes_from_the_program_is_there(module):
    import_module(f"benchmarks.{module}")
