"""Mail as bytes: `build` writes one, `check` parses one back, `fields` writes single headers."""
