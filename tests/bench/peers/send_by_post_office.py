"""The yardstick: django-post_office sends the same mails; run by `.cache/bench-venv`.

    send_by_post_office.py FOLDER PORT COUNT [resume | POSTGRESQL …]

Settings are its defaults (5 threads, SQLite, batches of 100) unless said below; with the address of
a database it is on PostgreSQL. Prints one line of JSON: seconds of wall and of CPU from the first
call of `send_many` to the last mail sent.
"""

import json
import logging
import resource
import sys
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command

HERE = Path(__file__).parent
folder, port, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
resume = sys.argv[4:] == ["resume"]
database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "mails.db")}
if sys.argv[4:] and not resume:
    place = urlsplit(sys.argv[4])
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": place.path.strip("/"),
        "HOST": place.hostname,
        "PORT": place.port,
        "USER": place.username,
    }

settings.configure(
    INSTALLED_APPS=["post_office"],
    DATABASES={"default": database},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DEFAULT_FROM_EMAIL="採用担当 <saiyo@example.co.jp>",
    EMAIL_BACKEND="post_office.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=port,
    POST_OFFICE={
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
        "LOCK_FILE_NAME": str(folder / "lock"),
    },
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    LANGUAGE_CODE="ja",
    USE_TZ=True,
)
django.setup()
logging.disable(logging.INFO)

from post_office import mail  # noqa: E402 - Django has to be set up first
from post_office.models import EmailTemplate  # noqa: E402 - as above


def queued() -> list[dict[str, object]]:
    """Give what `send_many` takes: a template by object, and six fields for each person."""
    template = EmailTemplate.objects.get(name="welcome")
    people = json.loads((folder / "people.json").read_text(encoding="utf-8"))[:count]
    return [
        {"recipients": [person["email"]], "template": template, "context": person}
        for person in people
    ]


def send_all() -> None:
    """Send batch after batch until nothing is queued."""
    while sum(mail.send_queued(processes=1)):
        pass


call_command("migrate", verbosity=0)
if not resume:
    EmailTemplate.objects.create(
        name="welcome",
        subject=(folder / "subject.txt").read_text(encoding="utf-8"),
        content=(folder / "body.txt").read_text(encoding="utf-8"),
        html_content=(folder / "body.html").read_text(encoding="utf-8"),
    )

before, began = resource.getrusage(resource.RUSAGE_SELF), perf_counter()
if not resume:
    mail.send_many(queued())
    (folder / "queued").touch()
send_all()
wall, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
sys.stdout.write(json.dumps({"wall": wall, "cpu": cpu, "peak": after.ru_maxrss * 1024}) + "\n")
