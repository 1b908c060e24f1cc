# Staff, branches, service accounts and webhooks.

admin-save = Save
admin-refresh = Refresh
admin-actions = What to do

# Staff
admin-staff-title = Staff
admin-staff-new = New member of staff
admin-staff-find = Find by name, login or branch
admin-staff-role = Role
admin-staff-any-role = Any role
admin-staff-login = Login
admin-staff-login-hint = Letters a–z, digits, dot, hyphen. It cannot be changed later.
admin-staff-name = Name
admin-staff-branch = Branch
admin-staff-no-branch = No branch
admin-staff-branch-hint = Needed for a branch specialist.
admin-staff-status = Status
admin-staff-since = Entered
admin-staff-first-password = has not chosen a password yet
admin-staff-empty = Nobody is entered like that.
admin-staff-shown = { $count ->
    [one] { $count } person shown
   *[other] { $count } people shown
}
admin-staff-you = you
admin-staff-enter = Enter and make a password
admin-staff-entered = { $name } is entered
admin-staff-changed = Saved.
admin-staff-sessions-end = All sessions of this person end at once.
admin-staff-disable = Disable
admin-staff-disable-title = Disable { $name }?
admin-staff-disable-what = { $login } can no longer sign in, and all open sessions end at once. Calls that are under way break off. What was done stays in the audit.
admin-staff-enable = Enable
admin-staff-enable-title = Enable { $name }?
admin-staff-enable-what = { $login } can sign in again with the password as it was.
admin-staff-reset = New one-time password
admin-staff-reset-title = New one-time password for { $name }?
admin-staff-reset-what = The password of { $login } no longer works, and all open sessions end at once.
admin-staff-reset-do = Make a new password
admin-staff-last-admin = { $name } is the last active admin. Without one nobody could enter staff: give somebody else the role first.
admin-staff-login-taken = Somebody has the login «{ $login }». Choose another, such as { $login }2.
admin-staff-self = This is your own entry: your session ends too.

admin-status-active = active
admin-status-disabled = disabled

# What is shown once
admin-secret-once = It is shown once. Copy it now: it can never be shown again, only made anew.
admin-secret-password = One-time password
admin-secret-password-next = Give it to { $name } in person. It is good for 72 hours, and is changed at the first sign-in.
admin-secret-client-id = Client id
admin-secret-client-secret = Secret key
admin-secret-service-next = Put both into the settings of that program, and nowhere else.
admin-secret-webhook = Signing secret
admin-secret-webhook-next = Put it into the settings of the receiver, which checks every message with it.
admin-secret-lost = The answer was lost on the way, so the secret cannot be shown. Make a new one.
admin-secret-kept = I have passed it on

# Branches
admin-branches-title = Branches
admin-branches-new = New branch
admin-branches-code = Code
admin-branches-code-hint = Letters A–Z, digits, hyphen, such as ALA-1. It stands in the numbers of applications and cannot be changed later.
admin-branches-name = Name
admin-branches-name-hint = As clients know it: usually the street.
admin-branches-city = City
admin-branches-since = Opened
admin-branches-empty = No branch is opened yet.
admin-branches-shown = { $count ->
    [one] { $count } branch shown
   *[other] { $count } branches shown
}
admin-branches-open = Open the branch
admin-branches-opened = { $code } is opened.
admin-branches-code-taken = There is a branch «{ $code }» already.

# Service accounts
admin-services-title = Service accounts
admin-services-lead = A service account is a program that signs in: the loan system sends clients and loans with it.
admin-services-new = New service account
admin-services-client-id = Client id
admin-services-client-id-hint = Letters a–z, digits, dot, hyphen. It cannot be changed later.
admin-services-name = What it is for
admin-services-empty = There is no service account yet.
admin-services-shown = { $count ->
    [one] { $count } service account shown
   *[other] { $count } service accounts shown
}
admin-services-enter = Enter and make a key
admin-services-entered = { $name } is entered
admin-services-reset = New secret key
admin-services-reset-title = New secret key for { $name }?
admin-services-reset-what = The key of { $login } no longer works, and its tokens end at once. Data stops flowing until the program has the new key.
admin-services-reset-do = Make a new key
admin-services-disable-title = Disable { $name }?
admin-services-disable-what = { $login } can send nothing any more, and its tokens end at once. Loans read out grow stale.
admin-services-enable-title = Enable { $name }?
admin-services-enable-what = { $login } can sign in again with the key as it was.

# Webhooks
admin-webhooks-title = Webhooks
admin-webhooks-lead = A receiver is another system that is told when a passphrase changes or loans are read out. A message holds ids only.
admin-webhooks-new = New receiver
admin-webhooks-back = All receivers
admin-webhooks-url = Address
admin-webhooks-url-hint = https, reachable from the service, without a user or password in it.
admin-webhooks-description = What it is for
admin-webhooks-events = Which events
admin-webhooks-all-events = All events
admin-webhooks-some-events = Only these
admin-webhooks-no-events = Choose one event at least.
admin-webhooks-status = Status
admin-webhooks-since = Registered
admin-webhooks-because-admin = switched off by an admin
admin-webhooks-because-gone = switched off: the receiver answered 410 (gone)
admin-webhooks-empty = No receiver is registered yet.
admin-webhooks-shown = { $count ->
    [one] { $count } receiver shown
   *[other] { $count } receivers shown
}
admin-webhooks-register = Register and make a secret
admin-webhooks-registered = The receiver is registered
admin-webhooks-change = Change
admin-webhooks-changed = Saved.
admin-webhooks-disable-title = Switch the receiver off?
admin-webhooks-disable-what = Nothing is written for { $url } while it is off, and what happens meanwhile is not sent later. Messages that wait are kept.
admin-webhooks-disable = Switch off
admin-webhooks-enable-title = Switch the receiver on?
admin-webhooks-enable-what = { $url } receives what happens from now on, and what waits is sent at once.
admin-webhooks-enable = Switch on
admin-webhooks-remove-title = Remove the receiver?
admin-webhooks-remove-what = { $url } is never called again. Its waiting and undelivered messages and its secrets are deleted. This cannot be undone.
admin-webhooks-remove = Remove
admin-webhooks-removed = The receiver is removed.
admin-webhooks-secrets = Secrets
admin-webhooks-secret-current = signs since { $since }
admin-webhooks-secret-old = signs too until { $until }
admin-webhooks-rotate = New secret
admin-webhooks-rotate-title = New signing secret?
admin-webhooks-rotate-what = Messages are signed with both secrets for a while (24 hours, if the settings say nothing else); then the old one is gone. Put the new one into the receiver before that.
admin-webhooks-rotate-do = Make a new secret
admin-webhooks-rotated = There is a new secret

admin-event-passphrase-set = passphrase set
admin-event-passphrase-changed = passphrase changed
admin-event-passphrase-locked = timed lock
admin-event-passphrase-disabled = passphrase disabled
admin-event-passphrase-blocked = passphrase blocked
admin-event-passphrase-destroyed = passphrase destroyed
admin-event-inquiry-made = loans read

# Deliveries
admin-deliveries-title = Deliveries
admin-deliveries-which = Show
admin-deliveries-all = All
admin-deliveries-written = Written
admin-deliveries-event = Event
admin-deliveries-state = State
admin-deliveries-attempts = Attempts
admin-deliveries-last = Last attempt
admin-deliveries-next = Next attempt
admin-deliveries-empty = Nothing was sent to this receiver yet.
admin-deliveries-empty-filtered = No such deliveries.
admin-deliveries-shown = { $count ->
    [one] { $count } delivery shown
   *[other] { $count } deliveries shown
}
admin-delivery-pending = waiting
admin-delivery-delivered = delivered
admin-delivery-dead = undelivered
admin-delivery-answered = answered { $status }
admin-delivery-address_not_allowed = the address is not allowed
admin-delivery-timed_out = no answer in time
admin-delivery-not_connected = no connection
admin-delivery-broken_off = the connection broke off
admin-delivery-replay = Send again
admin-delivery-replayed = It is being sent again.
admin-deliveries-replay-dead = Send undelivered again
admin-deliveries-replay-title = Send undelivered messages again?
admin-deliveries-replay-what = All messages to { $url } that were tried ten times in vain are sent again, oldest first. The receiver knows repeated ones by «webhook-id».
admin-deliveries-replay-since = Only those written from
admin-deliveries-replay-since-hint = Leave it empty for all.
admin-deliveries-replay-no-time = Write the time as 22.11.2026 09:30, or the day alone.
admin-deliveries-replay-do = Send again
admin-deliveries-replayed = { $count ->
    [0] There were none.
    [one] { $count } message is being sent again.
   *[other] { $count } messages are being sent again.
}
