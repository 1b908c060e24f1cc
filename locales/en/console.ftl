# The console: the frame of the page, sign-in and shared parts.

## Frame

console-nav = Screens
console-nav-call = Call
console-nav-branch = Branch
console-nav-today = Today
console-nav-signals = Signals
console-nav-audit = Audit
console-nav-staff = Staff
console-nav-branches = Branches
console-nav-services = Service accounts
console-nav-webhooks = Webhooks
console-no-screens = There is nothing for your role on this page.

console-role-call-center = call-centre specialist
console-role-branch = branch specialist
console-role-supervisor = supervisor
console-role-auditor = auditor
console-role-admin = admin
console-role-loan-system = service account

console-language = Language
console-theme = Appearance
console-theme-system = As in the system
console-theme-light = Light
console-theme-dark = Dark
console-theme-contrast = High contrast
console-skip = Skip to content
console-sign-out = Sign out

## Keys

console-keys = keys
console-keys-title = Keys of this screen
console-key-help = Show the keys
console-key-go-on = Go on working: sign in again

## Sign-in

console-sign-in = Sign in
console-sign-in-do = Sign in
console-sign-in-other = Sign in as someone else
console-login = Login
console-login-missing = Enter your login.
console-password = Password
console-password-missing = Enter your password.
console-password-of = Password: { $name }
console-starting = Connecting. The page goes on by itself as soon as the server answers.
console-out-here = You have signed out.
console-out-other-tab = You have signed out in another tab.

## First password

console-first-password = Choose a password of your own
console-first-password-do = A one-time password is good for the first sign-in only. Change it to begin.
console-one-time-password = One-time password
console-new-password = New password
console-new-password-hint = At least 12 characters, without your login. Best are three or four words that have nothing to do with each other.
console-new-password-short = The password needs at least 12 characters.
console-new-password-again = New password once more
console-new-password-differs = The passwords differ: type it once more.
console-new-password-do = Save password

## End of a session

console-ending = The session ends in
console-ending-do = Sign in again to go on without a break. What you typed is kept.
console-go-on = Sign in again
console-renew = Sign in again
console-renew-do = A new session begins when you sign in. All you typed stays on the screen.
console-later = Later
console-ended = The session has ended
console-ended-do = Sign in again. All you typed is still on the screen, except the passphrase: it has to be typed once more.
console-back = Give the page back to staff
console-back-do = To go on working, the specialist enters their password.
console-back-cancel = Back to the client

## Shared parts

console-cancel = Cancel
console-close = Close
console-copy = Copy:
console-copied = Copied
console-retry = Try again
console-request-id = Request id for support:
console-field-error = Error:
console-layout = Keyboard layout
console-caps-lock = Caps Lock
console-show = Show what is typed
console-loading = Loading…
console-empty = There is nothing.
console-steps = Steps
console-step-done = (done)

## Waiting

console-waiting-network = No connection to the server. The request is sent again under the same key: it never counts twice.
console-waiting-busy = The server is busy. The request was not counted.
console-waiting-limit = Too many requests. This one was not counted.
console-waiting-again = Again in { $seconds } s
console-waiting-now = Try now
console-waiting-stop = Stop trying

## Problems

console-fault = A fault on the page
console-fault-do = Press “Try again”. If that does not help, reload the page with F5.
console-screen-missing = The screen could not be loaded
console-problem-again = You can try again in
console-problem-network = No connection to the server
console-problem-network-do = Check the network and try again. What you typed is kept.
console-problem-session = The session has ended
console-problem-session-do = The request was not carried out. After signing in, type the passphrase again and repeat.
console-problem-credentials = Sign-in failed
console-problem-credentials-do = Wrong login or password. Check the keyboard layout and Caps Lock. An admin gives out new passwords.
console-problem-forbidden = Not allowed
console-problem-forbidden-do = Your role may not do this. If you need it for your work, ask an admin.
console-problem-limit = Too many requests
console-problem-limit-do = The request was not counted. Pause for a moment and try again.
console-problem-busy = The server is busy
console-problem-busy-do = The request was not counted. Try again in a moment.
console-problem-away = The service is away for a moment
console-problem-away-do = What you typed is kept. Try again in a minute; if it goes on, give support the request id.
console-problem-fault = Server fault
console-problem-fault-do = Try again. If it goes on, give support the request id.
console-problem-input = Check what was entered
console-problem-input-do = Correct the marked fields and send again.
