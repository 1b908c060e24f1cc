"""What an integrator does and a generator cannot know: each request has a key of repetition of its
own, some requests are about a client that there is, and a batch is lines of JSON."""

import json
import os
import uuid
from zlib import crc32

import schemathesis

# The example of the document, which would otherwise be one key for all requests.
SHOWN = "5f1c6c1e-2a4e-4a8b-9c55-0d6f0b1a7c11"


@schemathesis.serializer("application/x-ndjson")
def as_lines(_, value):
    """Texts as they are; what is no text, as the one line that it would be."""
    text = value if isinstance(value, (bytes, str)) else json.dumps(value)
    return {"data": text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text}


@schemathesis.hook
def before_call(context, case, kwargs):
    # An edited case is judged anew, and one that is wrong on purpose would be taken for a right one.
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    headers = case.headers or {}
    if headers.get("Idempotency-Key") == SHOWN:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    known = os.environ.get("QUPIA_KNOWN_CLIENT")
    if not known or crc32(repr((case.body, case.path_parameters)).encode()) % 2:
        return
    parameters = case.path_parameters or {}
    if case.operation.path.startswith("/v1/clients/{id}") and "id" in parameters:
        case.path_parameters["id"] = known
    if isinstance(case.body, dict) and isinstance(case.body.get("client_id"), str):
        case.body["client_id"] = known
