"""Where the floors meet: settings become a journal, mailers, a clock and an engine."""
