"""Where the files lie that come with the project: beside it in a checkout, inside it in a wheel."""

from pathlib import Path

import worker


def shipped_playbooks() -> Path:
    """Give the folder of the playbooks that `tsunagu init` lays out."""
    package = Path(worker.__file__).parent
    inside = package / "shipped" / "playbooks"
    return inside if inside.is_dir() else package.parent / "playbooks"
