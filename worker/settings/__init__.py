"""`tsunagu.yaml` and the environment become one frozen `Settings`. Nobody else reads either.

Read in this order: `model` (what there is), `shape` (which words the file may hold, and what the
JSON Schema is made of), `reader` (nodes → values or mistakes), `load` (the way in).
"""
