"""One module a release whose tables differ from the one before."""
