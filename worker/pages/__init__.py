"""The pages behind the links in mails: to stop, and to answer a survey. A face beside the command.

No login, no cookie, no script, no picture, nothing that follows anybody. What a page says is
decided on the floors below; here requests are read, kept within bounds, and answered.
"""
