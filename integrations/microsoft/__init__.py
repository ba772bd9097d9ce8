"""Microsoft 365 by Graph (v1.0) over httpx, signed in by msal.

`tokens` gets the right to ask, `wire` asks once and says what it came to by the tables of
`meaning`; above them stand the ports. No layer here repeats what may have changed something, and
no module asks for more than the pages named beside it promise.
"""
