# The call screen.

call-title = Call

## The call and the caller

call-id = Call
call-id-exchange = from the exchange
call-id-typed = typed
call-id-made = auto
call-caller = Phone, client number or ticket
call-kind-phone = phone
call-kind-client = client number
call-kind-ticket = ticket
call-kind-wrong = not a number
call-searching = Searching…
call-not-found = Nobody has this number. Ask the caller to repeat it, or ask for another one.
call-caller-wrong = This is neither a phone nor a number. Enter a phone, a client number or a ticket.
call-several = { $count ->
    [one] { $count } client
   *[other] { $count } clients
} on this number. Ask for the name.
call-found = Client found
call-client = Client
call-masked = Masked until verified

## The state of the passphrase

call-word-set = word set { $date }
call-state-locked = no attempts until { $time }
call-state-disabled = word disabled
call-state-blocked = word blocked
call-state-unset = no word set

## The word

call-word = Passphrase
call-word-empty = Enter the word that the caller says.
call-word-refused = There is nothing in it to compare. Enter the word itself.
call-word-again = The session had ended and nothing was counted. Enter the word again.
call-attempts-left = { $count ->
    [one] { $count } attempt left
   *[other] { $count } attempts left
}
call-attempts-last = Last attempt: then the word is locked
call-attempts-failed = { $count ->
    [one] { $count } wrong attempt so far
   *[other] { $count } wrong attempts so far
}
call-show = shows it while held
call-mixed = both alphabets in one word
call-check = Check
call-checking = Checking…

## The answer

call-verified = Verified
call-rejected = Wrong word
call-locked = Timed lock
call-disabled = Disabled
call-blocked = Blocked
call-unset = No word set
call-verified-do = You may tell about the loans.
call-rejected-do = Ask for the word once more.
call-locked-do = Ask to call again after { $time }. A supervisor can lift the lock.
call-disabled-do = Too many wrong attempts. Ask the client to come to a branch with a document.
call-blocked-do = The client asked for it. A new word is set at a branch, with a document.
call-unset-do = A word is set at a branch, with a document. Ask the client to come.
call-time-left = left
call-lock-left = until the lock ends
call-lock-over = The lock is over: the word may be tried again.
call-say-other = This sentence is there in one language only; the next one will be in the other.
call-in-kk = Kazakh
call-in-ru = Russian

## Waiting and problems

call-too-long = Not counted. Try again after { $time }.

## Loans

call-loans = Loans
call-loans-none = No open loans
call-loans-count = { $count ->
    [one] { $count } loan
   *[other] { $count } loans
}
call-balance = Balance
call-due = Due
call-safe-to = Pledge safe to
call-period-unknown = waiting period unknown
call-as-of = As of
call-as-of-today = today { $time }
call-current = On time, { $count ->
    [one] { $count } day left
   *[other] { $count } days left
}
call-due-today = Due today
call-in-grace = Waiting period, { $count ->
    [0] last day
    [one] { $count } day left
   *[other] { $count } days left
}
call-grace-expired = Waiting period over
call-overdue = Overdue
call-stale = Old data: as of { $time }. Say so first.
call-unavailable = The loan system does not answer. Last known: { $time }. Say so first.
call-unavailable-never = The loan system does not answer, and nothing is known of the loans.
call-next-loan = next loan
call-loan-before = loan before
call-say-language = sentences in Kazakh or Russian

## The end

call-end = End call
call-end-again = Esc once more ends the call
call-ended = The call has ended; nothing of the client is left on the screen.
call-expired = The verification is over; the client's data are removed. If the call goes on, verify anew.
call-hidden-wiped = The page was hidden for a while; the client's data are removed.
call-next = Next caller

## Someone knows the word

call-block = Someone knows my word
call-block-title = Block the word
call-block-hint = At the client's request. Only a new application at a branch brings it back.
call-block-reason = Reason
call-block-someone = Another person knows or has overheard the word
call-block-told = Told the word to somebody who claimed to be from the company
call-block-document = Document or phone lost or stolen
call-block-attempts = Attempts that were not the client's own
call-block-do = Block
call-cancel = Cancel
call-block-first = Find the client first.

## Nobody on the line yet

call-guide-caller = Enter the caller's phone, client number or ticket
call-guide-word = Enter the word that the caller says
call-guide-end = End the call: everything is wiped
