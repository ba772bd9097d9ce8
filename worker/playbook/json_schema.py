"""The language as a JSON Schema, so that an editor completes words and marks mistakes.

It is made of the same declarations that `check` reads by. What only the whole playbook can tell
(names of facts, circles, mailboxes) is left to `check`.
"""

from worker.playbook.schema import PLAYBOOK

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(language: str = "ja") -> dict[str, object]:
    """Give the schema of `playbook.yaml`, described in `ja` or `en`."""
    title = "つなぐ プレイブック" if language == "ja" else "Tsunagu playbook"
    return {"$schema": DRAFT, "title": title, **PLAYBOOK.schema(language)}
