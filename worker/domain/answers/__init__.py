"""What an incoming mail is: a person's answer, a machine's, a bounce, a complaint, …

Read `letter` (bytes to text), then `answer` (the order of the questions), then any one of
`bounce`, `machine`, `quoting`, `meaning`. Pure: bytes in, an `Answer` out, never an exception.
"""
