"""Google: Calendar as a `CalendarBook`, Gmail as a `Mailer`, an `Inbox` and a `SentFolder`.

    calendar   mailer   inbox   sent       the ports
    busy   events   cursor   mailbox       what is read and written, mostly pure
    line                                   signs in, asks once, says what was answered
    reasons                                what Google says, in our words

Everything that is Google's own library is imported when somebody asks Google something.
"""
