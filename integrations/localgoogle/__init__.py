"""A server on this machine that speaks Google's HTTP: the sign-in, Calendar API v3, Gmail API v1.

It ships because demonstrations and rehearsals run against it, and tests do. It is strict: whatever
Google's own discovery document (which lies inside google-api-python-client) does not know is
refused, so that what passes here is at least well-formed there. It can lose an answer after the
work is done, throttle, be slow, forget cursors and revoke rights. Each rule it keeps says whether
Google documents it (`doc`) or whether it was heard of, or concluded (`assumed`).
"""
