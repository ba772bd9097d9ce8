"""The examples in the docstrings of the adapters are true."""

import doctest
from importlib import import_module

import pytest

MODULES = ["faults", "http", "outbox", "replies", "smtp_envelope", "webhook"]
OF_MICROSOFT = ["event", "headers", "hints", "meaning", "text", "times", "wire"]


@pytest.mark.parametrize("name", [*MODULES, *(f"microsoft.{name}" for name in OF_MICROSOFT)])
def test_the_examples_of_a_module_run(name: str) -> None:
    """There are some, and each gives what it says."""
    results = doctest.testmod(import_module(f"integrations.{name}"))

    assert results.attempted > 0
    assert results.failed == 0
