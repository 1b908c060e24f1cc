# Today, signals, audit and accesses.

reports-period = Period
reports-period-today = Today
reports-period-yesterday = Yesterday
reports-period-week = 7 days
reports-period-chosen = Days
reports-period-from = From
reports-period-to = To
reports-period-no-day = Write the day as 22.11.2026.
reports-period-turned = The first day comes after the last.
reports-period-days = { $from } to { $to }
reports-refresh = Refresh
reports-as-of = as of { $time }
reports-nothing = Nothing in this period.
reports-none = –

# Today
reports-today-summary = Summary
reports-today-verifications = Verifications
reports-today-verified-share = { $percent } % verified
reports-today-not-verified = Not verified
reports-today-not-verified-share = { $percent } % of all
reports-today-time = Seconds to verify
reports-today-time-hint = half are faster; 9 of 10 within { $p90 } s
reports-today-time-none = nobody was verified yet
reports-today-locks = Timed locks
reports-today-locks-hint = { $lifted ->
    [0] none was lifted
    [one] { $lifted } was lifted
   *[other] { $lifted } were lifted
}
reports-today-blocks = Blocks
reports-today-blocks-hint = on the client’s word
reports-today-signals = Signals
reports-today-signals-hint = reasons to listen to a call
reports-today-by-hour = By hour
reports-today-by-day = By day
reports-today-chart = Verifications by outcome, as bars. The table beside has the same figures.
reports-today-hour = Hour
reports-today-day = Day
reports-today-total = Total
reports-today-by-specialist = By specialist
reports-today-specialist = Specialist
reports-today-median = Median, s
reports-today-p90 = 9 of 10, s
reports-today-passphrases = Passphrases
reports-today-set = Set
reports-today-changed = Changed
reports-today-locked = Locked
reports-today-disabled = Disabled
reports-today-blocked = Blocked
reports-today-unlocked = Unlocked
reports-today-destroyed = Destroyed
reports-today-events = Events: { $what }
reports-today-no-signals = No signals.

reports-outcome-verified = Verified
reports-outcome-rejected = Wrong word
reports-outcome-locked = Timed lock
reports-outcome-disabled = Disabled
reports-outcome-blocked = Blocked
reports-outcome-unset = No word set

# Lifting a timed lock
reports-unlock-title = Lift a timed lock
reports-unlock-open = Lift a lock
reports-unlock-find = Telephone, client number or ticket
reports-unlock-find-hint = The look-up is recorded.
reports-unlock-search = Find
reports-unlock-nobody = Nobody was found. Check the number.
reports-unlock-several = Several clients have this telephone. Choose one.
reports-unlock-locked-until = Locked until { $time }, wrong attempts in a row: { $count }
reports-unlock-not-locked = No timed lock holds: { $state }.
reports-unlock-reason = Why the lock is lifted
reports-unlock-reason-hint = It stays in the audit. Never write the passphrase here.
reports-unlock-what = The client can be verified again at once. The wrong attempts stay counted.
reports-unlock-do = Lift the lock
reports-unlock-done = The lock is lifted. Wrong attempts so far: { $count }.
reports-unlock-another = Another client
reports-state-unset = there is no passphrase
reports-state-active = the passphrase is active
reports-state-locked = the passphrase is locked
reports-state-disabled = the passphrase is disabled, a new application is needed
reports-state-blocked = the passphrase is blocked, a new application is needed
reports-state-destroyed = the passphrase is destroyed, a new application is needed

# Signals
reports-signals-title = Signals
reports-signals-lead = A signal accuses nobody: it is a reason to listen to a call.
reports-signals-kind = What
reports-signals-all = All kinds
reports-signals-when = When
reports-signals-who = Specialist
reports-signals-client = Client
reports-signals-empty = No signals in this period.
reports-signals-loaded = { $count ->
    [one] { $count } signal shown
   *[other] { $count } signals shown
}
reports-signals-events = Events of the hour before
reports-signal-many_clients = Many clients
reports-signal-many_clients-count = { $count ->
    [one] one specialist touched { $count } client within the hour
   *[other] one specialist touched { $count } clients within the hour
}
reports-signal-many_clients-advice = Is there a campaign, or is somebody browsing? Listen to two or three of these calls.
reports-signal-look_ups_without_verification = Looked up, not verified
reports-signal-look_ups_without_verification-count = { $count ->
    [one] { $count } client looked up without trying the passphrase
   *[other] { $count } clients looked up without trying a passphrase
}
reports-signal-look_ups_without_verification-advice = Ask what the look-ups were for. Were there calls at those times?
reports-signal-many_specialists = Many specialists, one client
reports-signal-many_specialists-count = { $count ->
    [one] { $count } specialist tried this client’s passphrase
   *[other] { $count } specialists tried this client’s passphrase
}
reports-signal-many_specialists-advice = Somebody may be guessing from call to call. Call the client on the registered telephone.
reports-signal-outside_hours = Outside working hours
reports-signal-outside_hours-count = { $count ->
    [one] { $count } event outside working hours
   *[other] { $count } events outside working hours
}
reports-signal-outside_hours-advice = Was this shift planned?
reports-signal-repeated_inquiries = The same loans again and again
reports-signal-repeated_inquiries-count = { $count ->
    [one] the loans of one client were read { $count } time
   *[other] the loans of one client were read { $count } times
}
reports-signal-repeated_inquiries-advice = Was it one long call, or interest in one person?

# Audit
reports-audit-title = Audit
reports-audit-views = Audit
reports-audit-events = Events
reports-audit-seals = Seals
reports-audit-filters = Filters
reports-audit-action = What was done
reports-audit-any-action = Anything
reports-audit-actor = Who (staff id)
reports-audit-actor-hint = Or choose «only this person» in an event.
reports-audit-client = Client (id)
reports-audit-from = From
reports-audit-to = Before
reports-audit-outcome = Outcome
reports-audit-any-outcome = Any
reports-audit-outcome-hint = Picked out here of what is read.
reports-audit-no-time = Write the time as 22.11.2026 09:30, or the day alone.
reports-audit-search = Search
reports-audit-clear = Clear filters
reports-audit-recorded = Searching the audit is recorded too.
reports-audit-when = When
reports-audit-who = Who
reports-audit-what = What
reports-audit-about = About
reports-audit-result = Outcome
reports-audit-reason = Reason
reports-audit-empty = No events under these filters.
reports-audit-shown = { $count ->
    [one] { $count } event shown
   *[other] { $count } events shown
}
reports-audit-shown-of = { $count } of { $read } events read
reports-audit-client-short = client { $id }

reports-event-title = Event { $id }
reports-event-when = When
reports-event-who = Who
reports-event-what = What
reports-event-outcome = Outcome
reports-event-client = Client
reports-event-subject = Other thing
reports-event-call = Call
reports-event-reason = Reason
reports-event-request = Request
reports-event-remote = From address
reports-event-only-actor = Only this person
reports-event-only-client = Only this client
reports-event-only-action = Only such events
reports-event-accesses = Who asked about this client
reports-event-unknown = nobody was known
reports-event-next = Down the list
reports-event-previous = Up the list

reports-detail-answered = answered instead
reports-detail-branch_code = branch
reports-detail-changed = changed fields
reports-detail-comparison = compared clients, differences
reports-detail-count = how many
reports-detail-ended = ended sessions, one-time passwords
reports-detail-entry_link = link by which the client typed
reports-detail-fold = how the words matched
reports-detail-message_id = message
reports-detail-records = records
reports-detail-report = report
reports-detail-role = role
reports-detail-signal = signal
reports-detail-since = counted since
reports-detail-status = status

reports-accesses-title = Who asked about the client
reports-accesses-lead = Everything that was done about this client, and by whom. Reading it is recorded.
reports-accesses-back = All events
reports-accesses-empty = Nobody has asked about this client.

reports-export-open = Export
reports-export-title = Export events
reports-export-lead = Everything under these filters, read page by page, newest first.
reports-export-format = Format
reports-export-csv = Table (CSV, for Excel)
reports-export-json = JSON, one event a line
reports-export-start = Download
reports-export-stop = Stop
reports-export-reading = { $count ->
    [one] { $count } event read…
   *[other] { $count } events read…
}
reports-export-done = { $count ->
    [one] { $count } event is in the file.
   *[other] { $count } events are in the file.
}
reports-export-limit = There are more than { $count } events. The file has the newest { $count }: choose a shorter period for the rest.
reports-export-whole = The whole audit with its seals is written by «qupia audit export» on the server.
reports-export-file = It is on this computer now: keep it where only auditors can read it.

# Seals
reports-seals-lead = Every event is bound by a signed seal within a second, so that a later change shows.
reports-seals-newest = Newest seal
reports-seals-none = There is no seal yet.
reports-seals-number = Seal
reports-seals-at = Made
reports-seals-events = Events
reports-seals-last = Last event
reports-seals-key = Key
reports-seals-digest = Digest
reports-seals-signature = Signature
reports-seals-shown = { $count ->
    [one] { $count } seal shown
   *[other] { $count } seals shown
}
reports-verify-now = Verify now
reports-verify-running = Verifying all seals. This takes a while with many events.
reports-verify-never = Not verified in this tab yet.
reports-verify-good = The audit is whole
reports-verify-good-detail = Events: { $events }, seals: { $seals }. Not sealed yet: { $unsealed }.
reports-verify-at = Verified { $time }
reports-verify-bad = The audit was changed
reports-verify-bad-event = Event { $place }: { $why }.
reports-verify-bad-seal = Seal { $place }: { $why }.
reports-verify-bad-where = { $why }.
reports-verify-bad-next = Tell whoever answers for security now. Stop the service, keep the database, its backups and the log as they are.


# What was done, by area
reports-area-session = Sign-in
reports-area-staff = Staff and branches
reports-area-client = Clients
reports-area-application = Applications
reports-area-passphrase = Passphrases
reports-area-verification = Verifications and inquiries
reports-area-sync = Loan system
reports-area-audit = Audit and reports
reports-area-webhook = Webhooks
reports-area-service = The service

reports-action-staff-bootstrapped = First admin made
reports-action-session-opened = Sign-in
reports-action-session-closed = Sign-out
reports-action-token-issued = Sign-in of a service account
reports-action-staff-password_changed = Own password changed
reports-action-staff-password_reset = New one-time password or secret key
reports-action-staff-created = Staff entered
reports-action-staff-changed = Staff changed
reports-action-staff-viewed = Staff viewed
reports-action-branch-created = Branch opened
reports-action-client-created = Client entered
reports-action-client-changed = Client amended
reports-action-client-searched = Client looked up
reports-action-client-viewed = Client’s card viewed
reports-action-application-drafted = Application drafted
reports-action-application-viewed = Application viewed
reports-action-application-printed = Form printed
reports-action-application-completed = Application completed
reports-action-application-cancelled = Application cancelled
reports-action-entry_link-made = Entry link made
reports-action-entry_link-opened = Entry link opened
reports-action-entry_link-ended = Entry link ended
reports-action-passphrase-viewed = Passphrase status viewed
reports-action-passphrase-checked = Proposed passphrase checked
reports-action-passphrase-set = Passphrase set
reports-action-passphrase-changed = Passphrase changed
reports-action-passphrase-locked = Timed lock
reports-action-passphrase-disabled = Passphrase disabled
reports-action-passphrase-unlocked = Timed lock lifted
reports-action-passphrase-blocked = Passphrase blocked
reports-action-passphrase-destroyed = Passphrase destroyed
reports-action-passphrase-renewed = Hash renewed
reports-action-verification-recorded = Verification
reports-action-attempt-taken_back = Attempt taken back
reports-action-attempt-lost = Attempt without a known result
reports-action-verification-viewed = Verification viewed
reports-action-verification-closed = Call ended
reports-action-inquiry-made = Loans read
reports-action-limit-reached = Rate limit reached
reports-action-sync-client = Client received
reports-action-sync-loan = Loan received
reports-action-sync-batch = Batch received
reports-action-sync-pulled = Loan system asked
reports-action-audit-read = Audit read
reports-action-audit-verified = Audit verified
reports-action-client-accesses_read = Accesses to a client read
reports-action-report-read = Report read
reports-action-signal-raised = Signal raised
reports-action-webhook-created = Receiver registered
reports-action-webhook-viewed = Receivers viewed
reports-action-webhook-changed = Receiver changed
reports-action-webhook-replayed = Sent again
reports-action-keys-changed = Keys changed
reports-action-backup-made = Backup
reports-action-answer-replayed = Answer repeated
reports-action-demo-seeded = Demonstration data made

# What came of it
reports-result-refused = refused
reports-result-not_found = not found
reports-result-unchanged = unchanged
reports-result-found = found
reports-result-read = read
reports-result-listed = listed
reports-result-exported = exported
reports-result-compared = compared
reports-result-created = created
reports-result-changed = changed
reports-result-removed = removed
reports-result-made = made
reports-result-restored = restored
reports-result-opened = opened
reports-result-closed = closed
reports-result-all_ended = all ended
reports-result-drafted = drafted
reports-result-completed = completed
reports-result-cancelled = cancelled
reports-result-acceptable = acceptable
reports-result-active = active
reports-result-locked = timed lock
reports-result-disabled = disabled
reports-result-blocked = blocked
reports-result-destroyed = destroyed
reports-result-unset = no word set
reports-result-renewed = renewed
reports-result-verified = verified
reports-result-rejected = wrong word
reports-result-counted = counted
reports-result-lost = result unknown
reports-result-taken_back = taken back
reports-result-applied = applied
reports-result-stale = outdated
reports-result-taken = taken in
reports-result-moved_away = moved to another client
reports-result-moved_in = moved here
reports-result-unknown_client = unknown client
reports-result-unavailable = unavailable
reports-result-good = whole
reports-result-bad = was changed
reports-result-raised = raised
reports-result-enabled = enabled
reports-result-rotated = replaced
reports-result-replayed = repeated
reports-result-added = added
reports-result-retired = retired
reports-result-rewrapped = encrypted again
