# The branch, and the client's page.
branch-steps = Steps of the application
branch-step-client = Client
branch-step-draft = Application
branch-step-print = Print and signature
branch-step-word = Passphrase
branch-next-client = Next client
branch-back = Back

branch-find-title = Who is at the counter?
branch-find-label = Telephone, client number or pledge ticket
branch-find-hint = In any form: 8 701 234-56-78, K-000101, ЗБ-000451
branch-find = Find
branch-find-empty = Type a telephone, a client number or a ticket.
branch-find-wrong = This is neither a telephone nor a number. Check what was typed.
branch-find-none = Nobody was found by this. Check it, or enter a new client.
branch-find-several = { $count ->
    [one] { $count } client was found. Which one?
   *[other] { $count } clients were found. Which one?
  }
branch-find-new = Enter a new client

branch-new-title = New client
branch-amend-title = Correct the client's data
branch-client-number = Client number
branch-family-name = Family name
branch-given-name = Given name
branch-patronymic = Patronymic
branch-optional = if there is one
branch-one-name = Has one name only
branch-one-name-hint = The document has one name, without family name and given name apart. It goes into the first field.
branch-name-alone = Name
branch-phone = Telephone
branch-phone-hint = For example +7 701 123-45-67
branch-new-save = Enter the client
branch-amend-save = Save
branch-amend = Correct
branch-amended = The data is corrected.
branch-needed = Fill in this field.

branch-draft-title-set = Application to set a passphrase
branch-draft-title-change = Application to change the passphrase
branch-document = Which document did you see?
branch-document-hint = Look at the document itself. Its number is not written down, no copy is made.
branch-document-needed = Choose the document that you saw.
branch-document-identity_card = Identity card
branch-document-passport = Passport
branch-document-residence_permit = Residence permit
branch-document-other = Another document
branch-representative = A representative signs
branch-representative-name = Representative's full name
branch-mandate = Document of authority
branch-mandate-power_of_attorney = Power of attorney
branch-mandate-court_decision = Court decision
branch-mandate-guardianship = Guardianship document
branch-mandate-other = Another document
branch-mandate-number = Document number
branch-mandate-date = Document date
branch-mandate-until = Valid until
branch-mandate-until-hint = Leave it empty where the document names no end
branch-day-hint = Day.month.year, for example 22.11.2026
branch-day-wrong = Type the day as 22.11.2026.
branch-form-language = Language of the form
branch-form-kk = Kazakh
branch-form-ru = Russian
branch-draft-save = Draft and print

branch-print-title = The client reads and signs
branch-print-form = Printed form of application { $number }
branch-print-again = Print
branch-signed = When was it signed?
branch-signed-today = Today, { $day }
branch-signed-earlier = { $day }
branch-signed-hint = The day that stands by the signature. Keep the paper.
branch-signed-next = Signed, go on

branch-word-title = The client types the passphrase
branch-word-lead = Best by their own hand: you neither hear nor see it.
branch-way-hand = Hand over this screen
branch-way-hand-text = Full screen with large keys. You are signed out; you come back with your password.
branch-way-link = On their own telephone
branch-way-link-text = A QR code, or a short address and a code. Ten minutes, once.
branch-way-typed = You type it
branch-way-typed-text = Only where the client cannot type: they say it quietly, you type it twice.
branch-way-other = Another way
branch-hand-starting = Handing over…

branch-link-title = On the client's own telephone
branch-link-scan = Point the telephone's camera here
branch-link-qr = QR code of the link
branch-link-or = Or type on the telephone
branch-link-address = address
branch-link-code = and the code
branch-link-state = State of the link
branch-link-waiting = Waiting for the client to open it
branch-link-opened = Opened: the client is typing
branch-link-done = Done: the passphrase is set
branch-link-ended = This link has ended. Nothing was set by it.
branch-link-label-left = left
branch-link-new = New link
branch-link-unanswered = No connection; asking again by itself.


branch-done-set = The passphrase is set
branch-done-change = The passphrase is changed
branch-done-text = Application { $number } is completed. Put the signed paper into the file.
branch-done-show = Client's page

branch-cancel = Cancel the application
branch-cancel-title = Why is application { $number } cancelled?
branch-cancel-mind = The client changed their mind
branch-cancel-mistake = A mistake in the data
branch-cancel-unsigned = The client did not sign
branch-cancel-document = The document is not in order
branch-cancel-other = Another reason
branch-cancel-reason = Reason
branch-cancel-never-word = Never write the passphrase here.
branch-cancel-confirm = Cancel the application
branch-cancel-keep = Keep it
branch-cancelled = Application { $number } is cancelled.
branch-reason-needed = Choose or write the reason.

branch-draft-open = Application { $number } is not completed yet
branch-draft-open-text = Drafted { $at }; it lapses { $until }.
branch-draft-continue = Go on with it

branch-client-set = Set a passphrase
branch-client-change = Change the passphrase
branch-client-since = known since { $day }
branch-word = Passphrase
branch-state-unset = not set
branch-state-active = active
branch-state-locked = locked
branch-state-disabled = disabled
branch-state-blocked = blocked
branch-state-destroyed = destroyed
branch-state-set-at = since { $day }
branch-state-locked-until = until { $time }
branch-state-failed = { $count ->
    [one] { $count } wrong attempt in a row
   *[other] { $count } wrong attempts in a row
  }
branch-state-advice-unset = Without a passphrase nothing is told on the telephone.
branch-state-advice-locked = Wrong words were tried. The lock ends by itself; a new application ends it at once.
branch-state-advice-disabled = Too many wrong words were tried. Only a new application helps.
branch-state-advice-blocked = The client said that somebody knows it. Only a new application helps.
branch-state-advice-destroyed = Consent was withdrawn. Only a new application sets another.

branch-applications = Applications
branch-applications-none = No application yet.
branch-application-number = Number
branch-application-kind = What for
branch-application-kind-set = set
branch-application-kind-change = change
branch-application-state = State
branch-application-state-draft = not completed
branch-application-state-completed = completed
branch-application-state-cancelled = cancelled
branch-application-state-expired = lapsed
branch-application-drafted = Drafted
branch-application-ended = Ended
branch-application-signed = signed { $day }

branch-accesses = Who asked
branch-accesses-hint = Looking here is recorded as well.
branch-accesses-none = Nothing yet.
branch-access-at = When
branch-access-who = Who
branch-access-what = What
branch-access-outcome = Outcome
branch-access-reason = Reason

branch-withdraw = Withdraw consent
branch-withdraw-title = Destroy the passphrase?
branch-withdraw-text = The client withdraws consent: the passphrase is gone for good, and nothing is told on the telephone until a new application.
branch-withdraw-reason = Reason, as the client states it
branch-withdraw-confirm = Destroy the passphrase
branch-withdrawn = The passphrase is destroyed.


branch-key-next = Next client
branch-key-print = Print
branch-key-hand = Hand over the screen
branch-key-link = Link to the client's telephone
branch-key-typed = Type it yourself
branch-key-new = Enter a new client
branch-key-amend = Correct the client's data
branch-history = History of the passphrase
branch-history-none = Nothing has happened to it yet.
branch-accesses-show = History and who asked
branch-accesses-service = the service
