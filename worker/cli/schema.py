"""`tsunagu schema`: what an editor completes and checks from."""

from argparse import Namespace

from worker.cli.session import Session
from worker.playbook.json_schema import json_schema as playbook_schema
from worker.settings.schema import json_schema as settings_schema


def run(arguments: Namespace, session: Session) -> int:
    """Write the JSON Schema of playbooks or of the settings."""
    schema = playbook_schema if arguments.what == "playbook" else settings_schema
    session.out.json(schema(session.out.language))
    return 0
