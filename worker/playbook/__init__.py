"""The author's language: text in, a checked and compiled `Plan` out. No network, no database."""
