#!/usr/bin/env python3
"""Verifies an export of Qupia's audit with nothing but public keys.

    qupia audit export audit.ndjson
    python3 verify_audit.py audit.ndjson --key KEYID=HEX [--expect NUMBER:HASH]

The public key comes from `qupia keys list`, by another way than the export. A key of
yours vouches, by the chain of hashes, for every seal before its own; so the newest
seal has to be of a key that you give. Needs Python 3.8 and no package; the bytes are
written down in docs/audit-seals.md. Exit code 4 where something is wrong.
"""

import argparse
import hashlib
import json
import struct
import sys

# Ed25519 (RFC 8032, section 5.1), verification alone. Slow, and nothing in it is secret.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e, f = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    g, h = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point = add(point, point)
        number >>= 1
    return found


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(encoded):
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = point(public_key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or same(times(8, a), (0, 1, 1, 0)):
        return False
    hashed = hashlib.sha512(signature[:32] + public_key + message).digest()
    h = int.from_bytes(hashed, "little") % L
    return same(times(s, BASE), add(r, times(h, a)))


# The canonical bytes.
TEXTS = (
    "actor_id", "actor_login", "actor_role", "action", "client_id", "subject_id",
    "call_id", "outcome", "reason", "details", "request_id", "remote",
)


def framed(part):
    return struct.pack(">Q", len(part)) + part


def leaf(event):
    data = b"qupia-event-1" + struct.pack(">qq", event["seq"], event["at_micros"])
    for name in TEXTS:
        text = event[name]
        data += b"\0" if text is None else b"\1" + framed(text.encode())
    return struct.pack(">q", event["seq"]) + hashlib.sha256(data).digest()


def message(seal):
    numbers = (seal["number"], seal["last_seq"], seal["events"], seal["sealed_at_micros"])
    return (
        b"qupia-seal-1" + struct.pack(">qqqq", *numbers)
        + framed(bytes.fromhex(seal["digest"])) + framed(bytes.fromhex(seal["previous"]))
        + framed(seal["key_id"].encode())
    )


def hash_of(seal):
    signature = bytes.fromhex(seal["signature"])
    return hashlib.sha256(b"qupia-seal-hash-1" + framed(message(seal)) + framed(signature)).digest()


class Bad(Exception):
    pass


def verify(lines, keys, expected):
    head, last_seq, number = bytes(32), None, 0
    leaves, events, trusted = [], 0, 0
    for line in lines:
        line = json.loads(line)
        if "event" in line:
            event = line["event"]
            if last_seq is not None and event["seq"] <= last_seq:
                raise Bad(f"event {event['seq']} is out of order")
            last_seq = event["seq"]
            leaves.append(leaf(event))
            continue
        seal = line["seal"]
        here = f"seal {seal['number']}"
        if seal["number"] != number + 1:
            raise Bad(f"seal {number + 1} is missing")
        if bytes.fromhex(seal["previous"]) != head:
            raise Bad(f"{here} does not follow from the seal before it")
        key = keys.get(seal["key_id"]) or bytes.fromhex(seal["public_key"])
        if not is_signed(key, message(seal), bytes.fromhex(seal["signature"])):
            raise Bad(f"{here} bears a signature that is not its own")
        digest = hashlib.sha256(b"".join(leaves)).hexdigest()
        if digest != seal["digest"] or len(leaves) != seal["events"] or last_seq != seal["last_seq"]:
            raise Bad(f"the events of {here}, up to event {seal['last_seq']}, are not those that it seals")
        head, number, events, leaves = hash_of(seal), seal["number"], events + len(leaves), []
        if seal["key_id"] in keys:
            trusted = number
        if expected.get(number, head) != head:
            raise Bad(f"{here} is another than the one that was expected")
    if expected and max(expected) > number:
        raise Bad(f"seal {number + 1} is missing: the end was cut off")
    if trusted < number:
        raise Bad(f"seal {trusted + 1} and those after it are of no key that was given")
    return events, number, len(leaves), head


def main():
    parser = argparse.ArgumentParser(description="Verifies an export of Qupia's audit.")
    parser.add_argument("export")
    parser.add_argument("--key", action="append", required=True, metavar="KEYID=HEX")
    parser.add_argument("--expect", action="append", default=[], metavar="NUMBER:HASH")
    given = parser.parse_args()
    keys = dict(pair.split("=", 1) for pair in given.key)
    keys = {name: bytes.fromhex(text) for name, text in keys.items()}
    expected = dict(pair.split(":", 1) for pair in given.expect)
    expected = {int(number): bytes.fromhex(text) for number, text in expected.items()}
    try:
        with open(given.export, encoding="utf-8") as lines:
            events, seals, unsealed, head = verify(lines, keys, expected)
    except (Bad, KeyError, TypeError, ValueError, AttributeError, struct.error) as wrong:
        print(f"BAD: {wrong}" if isinstance(wrong, Bad) else f"BAD: a line is malformed: {wrong!r}")
        return 4
    print(f"{events} events under {seals} seals are as they were sealed, {unsealed} are not sealed yet")
    print(f"the newest seal is {seals}:{head.hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
