"""That the tests compute as the product does."""

from threadpoolctl import threadpool_info

import dashboard.core.mixture.slice_fit  # noqa: F401 - loads every library that has threads


def test_each_numeric_library_has_one_thread():
    libraries = threadpool_info()
    assert {library["user_api"] for library in libraries} == {"blas", "openmp"}
    assert {library["num_threads"] for library in libraries} == {1}
