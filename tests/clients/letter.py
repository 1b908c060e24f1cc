"""The signature of a webhook (docs/webhooks.md), checked without a library. The letter that it is tried on is in a
file; the story of docs/api.md runs when it is imported."""

import base64
import hmac
import json
import os
import time
from pathlib import Path

import story  # noqa: F401


def is_signed(secret, headers, body):
    at = headers["webhook-timestamp"]
    signed = f"{headers['webhook-id']}.{at}.".encode() + body
    digest = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, "sha256")
    wanted = f"v1,{base64.b64encode(digest).decode()}"
    is_fresh = abs(time.time() - int(at)) < 300
    return is_fresh and any(hmac.compare_digest(one, wanted) for one in headers["webhook-signature"].split())


letter = json.loads(Path(os.environ["LETTER"]).read_text())
secret, headers, body = letter["secret"], letter["headers"], letter["body"].encode()
late = headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 600)}
rotated = headers | {"webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}
seen = [
    is_signed(secret, headers, body),
    is_signed(secret, rotated, body),
    is_signed(secret, headers, body + b" "),
    is_signed(secret, late, body),
]
print("letters", *(str(one).lower() for one in seen))
