"""Whether deployment files name only what the code knows: settings as in .env.example, metrics as in shared/src;
and whether every alert is explained.

Writes the queries of dashboards as rules into the folder given, for promtool to parse.
"""

import json
import pathlib
import re
import sys

here = pathlib.Path(__file__).parent
root = here.parent
# Read by the S3 client, not by our configuration.
ELSEWHERE = {"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
# Counted by the library `metrics-process`, after a prefix that the code chooses.
OF_PROCESSES = ("process_resident_memory_bytes", "process_open_fds", "process_max_fds", "process_cpu_seconds_total")


def names_set(path, pattern):
    return set(re.findall(pattern, path.read_text(), re.MULTILINE))


def settings():
    """Every variable that some file here sets for our programs, and where."""
    compose = (here / "compose.yaml").read_text()
    block = compose.split("x-settings:")[1].split("services:")[0]
    yield from ((name, "compose.yaml") for name in re.findall(r"^  ([A-Z_0-9]+):", block, re.MULTILINE))
    for path in sorted((here / "systemd").glob("*.service")):
        for line in re.findall(r"^Environment=(.*)$", path.read_text(), re.MULTILINE):
            yield from ((word.split("=")[0], path.name) for word in line.split())
    config = here / "kubernetes/base/settings.yaml"
    yield from ((name, config.name) for name in names_set(config, r"^  ([A-Z_0-9]+):"))
    example = here / "kubernetes/example/kustomization.yaml"
    yield from ((name, example.name) for name in names_set(example, r"^      - ([A-Z_0-9]+)="))
    secrets = here / "kubernetes/example/secrets.env.example"
    yield from ((name, secrets.name) for name in names_set(secrets, r"^([A-Z_0-9]+)="))
    image = here / "Dockerfile"
    yield from ((name, image.name) for name in names_set(image, r"(ROLEREADY_[A-Z]+|LOG_FORMAT)="))


def queries():
    """Every query of a dashboard, and where it stands."""
    for path in sorted((here / "grafana/dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            yield from ((target["expr"], f"{path.name}: {panel['title']}") for target in panel["targets"])


def main(scratch):
    problems = []
    known = names_set(root / ".env.example", r"^([A-Z_0-9]+)=") | ELSEWHERE
    problems += [f"{where} sets {name}, which nothing reads" for name, where in settings() if name not in known]

    code = "".join(path.read_text() for path in (root / "shared/src").rglob("*.rs"))
    counted = set(re.findall(r'"(roleready_[a-z_]+)"', code))
    prefixes = re.findall(r'Collector::new\("([a-z_]*)"\)', code) or ([""] if "Collector::default()" in code else [])
    counted |= {prefix + name for prefix in prefixes for name in OF_PROCESSES}
    alerts = (here / "prometheus/alerts.yml").read_text()
    recorded = set(re.findall(r"record: (\S+)", alerts))
    scaling = [here / "kubernetes" / name for name in ("base/worker.yaml", "example/adapter.yaml")]
    asked = [(alerts, "alerts.yml"), *((path.read_text(), path.name) for path in scaling), *queries()]
    for text, where in asked:
        for name in set(re.findall(r"\b((?:roleready|process)_[a-z_]+)", text)):
            if name not in counted and re.sub("_(bucket|sum|count)$", "", name) not in counted:
                problems.append(f"{where} asks for {name}, which nothing counts")
        for name in set(re.findall(r"\broleready:[a-z_0-9:]+", text)) - recorded:
            problems.append(f"{where} asks for {name}, which no rule records")

    told = names_set(root / "docs/RUNBOOK.md", r"^\| `(\w+)` \| (?:page|ticket) ")
    for name in set(re.findall(r"alert: (\w+)", alerts)) ^ told:
        problems.append(f"{name} stands in only one of alerts.yml and docs/RUNBOOK.md")

    rules = [{"record": f"query{number}", "expr": query} for number, (query, _) in enumerate(queries())]
    (pathlib.Path(scratch) / "queries.yml").write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


main(sys.argv[1])
