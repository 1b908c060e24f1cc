# What a specialist reads out to the client, in one breath each. Everything that is counted arrives in words:
# a date is $due or $ends (семнадцатое ноября), $due_until or $ends_until (после «до»), $due_on or $ends_on
# (когда); $left and $attempts_left are the same numbers for the verb to agree with.

# A loan: its name, its due date, its balance and the waiting period, put together by spoken-loan.

spoken-loan = { $name }: { $due }, остаток задолженности — { $balance }; { $waiting }.
spoken-name = Залоговый билет номер { $ticket }
    .product = Микрокредит «{ $product }», залоговый билет номер { $ticket }

spoken-due_current = дата погашения — { $due }
spoken-due_today = дата погашения — сегодня, { $due }
spoken-due_past = срок погашения истёк { $due_on }

spoken-waiting_unknown = гарантированный срок ожидания неизвестен, его нужно уточнить в отделении
spoken-waiting_none = гарантированный срок ожидания не предусмотрен, залог сохраняется только до конца дня погашения
    .today = гарантированный срок ожидания не предусмотрен, залог сохраняется только до конца сегодняшнего дня
spoken-waiting_ahead = залог сохраняется в течение гарантированного срока ожидания, до { $ends_until } включительно
spoken-waiting_running =
    идёт гарантированный срок ожидания, залог сохраняется до { $ends_until } включительно, { $left ->
        [one] остался
       *[other] осталось
    } { $days }
spoken-waiting_last_day = сегодня, { $ends_on }, — последний день гарантированного срока ожидания
spoken-waiting_over = гарантированный срок ожидания закончился { $ends_on }
spoken-waiting_over_at_once = гарантированный срок ожидания закончился в тот же день

# The answer where the passphrase was right. What may be out of date is said first.

spoken-verified = Спасибо, секретное слово верно.
spoken-fresh = Сейчас { $summary }.
    .verified = Спасибо, секретное слово верно; { $summary }.
spoken-cautioned = Обратите внимание: { $caution }; { $summary }.
    .verified = Обратите внимание: { $caution }; секретное слово верно; { $summary }.

spoken-stale = сведения могли устареть, последнее обновление — { $age }
    .undated = сведения могли устареть, и неизвестно, когда они обновлялись
spoken-unavailable = кредитная система сейчас недоступна, поэтому сведения могли устареть, последнее обновление — { $age }
    .undated = кредитная система сейчас недоступна, поэтому сведения могли устареть

spoken-summary = у Вас { $loans }
    .dated = у Вас { $loans }, сведения обновлены { $age }
    .none = действующих микрокредитов у Вас нет
    .none_known = по имеющимся сведениям, действующих микрокредитов у Вас нет

spoken-age =
    { $unit ->
        [now] только что
        [yesterday] вчера, { $day }
        [days] { $span } назад, { $day }
       *[other] { $span } назад
    }

# The answer where it was not right, or nothing was tried.

spoken-rejected =
    К сожалению, секретное слово неверно, { $attempts_left ->
        [one] осталась
       *[other] осталось
    } { $attempts }; назовите его, пожалуйста, ещё раз.
    .locked = К сожалению, секретное слово неверно, попыток не осталось, и оно временно заблокировано до { $until }; после этого позвоните нам, пожалуйста, ещё раз.
    .ended = К сожалению, секретное слово неверно, и попыток больше не осталось; приходите, пожалуйста, в отделение с документом, удостоверяющим личность.
spoken-locked = Секретное слово временно заблокировано; позвоните нам, пожалуйста, немного позже.
    .until = Секретное слово временно заблокировано до { $until }; после этого позвоните нам, пожалуйста, ещё раз.
spoken-disabled = Секретное слово отключено, так как его много раз назвали неверно; чтобы установить новое, приходите, пожалуйста, в отделение с документом, удостоверяющим личность.
spoken-blocked = Секретное слово заблокировано, и по телефону сведения не предоставляются; приходите, пожалуйста, в отделение с документом, удостоверяющим личность.
spoken-unset = Секретное слово не установлено; чтобы установить его, приходите, пожалуйста, в отделение с документом, удостоверяющим личность.
