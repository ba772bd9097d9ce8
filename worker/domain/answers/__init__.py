"""What an incoming mail is: a person's answer, a machine's, a bounce, a complaint.

Read `letter` (bytes to text), then `answer` (the order of the questions), then any one of
`bounce`, `automatic`, `calendar`, `quoting`, `meaning`, `away`; the words they look for stand in
`words`. Pure: bytes in, an `Answer` out, never an exception.
"""
