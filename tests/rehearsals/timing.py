"""What may not be told by a stopwatch: runs of two kinds in turn, at the real cost of a hash."""

import random
import statistics
import time

from .ground import house
from .load import Line, Town

# OWASP's first choice, as the settings have it by default.
REAL = {"QUPIA_HASH__MEMORY_KIB": "47104", "QUPIA_HASH__PASSES": "1"}
# So many wrong words in a row lock nobody out while they are timed.
NO_LOCKS = {
    "QUPIA_ATTEMPTS__LOCKS": "[{failures=98,minutes=15}]",
    "QUPIA_ATTEMPTS__DISABLE_AFTER": "99",
}
CLOSER_THAN = 0.05
# Runs before the first that counts.
WARM = 5
WRONG = "лиловый якорь варит суп"
# How many readings these have besides the plain one is held by a test of `domain/heard`.
ONE_VARIANT = "синий кот лежит"
THREE_VARIANTS = "2сел қызыл алма"
CLIENTS = 6


def rehearse(report, kind, server, runs, seed):
    chance = random.Random(seed)
    with house(kind, server, NO_LOCKS, costs=REAL) as service:
        town = Town(service, report, f"timing, {kind}", chance.random(), threads=1, each=0)
        line = Line(service)
        clients = [town.enter() for _ in range(CLIENTS)]
        bare = [without_passphrase(service, number) for number in range(CLIENTS)]

        def at_client(words):
            return lambda number: verify(line, clients[number % CLIENTS][1], words, "rejected")

        pairs = {
            "login unknown / known": (
                lambda number: sign_in(line, f"nobody.{number % CLIENTS}"),
                lambda _: sign_in(line, "call-center.1"),
            ),
            "client without a passphrase / with one": (
                lambda number: verify(line, bare[number % CLIENTS], WRONG, "unset"),
                at_client(WRONG),
            ),
            "refusal by one variant / by three": (at_client(ONE_VARIANT), at_client(THREE_VARIANTS)),
        }
        for what, pair in pairs.items():
            compare(report, kind, what, pair, runs, chance)
            for _, card_id, _, words in clients:
                verify(line, card_id, words, "verified")
        line.hang_up()


def compare(report, kind, what, pair, runs, chance):
    """Runs both kinds in turn, in an order that chance gives, one at a time."""
    took = ([], [])
    for number in range(-WARM, runs):
        for side in chance.sample((0, 1), 2):
            began = time.perf_counter()
            pair[side](number)
            if number >= 0:
                took[side].append(time.perf_counter() - began)
    means = [statistics.fmean(side) for side in took]
    medians = [statistics.median(side) for side in took]
    ratio = means[0] / means[1]
    report.holds(abs(ratio - 1) < CLOSER_THAN, f"timing, {kind}", f"{what}: means differ by {(ratio - 1) * 100:+.1f} %")
    report.say(
        "timing",
        kind,
        f"{what}: {runs} runs each, means 1 : {1 / ratio:.4f} ({(ratio - 1) * 100:+.2f} %), "
        f"medians 1 : {medians[1] / medians[0]:.4f} ({(medians[0] / medians[1] - 1) * 100:+.2f} %)",
    )


def sign_in(line, login):
    body = {"login": login, "password": "a wrong password of staff"}
    expect(line.send("POST", "/v1/sessions", body), 401)


def verify(line, client_id, words, outcome):
    body = {"client_id": client_id, "passphrase": words, "call_id": "timing"}
    answer = expect(line.send("POST", "/v1/verifications", body, "call_center"), 201)
    if answer.json()["outcome"] != outcome:
        raise SystemExit(f"{answer.json()['outcome']} where {outcome} was to be timed")


def expect(answer, status):
    if answer.status != status:
        raise SystemExit(f"{answer.status} where {status} was to be timed: {answer.body!r}")
    return answer


def without_passphrase(service, number):
    person = {"client_number": f"B-{number}", "family_name": "Қасымова", "given_name": "Әсел", "phone": "+77012345667"}
    return service.expect(201, "POST", "/v1/clients", person, "branch").json()["id"]
