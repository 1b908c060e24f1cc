"""The Helm chart: linted and rendered by Helm's own library, and held against Kubernetes' schemas.

Called by packaging/check. A kind without a schema there (of the Prometheus operator) is named and only parsed."""

import warnings
from pathlib import Path

import helm_python as helm
import kubernetes_validate
import yaml

CHART = Path(__file__).resolve().parent / "helm/qupia"
# The oldest that Chart.yaml allows, and a current one.
VERSIONS = ["1.27", "1.37"]
WITHOUT_SCHEMA = {"ServiceMonitor"}


def fail(what):
    raise SystemExit(f"chart: {what}")


def rendered(values):
    """The objects that the values make."""
    with helm.Chart.load(CHART) as chart:
        chart.validate_schema(values)
        files = chart.render(values, name="qupia", namespace="production")
    texts = [text for name, text in files.items() if name.endswith(".yaml")]
    return [document for text in texts for document in yaml.safe_load_all(text) if document]


def refused(values):
    try:
        rendered(values)
    except helm.HelmError:
        return
    fail(f"these values have to be refused: {values}")


def hold_together(objects):
    """What no schema says: names that have to agree, and times."""
    one = {(found["kind"], found["metadata"]["name"]): found for found in objects}
    pod = one["Deployment", "qupia"]["spec"]["template"]
    container = pod["spec"]["containers"][0]
    labels, ports = pod["metadata"]["labels"], {port["name"] for port in container["ports"]}
    selectors = [one["Deployment", "qupia"]["spec"]["selector"]["matchLabels"]]
    for service in ("qupia", "qupia-metrics"):
        selectors.append(one["Service", service]["spec"]["selector"])
        if any(port["targetPort"] not in ports for port in one["Service", service]["spec"]["ports"]):
            fail(f"the service {service} names a port that the container has not")
    for kind, key in [("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")]:
        selectors.append(one[kind, "qupia"]["spec"][key]["matchLabels"])
    if any(not selector.items() <= labels.items() for selector in selectors):
        fail("a selector does not meet the pods")
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    if mounts != {volume["name"] for volume in pod["spec"]["volumes"]}:
        fail("volumes and mounts differ")
    drain = int(next(v["value"] for v in container["env"] if v["name"] == "QUPIA_DRAIN_SECONDS"))
    probe = container["readinessProbe"]
    if probe["periodSeconds"] * probe["failureThreshold"] >= drain:
        fail("a pod may stop before it is known not to be ready")
    if pod["spec"]["terminationGracePeriodSeconds"] <= drain + 29:
        fail("a pod may be killed before it has ended")
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        if container[probe]["httpGet"]["port"] != "metrics":
            fail(f"{probe} does not ask the metrics' address")
    monitor = one.get(("ServiceMonitor", "qupia"))
    if monitor:
        wanted = monitor["spec"]["selector"]["matchLabels"].items()
        if not wanted <= one["Service", "qupia-metrics"]["metadata"]["labels"].items():
            fail("the ServiceMonitor does not meet its service")


def main():
    # Kubernetes' schemas of some versions name formats that the validator leaves out.
    warnings.simplefilter("ignore")
    count = 0
    for file in sorted((CHART / "ci").glob("*.yaml")):
        values = yaml.safe_load(file.read_text())
        report = helm.lint(CHART, values=values, strict=True)
        bad = [message for message in report["messages"] if message["severity"] >= 2]
        if bad or report["errors"]:
            fail(f"{file.name}: {bad} {report['errors']}")
        objects = rendered(values)
        hold_together(objects)
        for document in objects:
            if document["kind"] in WITHOUT_SCHEMA:
                print(f"{file.name}: {document['kind']}: no schema, parsed only")
                continue
            for version in VERSIONS:
                kubernetes_validate.validate(document, version, strict=True)
                count += 1
    refused({})
    refused({"tls": {"endsInFront": True}, "replicas": 3})
    refused({"tls": {"endsInFront": True}, "drainSeconds": -1})
    if count == 0:
        fail("nothing was held against a schema")
    print(f"chart: {count} objects fit the schemas of Kubernetes {' and '.join(VERSIONS)}")


main()
