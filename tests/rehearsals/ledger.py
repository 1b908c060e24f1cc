"""What the service has acknowledged about each client, held against what it answers and what it keeps.

A client belongs to one thread, so its story is known step by step. What was sent and not answered
with a 2xx is *in doubt*: it may have happened or not, and the database says which once the fault is
over. Everything else has to be exactly as it was acknowledged."""

import datetime
import itertools
import time
import uuid

# The lockout policy, as the settings have it by default.
LOCKS = (3, 6, 9)
DISABLES = 10
WRONG = "лиловый якорь варит суп"
FIRST_LOAN = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
CALLS = itertools.count(1)


def phrase(number):
    """A phrase that is strong, and like no other."""
    words = ["якорь", "туман", "верблюд", "кирпич", "облако", "самовар", "тюльпан", "барабан"]
    return f"лиловый {words[number % 8]} варит {words[(number // 8) % 8]} {number}"


def attempts_left(failures):
    return next((bound - failures for bound in (*LOCKS, DISABLES) if bound >= failures), 0)


def today(clock_off=0):
    """The business day, by a clock that may be off by some seconds."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + clock_off + 5 * 3600))


class Silence(Exception):
    """No answer came: the service is gone, or was too slow."""


class Refused(Exception):
    """The service said 503: come again."""


class Ledger:
    """What every client's story promises, and what was counted on the way."""

    def __init__(self, report, where):
        self.report, self.where = report, where
        self.acknowledged = []
        self.refusals = 0
        # Attempts that were not answered, and those of them that stand counted.
        self.doubted, self.counted = 0, 0
        # How far the service's clock is from ours, seconds.
        self.clock_off = 0

    def breaks(self, client, what):
        self.report.breaks(self.where, f"client {client.number}: {what}")


class Client:
    """One client, as far as it was acknowledged."""

    def __init__(self, ledger, number, card_id, application_id, words):
        self.ledger, self.number, self.id = ledger, number, card_id
        self.application, self.phrase = application_id, words
        self.state, self.failures, self.is_locked = "active", 0, False
        self.draft = None
        self.phrases = 1
        self.verification = None
        self.loan, self.doubtful_loans = 0, set()
        self.new_phrase = None
        self.doubts = []
        # Kept apart from what is told by the database, so that the lockout policy is held by what was answered.
        self.rejected_since_reset = 0
        self.rejected_since_lock = 0
        # Counted after a completion that may have set the count to zero.
        self.rejected_in_doubt = 0

    # -- what a thread does with it -------------------------------------------------------------

    def ask(self, line, kind, method, path, body=None, role="call_center"):
        """Sends one request; its outcome is in doubt until it is answered well."""
        request_id = f"{kind}-{uuid.uuid4().hex}"
        self.doubts.append(kind)
        answer = line.send(method, path, body, role, request_id)
        if answer.status == 503:
            self.ledger.refusals += 1
            raise Refused
        self.doubts.pop()
        if not 200 <= answer.status < 300:
            self.ledger.breaks(self, f"{method} {path}: {answer.status} {answer.body[:160]!r}")
            raise Refused
        return answer, request_id

    def acknowledge(self, request_id, verification=None, outcome=None):
        self.ledger.acknowledged.append((request_id, verification, outcome))

    def verify(self, line, is_right):
        words = self.phrase if is_right else WRONG
        body = {"client_id": self.id, "passphrase": words, "call_id": f"call-{next(CALLS)}"}
        answer, request_id = self.ask(line, "right" if is_right else "wrong", "POST", "/v1/verifications", body)
        told = answer.json()
        outcome = told["outcome"]
        self.acknowledge(request_id, told["id"], outcome)
        self.hold_outcome(is_right, told)
        if outcome == "rejected":
            self.count_rejected()
        elif outcome == "verified":
            self.failures, self.rejected_since_reset, self.rejected_since_lock = 0, 0, 0
            self.rejected_in_doubt = 0
            self.verification = told["id"]
            self.hold_loans(told)

    def count_rejected(self):
        self.failures += 1
        self.rejected_since_reset += 1
        self.rejected_since_lock += 1
        self.rejected_in_doubt += "completion" in self.doubts
        self.is_locked = self.failures in LOCKS
        if self.failures >= DISABLES:
            self.state = "disabled"
        # The lockout policy itself, by nothing but what was answered.
        if {"unlock", "right", "completion"} & set(self.doubts):
            return
        if self.rejected_since_lock > 3 or self.rejected_since_reset > DISABLES:
            self.ledger.breaks(
                self,
                f"{self.rejected_since_lock} wrong guesses were tried without a lock between, "
                f"{self.rejected_since_reset} in a row",
            )

    def hold_outcome(self, is_right, told):
        outcome = told["outcome"]
        if self.doubts:
            # Exactly what comes is not known; what may never come is.
            if is_right and outcome == "rejected" and "completion" not in self.doubts:
                self.ledger.breaks(self, "right words were rejected")
            if not is_right and outcome == "verified":
                self.ledger.breaks(self, "wrong words were verified")
            return
        if self.state != "active":
            expected = self.state
        elif self.is_locked:
            expected = "locked"
        else:
            expected = "verified" if is_right else "rejected"
        if outcome != expected:
            self.ledger.breaks(self, f"{outcome} where {expected} was due after {self.failures} failures")
        elif outcome == "rejected" and told["attempts_left"] != attempts_left(self.failures + 1):
            self.ledger.breaks(self, f"{told['attempts_left']} attempts left after {self.failures + 1} failures")

    def hold_loans(self, told):
        shown = sum(int(float(loan["balance"]["amount"])) for loan in told["loans"])
        if shown not in {self.loan, *self.doubtful_loans}:
            self.ledger.breaks(self, f"a balance of {shown} is read out where {self.loan} was pushed")

    def inquire(self, line):
        if self.verification is None or self.doubts:
            return self.verify(line, True)
        path = f"/v1/verifications/{self.verification}/loans"
        answer, request_id = self.ask(line, "inquiry", "GET", path)
        self.acknowledge(request_id)
        return self.hold_loans(answer.json())

    def push(self, line):
        """The loan system states a new balance, newer than the one before."""
        balance = max(self.loan, *self.doubtful_loans, 0) + 1
        self.doubtful_loans.add(balance)
        as_of = (FIRST_LOAN + datetime.timedelta(seconds=balance)).isoformat().replace("+00:00", "Z")
        loan = {"client_number": self.number, "product": "Алтын", "due_on": "2030-01-31", "grace_days": 20}
        loan |= {"balance": {"amount": f"{balance}.00", "currency": "KZT"}, "status": "open", "as_of": as_of}
        path = f"/v1/loan-system/loans/T-{self.number}"
        answer, request_id = self.ask(line, "loan", "PUT", path, loan, "loan_system")
        self.acknowledge(request_id)
        if not answer.json()["applied"]:
            self.ledger.breaks(self, f"a newer loan was not applied: {answer.body!r}")
        self.loan, self.doubtful_loans = balance, set()

    def unlock(self, line):
        if not self.is_locked or self.state != "active" or self.doubts:
            return self.verify(line, False)
        path = f"/v1/clients/{self.id}/passphrase/unlock"
        _, request_id = self.ask(line, "unlock", "POST", path, {"reason": "rehearsal"}, "supervisor")
        self.acknowledge(request_id)
        self.is_locked, self.rejected_since_lock = False, 0
        return None

    def block(self, line):
        path = f"/v1/clients/{self.id}/passphrase/block"
        _, request_id = self.ask(line, "block", "POST", path, {"reason": "rehearsal"})
        self.acknowledge(request_id)
        # It cancels an open draft as well.
        self.state, self.is_locked, self.verification, self.draft = "blocked", False, None, None

    def renew(self, line):
        """A new application is drafted and completed: another phrase, and every count at zero."""
        if self.doubts:
            return self.verify(line, True)
        if self.draft is None:
            seen = {"client_id": self.id, "identity_document": {"kind": "identity_card", "seen": True}}
            answer, request_id = self.ask(line, "draft", "POST", "/v1/applications", seen, "branch")
            self.acknowledge(request_id)
            self.draft = answer.json()["id"]
        words = phrase(self.phrases * 64 + int(self.number.rsplit("-", 1)[1]) % 64)
        self.phrases += 1
        self.new_phrase = words
        signed = {"signed_on": today(self.ledger.clock_off), "passphrase": words, "passphrase_repeat": words}
        path = f"/v1/applications/{self.draft}/completion"
        _, request_id = self.ask(line, "completion", "POST", path, signed, "branch")
        self.acknowledge(request_id)
        self.completed()
        return None

    def completed(self):
        self.application, self.draft = self.draft, None
        self.phrase, self.new_phrase = self.new_phrase, None
        self.state, self.failures, self.is_locked, self.verification = "active", 0, False, None
        self.rejected_since_reset, self.rejected_since_lock = 0, 0

    # -- what is held against the database once the fault is over -------------------------------

    def settle(self, kept, draft, balance, now):
        """Holds what is kept against what was acknowledged, and takes from it what was in doubt."""
        doubts, self.doubts = self.doubts, []
        state, failures = kept["state"], int(kept["failed_attempts"])
        is_locked = bool(kept["locked_until"]) and int(kept["locked_until"]) > now
        rejected, self.rejected_in_doubt = self.rejected_in_doubt, 0
        is_new = "completion" in doubts and kept["application_id"] == self.draft
        if is_new:
            # What was counted since is counted on the new passphrase, or was before it after all.
            self.completed()
            self.failures = rejected
        if kept["application_id"] != self.application:
            self.ledger.breaks(self, f"application {kept['application_id']}, not {self.application}, is in force")
        self.hold_count(doubts, is_new, state, failures, is_locked)
        self.new_phrase = None
        if "draft" in doubts or ("block" in doubts and draft is None):
            self.draft = draft
        elif draft != self.draft:
            self.ledger.breaks(self, f"the open draft is {draft}, not {self.draft}")
        if balance not in {self.loan, *self.doubtful_loans}:
            self.ledger.breaks(self, f"the loan stands at {balance}, not at {self.loan}")
        self.loan, self.doubtful_loans = balance, set()
        # From here on the database's word is the story.
        if state == "blocked":
            self.verification = None
        self.rejected_since_reset = min(self.rejected_since_reset, failures)
        self.rejected_since_lock = min(self.rejected_since_lock, failures)
        if not is_locked and "unlock" in doubts:
            self.rejected_since_lock = 0
        self.state, self.failures, self.is_locked = state, failures, is_locked

    def hold_count(self, doubts, is_new, state, failures, is_locked):
        tried = sum(kind in ("right", "wrong") for kind in doubts)
        self.ledger.doubted += tried
        self.ledger.counted += max(0, failures - self.failures)
        may_be_reset = is_new or "right" in doubts
        least, most = (0 if may_be_reset else self.failures), self.failures + tried
        if not least <= failures <= most:
            self.ledger.breaks(self, f"{failures} failures are kept where {least} to {most} were due ({doubts})")
        if not may_be_reset and failures < self.rejected_since_reset:
            self.ledger.breaks(self, f"{failures} failures are kept after {self.rejected_since_reset} rejections")
        if not doubts and (state, is_locked) != (self.state, self.is_locked):
            self.ledger.breaks(self, f"{state}, locked {is_locked}: not {self.state}, locked {self.is_locked}")
        if self.state == "blocked" and state != "blocked":
            self.ledger.breaks(self, f"it was blocked, and is {state}")
        counted = failures > self.failures and failures in LOCKS
        if state == "active" and counted and not is_locked and "unlock" not in doubts:
            self.ledger.breaks(self, f"{failures} failures are kept, and no lock")
        if self.is_locked and not is_locked and not {"unlock", "right", "block"} & set(doubts):
            self.ledger.breaks(self, "a lock is gone that was acknowledged")
        if failures >= DISABLES and state == "active":
            self.ledger.breaks(self, f"{failures} failures are kept, and it is {state}")
