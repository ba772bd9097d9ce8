"""A stand-in for Microsoft 365 on this machine: sign-in and Graph, over HTTPS, with nobody behind.

Tests and demonstrations use it through the real msal and the real adapter. It is written from
Microsoft's pages and knows nothing of our adapter. Every body it is sent is held against the schema
Microsoft publishes (`graph-v1.0.json`, an extract of the CSDL of msgraph-metadata, MIT licensed,
whose origin stands in its `_source`), so that a misspelt property fails here and not at a customer.

Documented, and done here as documented: immutable ids only where they are preferred; invitations
with every creation; `transactionId` refusing a second creation; expanding and filtering by an
extended property; an online meeting switched off when its part of the body is lost; `cancel` for
organisers alone, and told with its comment; getSchedule with twenty mailboxes, 62 days, slots of 5
to 1440 minutes and errors for single mailboxes inside a 200; delta over a fixed window without
`$select`; four calls at once for a mailbox; Retry-After; fresh answers dated in the year 1 and
reset ones in 4501; subscriptions validated by an echo and expiring within 10,080 minutes; drafts
made of MIME in base64, at most 4 MB a request; a sending that is taken with 202 and nothing more;
delta of a folder, also of what was created alone; headers of a mail only where they are selected.

Assumed, because no page says it: that a repeated `transactionId` is answered with 409 (or with 400,
or with the event made before, as `duplicates` says), also after the event was deleted; that an
event deleted by hand is no longer found by a filter, yet found by its immutable id; that
`transactionId` is part of what delta tells; that answers survive an update that does not move the
meeting; that a change of nothing but an extended property is told to nobody; that a mail moved into
a folder is one that was created there; that a filter finds a message as soon as it is there; that a
Message-ID of ours is kept, and an address that does not exist taken, unless a switch or a fault
address says otherwise. What was seen with real tenants and is not documented is asked for by a
switch of its own.
"""
