"""The examples in the docstrings of the adapters are true."""

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["faults", "http", "replies", "smtp_envelope", "webhook"])
def test_the_examples_of_a_module_run(name: str) -> None:
    """There are some, and each gives what it says."""
    results = doctest.testmod(import_module(f"integrations.{name}"))

    assert results.attempted > 0
    assert results.failed == 0
