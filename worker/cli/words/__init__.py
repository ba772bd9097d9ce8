"""The sentences themselves, by what they are about: key → (Japanese, English)."""
