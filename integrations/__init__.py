"""The outside world: one module, one party. An adapter satisfies a port of `worker.ports`.

To write one: take plain arguments (no settings, no journal); answer an `Outcome` for whatever
the other side may lawfully say, and raise only for a bug of ours; set every time-out; write the
provider's limits down with a link; add one line to `worker.wiring` and one class to the port's
contract suite in `tests/contracts`. Adapters know `http` and `mime` and never one another.
"""
