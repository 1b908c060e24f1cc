"""Prints the code of docs/api.md in a language: the blocks that are fenced as such, in their order."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def code_of(language):
    document = (ROOT / "docs/api.md").read_text()
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", document, re.M | re.S)
    if not blocks:
        raise SystemExit(f"docs/api.md has no code in {language}")
    return "".join(blocks)


if __name__ == "__main__":
    sys.stdout.write(code_of(sys.argv[1]))
