"""Holds every pattern of a document against the examples beside it, with the engines of Python and of JavaScript,
with and without its `u` flag: a client may be generated for any of them."""

import json
import re
import subprocess
import sys
from pathlib import Path

JAVASCRIPT = """
for (const [pattern, example] of JSON.parse(require('fs').readFileSync(0, 'utf8')))
  for (const flags of ['', 'u'])
    if (!new RegExp(pattern, flags).test(example)) throw new Error(`${pattern} (${flags}) takes no ${example}`);
"""


def pairs(value):
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            examples = value.get("examples", [value["example"]] if "example" in value else [])
            yield from ((value["pattern"], example) for example in examples or [None])
        for field in value.values():
            yield from pairs(field)
    elif isinstance(value, list):
        for item in value:
            yield from pairs(item)


found = set(pairs(json.loads(Path(sys.argv[1]).read_text())))
with_example = [pair for pair in found if pair[1] is not None]
if len(with_example) < 10:
    raise SystemExit(f"few patterns have an example: {with_example}")
for pattern, example in found:
    compiled = re.compile(pattern)
    if example is not None and not compiled.search(example):
        raise SystemExit(f"{pattern} takes no {example}")
subprocess.run(["node", "-e", JAVASCRIPT], input=json.dumps(with_example), text=True, check=True)
print(f"{len(found)} patterns are for every engine, {len(with_example)} of them checked with an example")
