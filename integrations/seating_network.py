"""A network of ways from node to node, each with room and a price, and the cheapest flow in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from worker.domain.errors import BrokenPromise
from worker.domain.price import ANOTHER_TIME
from worker.domain.wave import Seeker

OUT = 0  # the node to which everything flows; the seekers are the nodes from 1

_LARGEST = 1 << 62  # OR-tools multiplies costs by the number of nodes, in 64 bits
_ENOUGH = 64  # times the greatest trouble of one person, where the numbers would not fit

Numbers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Arcs:
    """Ways from node to node: how wide they are, and the three parts of their price."""

    tails: Numbers
    heads: Numbers
    room: Numbers
    moved: Numbers
    trouble: Numbers
    left_out: Numbers  # 1 for the lowest priority, 2 for the next


class Sketch:
    """Arcs while they are collected."""

    def __init__(self) -> None:
        self._columns: tuple[list[Numbers], ...] = tuple([] for _ in range(6))
        self._single: list[tuple[int, ...]] = []  # an array for each would cost more than it holds

    def add(
        self,
        tails: Numbers | int,
        heads: Numbers | int,
        *,
        room: Numbers | int = 1,
        moved: Numbers | int = 0,
        trouble: Numbers | int = 0,
        left_out: Numbers | int = 0,
    ) -> None:
        """Add arcs; a single number stands for all of them."""
        values = (tails, heads, room, moved, trouble, left_out)
        several = [value.size for value in values if isinstance(value, np.ndarray)]
        if not several:
            self._single.append(tuple(map(int, values)))
            return
        for column, value in zip(self._columns, values, strict=True):
            whole = value if isinstance(value, np.ndarray) else np.full(several[0], value)
            column.append(whole)

    def done(self) -> Arcs:
        """Give all of them."""
        single = np.array(self._single, dtype=np.int64).reshape(-1, len(self._columns)).T
        return Arcs(
            *(
                np.concatenate([*column, alone]).astype(np.int64, copy=False)
                for column, alone in zip(self._columns, single, strict=True)
            )
        )


def cheapest(
    seekers: Sequence[Seeker], arcs: Arcs, nodes: int
) -> tuple[list[tuple[int, int]], bool]:
    """Give the ways that are taken if every seeker flows out, and whether nothing is cheaper.

    In the order of the arcs. Every seeker needs a way out for being left out.
    """
    costs, is_exact = _costs(seekers, arcs, nodes)
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(arcs.tails, arcs.heads, arcs.room, costs)
    people = len(seekers)
    solver.set_nodes_supplies(
        np.arange(people + 1, dtype=np.int32), np.array([-people] + [1] * people, dtype=np.int64)
    )
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise BrokenPromise(f"a network in which everybody may be left out has no flow: {status}")
    taken = solver.flows(np.arange(len(costs), dtype=np.int32)) > 0
    return list(zip(arcs.tails[taken].tolist(), arcs.heads[taken].tolist(), strict=True)), is_exact


def _costs(seekers: Sequence[Seeker], arcs: Arcs, nodes: int) -> tuple[Numbers, bool]:
    """Make one number of the parts of a price, so that a later part never outweighs one before.

    Where that would not fit into 64 bits the weights are only very large, and nothing is proven.
    """
    people = len(seekers)
    holders = sum(seeker.holds is not None for seeker in seekers)
    trouble = int(arcs.trouble.max(initial=0)) * 2 + 1  # of one person: their delay, and a host
    move = people * trouble
    most = ANOTHER_TIME * holders * move + people * trouble + 1
    ranks = int(arcs.left_out.max(initial=1))
    is_exact = most * ranks * (nodes + 1) < _LARGEST
    if not is_exact:
        move = _ENOUGH * trouble
        most = _ENOUGH * ANOTHER_TIME * move
    return arcs.left_out * most + arcs.moved * move + arcs.trouble, is_exact
