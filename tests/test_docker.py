"""What stands in docker/ is what its tools accept, and speaks of commands and figures there are."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from compose_spec import PyCompose

from worker.cli.verbs import names
from worker.settings.load import load_settings

HOME = Path(__file__).parent.parent
DOCKER = HOME / "docker"
PIN = re.compile(r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)==([^ ;\\]+)", re.MULTILINE)


def documents(name: str) -> list[Any]:
    """Read a file of docker/."""
    return list(yaml.safe_load_all((DOCKER / name).read_text(encoding="utf-8")))


def commands() -> Iterator[list[str]]:
    """Give what each part of compose and Kubernetes types after `tsunagu`."""
    for service in documents("compose.yaml")[0]["services"].values():
        if service["image"] == "tsunagu":
            yield service["command"]
    for part in documents("kubernetes/tsunagu.yaml")[0]["items"]:
        if "template" in part["spec"]:
            yield part["spec"]["template"]["spec"]["containers"][0]["args"]


def test_the_dockerfile_passes_its_linter() -> None:
    """The linter has nothing to say."""
    linter = Path(sys.executable).with_name("hadolint")

    said = subprocess.run(  # noqa: S603 - a tool of the environment
        [str(linter), str(DOCKER / "Dockerfile")], capture_output=True, text=True, check=False
    )

    assert said.stdout + said.stderr == ""
    assert said.returncode == 0


def test_the_image_is_made_of_what_is_let_through_and_of_nothing_else() -> None:
    """What the ignore file keeps from the builder is all that no COPY names."""
    said = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    copied = [
        source
        for words in re.findall(r"^COPY (?!--from)(.+) \S+$", said, re.MULTILINE)
        for source in words.split()
    ]
    lines = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if not line.startswith("#")]

    assert rules[0] == "*"
    assert sorted(line[1:] for line in rules if line.startswith("!")) == sorted(copied)
    assert all((HOME / source).exists() for source in copied)


def test_compose_keeps_to_its_specification() -> None:
    """Every word of compose.yaml is one of the Compose specification."""
    spec = PyCompose.from_json(json.dumps(documents("compose.yaml")[0]))
    spec.validate()

    parts = {"upgrade", "beat", "work", "listen", "pages", "db", "broker", "catcher"}
    assert set(spec.to_spec().services or {}) == parts


def test_the_settings_that_compose_asks_for_lead_to_its_own_parts(tmp_path: Path) -> None:
    """Database, broker, catcher and pages are where they are looked for, and can be reached."""
    said = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    lines = said.partition("# tsunagu.yaml of the workspace:\n")[2].splitlines()
    wanted = [line.removeprefix("#   ") for line in lines if line.startswith("#   ")]
    path = tmp_path / "tsunagu.yaml"
    path.write_text("\n".join(["company: {name: HR}", *wanted]), encoding="utf-8")
    services = documents("compose.yaml")[0]["services"]

    settings = load_settings(path, {"PGPASSWORD": "x"}).standing()

    smtp, pages = settings.mailboxes["hr"].smtp, settings.pages
    assert smtp is not None
    assert settings.broker.url is not None
    urls = (settings.store.url, settings.broker.url)
    hosts = {urlsplit(url.reveal()).hostname for url in urls}
    assert hosts | {smtp.host} == {"db", "broker", "catcher"}
    assert hosts | {smtp.host} <= set(services)
    assert services["pages"]["ports"] == [f"127.0.0.1:{pages.port}:{pages.port}"]
    assert pages.host == "0.0.0.0"  # noqa: S104 - of a container, of which one port is let out


def test_a_word_that_compose_does_not_know_is_found() -> None:
    """The check is worth something: a slip is told."""
    slipped = documents("compose.yaml")[0]
    slipped["services"]["work"]["restrat"] = "always"

    with pytest.raises(ValueError, match="restrat"):
        PyCompose.from_json(json.dumps(slipped))


def test_only_verbs_there_are_are_typed() -> None:
    """`upgrade`, `beat`, `work`, `listen`, `pages`."""
    typed = [words[0] for words in commands()]

    assert set(typed) <= set(names())
    assert {"beat", "work", "listen", "upgrade"} <= set(typed)


def test_every_part_of_the_company_runs_locked_up() -> None:
    """No root, no writable root, no capability."""
    for name, service in documents("compose.yaml")[0]["services"].items():
        if service["image"] == "tsunagu":
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name
    for part in documents("kubernetes/tsunagu.yaml")[0]["items"]:
        if "template" not in part["spec"]:
            continue
        pod = part["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
    assert "USER 10001:10001" in (DOCKER / "Dockerfile").read_text(encoding="utf-8")


def test_every_part_that_may_send_has_two_minutes_to_finish() -> None:
    """A beat, too: it sends while Redis is away, and what is cut off in the middle is in doubt."""
    for service in documents("compose.yaml")[0]["services"].values():
        if service["image"] == "tsunagu":
            assert service["stop_grace_period"] == "2m"
    for part in documents("kubernetes/tsunagu.yaml")[0]["items"]:
        if part["kind"] == "Deployment":
            assert part["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 120


def test_the_image_has_the_versions_that_were_tested() -> None:
    """Each pin of the image is one of the tests' own."""
    tested = dict(PIN.findall((HOME / "requirements.lock").read_text(encoding="utf-8")))
    shipped = dict(PIN.findall((DOCKER / "requirements.lock").read_text(encoding="utf-8")))

    assert "psycopg" in shipped
    assert "pytest" not in shipped
    assert {name: tested.get(name) for name in shipped} == shipped


def test_boards_and_alerts_ask_for_figures_there_are() -> None:
    """Every name in them is given out by `--monitor`."""
    given = set(re.findall(r'"(tsunagu_\w+)"', _source("gauges.py")))
    given |= {f"tsunagu_{name}" for name in ("due", "in_flight", "later", "facts_total")}
    board = json.loads((DOCKER / "grafana" / "tsunagu.json").read_text(encoding="utf-8"))
    asked = set(re.findall(r"tsunagu_\w+", json.dumps(board["panels"])))
    asked |= set(re.findall(r"tsunagu_\w+", json.dumps(documents("grafana/alerts.yaml"))))

    assert asked - given == set()
    assert len(asked) > 10


def test_an_alert_comes_as_well_when_nobody_is_left_to_give_figures() -> None:
    """The last worker is gone, or the database: a figure that is not there is above no limit."""
    rules = documents("grafana/alerts.yaml")[0]["groups"][0]["rules"]
    told = {rule["alert"]: rule["expr"] for rule in rules}

    figure = "tsunagu_last_tick_timestamp_seconds"
    assert told["TsunaguStandsStill"].endswith(f"> 600 or absent({figure})")


def _source(name: str) -> str:
    return (HOME / "worker" / "pages" / name).read_text(encoding="utf-8")


def test_each_alert_has_its_page() -> None:
    """Whoever is woken finds under the alert's own name what to do, with something to type."""
    page = (HOME / "docs" / "operating.md").read_text(encoding="utf-8")
    rules = documents("grafana/alerts.yaml")[0]["groups"][0]["rules"]

    sections = dict(re.findall(r"^### (Tsunagu\w+)\n(.*?)(?=^##)", page, re.MULTILINE | re.DOTALL))

    assert set(sections) == {rule["alert"] for rule in rules}
    for rule in rules:
        assert "`tsunagu " in sections[rule["alert"]], rule["alert"]
        runbook = f"docs/operating.md#{rule['alert'].lower()}"
        assert rule["annotations"]["runbook"] == runbook
