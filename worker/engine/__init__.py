"""The engine: moves facts. The world is reached through ports, the memory is the journal."""
