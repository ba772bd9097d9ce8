"""The words of mailers and people, by what they are looked for in; data, and no logic.

Each is written in lower case and matched against `charset.folded` text, so that the patterns need
no flag that makes them slow. Japanese and English come first; the other languages are those in
which mailers really speak.
"""
