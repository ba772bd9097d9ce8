"""Tsunagu's worker: from a playbook and dated facts to mails, tasks and alerts.

Read in this order: `domain.facts`, `domain.plan`, `domain.decide`; then `engine.tick`,
`engine.perform`; then any one adapter. The rest is detail.

    faces      cli, actors, pages       words, ids, requests in; nothing decided
    wiring     settings -> engine       the one place where floors meet
    engine   | integrations             journal the wish, then | make the call
    people     playbook                 who they are           | what authors write
    ports    | problems                 what we need           | how a mistake is told
    domain                              facts, plans, decisions; no clock, no I/O

Imports go down only, and never across a bar. `make check` proves it.
"""
