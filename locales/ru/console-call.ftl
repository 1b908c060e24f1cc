# Экран звонка.

call-title = Звонок

## Звонок и звонящий

call-id = Звонок
call-id-exchange = от АТС
call-id-typed = вручную
call-id-made = авто
call-caller = Телефон, номер клиента или билет
call-kind-phone = телефон
call-kind-client = номер клиента
call-kind-ticket = билет
call-kind-wrong = не номер
call-searching = Идёт поиск…
call-not-found = По этому номеру никого нет. Попросите повторить или назвать другой номер.
call-caller-wrong = Это не телефон и не номер. Введите телефон, номер клиента или билет.
call-several = По этому номеру { $count ->
    [one] { $count } клиент
    [few] { $count } клиента
   *[other] { $count } клиентов
}. Спросите, как зовут.
call-found = Клиент найден
call-client = Клиент
call-masked = Скрыто до подтверждения

## Состояние слова

call-word-set = слово от { $date }
call-state-locked = попыток нет до { $time }
call-state-disabled = слово отключено
call-state-blocked = слово заблокировано
call-state-unset = слова нет

## Слово

call-word = Секретное слово
call-word-empty = Введите слово, которое называет клиент.
call-word-refused = Здесь нечего сравнивать. Введите само слово.
call-word-again = Сеанс закончился, попытка не засчитана. Введите слово ещё раз.
call-attempts-left = { $count ->
    [one] Осталась { $count } попытка
    [few] Остались { $count } попытки
   *[other] Осталось { $count } попыток
}
call-attempts-last = Последняя попытка: затем блокировка
call-attempts-failed = { $count ->
    [one] Уже { $count } неверная попытка
    [few] Уже { $count } неверные попытки
   *[other] Уже { $count } неверных попыток
}
call-show = видно, пока нажато
call-mixed = два алфавита в одном слове
call-check = Проверить
call-checking = Проверяется…

## Ответ

call-verified = Подтверждено
call-rejected = Слово неверно
call-locked = Временная блокировка
call-disabled = Отключено
call-blocked = Заблокировано
call-unset = Слова нет
call-verified-do = Можно рассказать о микрокредитах.
call-rejected-do = Попросите назвать слово ещё раз.
call-locked-do = Попросите перезвонить после { $time }. Снять блокировку может старший специалист.
call-disabled-do = Слишком много неверных попыток. Пригласите в отделение с документом.
call-blocked-do = Так попросил клиент. Новое слово задают в отделении, с документом.
call-unset-do = Слово задают в отделении, с документом. Пригласите клиента.
call-time-left = осталось
call-lock-left = до конца блокировки
call-lock-over = Блокировка закончилась: можно пробовать снова.
call-say-other = Эта фраза есть только на одном языке, следующая будет на выбранном.
call-in-kk = казахский
call-in-ru = русский

## Ожидание и ошибки

call-too-long = Не засчитано. Повторите после { $time }.

## Микрокредиты

call-loans = Микрокредиты
call-loans-none = Открытых микрокредитов нет
call-loans-count = { $count ->
    [one] { $count } микрокредит
    [few] { $count } микрокредита
   *[other] { $count } микрокредитов
}
call-balance = Остаток задолженности
call-due = Дата погашения
call-safe-to = Залог хранится до
call-period-unknown = срок ожидания неизвестен
call-as-of = Данные
call-as-of-today = сегодня { $time }
call-current = В срок, { $count ->
    [one] остался { $count } день
    [few] осталось { $count } дня
   *[other] осталось { $count } дней
}
call-due-today = Платить сегодня
call-in-grace = Срок ожидания, { $count ->
    [0] последний день
    [one] остался { $count } день
    [few] осталось { $count } дня
   *[other] осталось { $count } дней
}
call-grace-expired = Срок ожидания истёк
call-overdue = Просрочено
call-stale = Данные устарели: на { $time }. Сначала скажите об этом.
call-unavailable = Кредитная система не отвечает. Последние данные: { $time }. Сначала скажите об этом.
call-unavailable-never = Кредитная система не отвечает, о микрокредитах ничего не известно.
call-next-loan = следующий микрокредит
call-loan-before = предыдущий микрокредит
call-say-language = фразы на казахском или русском

## Конец

call-end = Закончить звонок
call-end-again = Ещё раз Esc — конец звонка
call-ended = Звонок закончен, данных клиента на экране нет.
call-expired = Время проверки вышло, данные клиента удалены. Если разговор продолжается, проверьте снова.
call-hidden-wiped = Страница долго была скрыта, данные клиента удалены.
call-next = Следующий звонок

## Слово знает кто-то ещё

call-block = Моё слово кто-то знает
call-block-title = Заблокировать слово
call-block-hint = По просьбе клиента. Вернуть можно только новым заявлением в отделении.
call-block-reason = Причина
call-block-someone = Слово знает или услышал посторонний
call-block-told = Клиент назвал слово тому, кто представился сотрудником
call-block-document = Утерян или украден документ либо телефон
call-block-attempts = Были попытки не от имени клиента
call-block-do = Заблокировать
call-cancel = Отмена
call-block-first = Сначала найдите клиента.

## Пока никого на линии

call-guide-caller = Введите телефон, номер клиента или билет
call-guide-word = Введите слово, которое называет клиент
call-guide-end = Конец звонка: всё стирается
