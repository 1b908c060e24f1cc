# The page on which a client types a passphrase: /enter/, and the hand-over in a branch.
enter-page-title = Your passphrase
enter-application = Application { $number }
enter-language = Language

enter-title-first = Type your passphrase
enter-title-second = Type it once more
enter-lead-first-client = You will say it on the telephone. Three words are enough; nobody else will see them.
enter-lead-first-staff = Type exactly what the client says. Take care that nobody else hears it.
enter-lead-second-client = The same words, to be sure that there was no slip.
enter-lead-second-staff = The same words again, to be sure that there was no slip.
enter-next = Next
enter-finish = Done
enter-restart = Start again
enter-show = Show
enter-hide = Hide

enter-strength = Strength
enter-strength-empty = nothing typed yet
enter-strength-weak = not enough yet
enter-strength-good = good
enter-strength-best = very good
enter-advice-empty = Three ordinary words that have nothing to do with each other are best.
enter-advice-short = A good start. Add another word.
enter-advice-good = Good. One more word would make it very good.
enter-advice-best = Very good.
enter-advice-second = If you do not remember it, start again and choose words that you will.

enter-suggestions = For example
enter-suggestions-more = other words

enter-keys = Keys on the screen
enter-keys-on = Show keys on the screen
enter-keys-off = Hide the keys
enter-keys-layout = Letters: { $layout }
enter-keys-space = space
enter-keys-erase = erase

enter-trouble-differ = The two are not the same. Type it once more, or start again.
enter-trouble-wait = The service is busy. Wait a few seconds and press «Done» again.
enter-waiting = No connection, or the service is busy. It is sent again by itself.
enter-trouble-unanswered = No connection. Nothing is lost: press «Done» again in a moment.

enter-code-title = Type the code
enter-code-lead = You see it on the screen of the specialist who serves you.
enter-code-label = Code
enter-code-hint = 10 letters and digits, such as K7M2P-X4R9T
enter-code-open = Continue
enter-code-short = The code has 10 letters and digits. Look at it once more.
enter-code-bad = This code does not fit, or it has been used already. Check each letter, or ask the specialist for a new code.
enter-code-tries = Too many tries. Wait { $wait } and try again, or ask the specialist for a new code.
enter-code-unanswered = No connection. Check that your telephone is online and try again.
enter-code-busy = The service is busy. Try again in a few seconds.

enter-opening = One moment…
enter-left = { $time } left
enter-left-soon = Less than two minutes are left.

enter-done-title = Done
enter-done-set = Your passphrase is set.
enter-done-change = Your passphrase is changed. The old one is no longer valid.
enter-done-remember = Say it only when you call us yourself. We never ask for it in a message or a letter.
enter-done-close = You can close this page.
enter-done-give-back = Please give the device back to the specialist.

enter-over-expired-title = The time is over
enter-over-expired = Ten minutes have passed. Nothing was set; your words are stored nowhere.
enter-over-ended-title = This link no longer works
enter-over-ended = It has been used, or a newer one was made. If you are not done yet, ask the specialist for a new link.
enter-over-ask = Ask the specialist for a new link or code.
enter-over-code = I have a new code

enter-staff = I am the specialist
enter-keys-digits = Digits
enter-caps-lock = Caps Lock is on
