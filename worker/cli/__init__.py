"""The command `tsunagu`: one module a group of verbs, heavy imports only where used."""
