# Сегодня, сигналы, аудит и обращения к данным клиента.

reports-period = Период
reports-period-today = Сегодня
reports-period-yesterday = Вчера
reports-period-week = 7 дней
reports-period-chosen = Дни
reports-period-from = С
reports-period-to = По
reports-period-no-day = Пишите день так: 22.11.2026.
reports-period-turned = Первый день позже последнего.
reports-period-days = { $from } – { $to }
reports-refresh = Обновить
reports-as-of = на { $time }
reports-nothing = За этот период ничего нет.
reports-none = –

# Сегодня
reports-today-summary = Итоги
reports-today-verifications = Проверки
reports-today-verified-share = подтверждено { $percent } %
reports-today-not-verified = Не подтверждено
reports-today-not-verified-share = { $percent } % всех проверок
reports-today-time = Секунд до подтверждения
reports-today-time-hint = половина быстрее; 9 из 10 – до { $p90 } с
reports-today-time-none = подтверждённых ещё нет
reports-today-locks = Временные блокировки
reports-today-locks-hint = { $lifted ->
    [0] ни одна не снята
    [one] снята { $lifted }
    [few] сняты { $lifted }
   *[other] снято { $lifted }
}
reports-today-blocks = Заблокировано
reports-today-blocks-hint = по слову клиента
reports-today-signals = Сигналы
reports-today-signals-hint = повод прослушать звонок
reports-today-by-hour = По часам
reports-today-by-day = По дням
reports-today-chart = Проверки по результатам, столбцами. В таблице рядом те же числа.
reports-today-hour = Час
reports-today-day = День
reports-today-total = Всего
reports-today-by-specialist = По специалистам
reports-today-specialist = Специалист
reports-today-median = Медиана, с
reports-today-p90 = 9 из 10, с
reports-today-passphrases = Секретные слова
reports-today-set = Установлено
reports-today-changed = Изменено
reports-today-locked = Временно заблокировано
reports-today-disabled = Отключено
reports-today-blocked = Заблокировано
reports-today-unlocked = Снято блокировок
reports-today-destroyed = Уничтожено
reports-today-events = События: { $what }
reports-today-no-signals = Сигналов нет.

reports-outcome-verified = Подтверждено
reports-outcome-rejected = Слово неверно
reports-outcome-locked = Временная блокировка
reports-outcome-disabled = Отключено
reports-outcome-blocked = Заблокировано
reports-outcome-unset = Слова нет

# Снятие временной блокировки
reports-unlock-title = Снять временную блокировку
reports-unlock-open = Снять блокировку
reports-unlock-find = Телефон, номер клиента или билета
reports-unlock-find-hint = Поиск записывается в аудит.
reports-unlock-search = Найти
reports-unlock-nobody = Никого не найдено. Проверьте номер.
reports-unlock-several = С этим телефоном несколько клиентов. Выберите одного.
reports-unlock-locked-until = Заблокировано до { $time }, неверных попыток подряд: { $count }
reports-unlock-not-locked = Временной блокировки нет: { $state }.
reports-unlock-reason = Почему снимается блокировка
reports-unlock-reason-hint = Останется в аудите. Не пишите сюда секретное слово.
reports-unlock-what = Клиента сразу можно будет проверить снова. Неверные попытки остаются засчитанными.
reports-unlock-do = Снять блокировку
reports-unlock-done = Блокировка снята. Неверных попыток подряд: { $count }.
reports-unlock-another = Другой клиент
reports-state-unset = секретного слова нет
reports-state-active = секретное слово действует
reports-state-locked = секретное слово временно заблокировано
reports-state-disabled = секретное слово отключено, нужно новое заявление
reports-state-blocked = секретное слово заблокировано, нужно новое заявление
reports-state-destroyed = секретное слово уничтожено, нужно новое заявление

# Сигналы
reports-signals-title = Сигналы
reports-signals-lead = Сигнал никого не обвиняет: это повод прослушать звонок.
reports-signals-kind = Что
reports-signals-all = Все виды
reports-signals-when = Когда
reports-signals-who = Специалист
reports-signals-client = Клиент
reports-signals-empty = За этот период сигналов нет.
reports-signals-loaded = { $count ->
    [one] показан { $count } сигнал
    [few] показано { $count } сигнала
   *[other] показано { $count } сигналов
}
reports-signals-events = События за час до сигнала
reports-signal-many_clients = Много клиентов
reports-signal-many_clients-count = { $count ->
    [one] один специалист обращался к данным { $count } клиента за час
   *[other] один специалист обращался к данным { $count } клиентов за час
}
reports-signal-many_clients-advice = Идёт обзвон или кто-то просматривает базу? Прослушайте два-три из этих звонков.
reports-signal-look_ups_without_verification = Поиск без проверки
reports-signal-look_ups_without_verification-count = { $count ->
    [one] найден { $count } клиент, секретное слово не проверялось
    [few] найдено { $count } клиента, секретное слово не проверялось
   *[other] найдено { $count } клиентов, секретное слово не проверялось
}
reports-signal-look_ups_without_verification-advice = Спросите, зачем их искали. Были ли в это время звонки?
reports-signal-many_specialists = Много специалистов, один клиент
reports-signal-many_specialists-count = { $count ->
    [one] секретное слово этого клиента пробовал { $count } специалист
    [few] секретное слово этого клиента пробовали { $count } специалиста
   *[other] секретное слово этого клиента пробовали { $count } специалистов
}
reports-signal-many_specialists-advice = Возможно, слово подбирают от звонка к звонку. Позвоните клиенту на его номер.
reports-signal-outside_hours = Вне рабочего времени
reports-signal-outside_hours-count = { $count ->
    [one] { $count } событие вне рабочего времени
    [few] { $count } события вне рабочего времени
   *[other] { $count } событий вне рабочего времени
}
reports-signal-outside_hours-advice = Была ли эта смена по графику?
reports-signal-repeated_inquiries = Одни и те же микрокредиты
reports-signal-repeated_inquiries-count = { $count ->
    [one] микрокредиты одного клиента прочитаны { $count } раз
    [few] микрокредиты одного клиента прочитаны { $count } раза
   *[other] микрокредиты одного клиента прочитаны { $count } раз
}
reports-signal-repeated_inquiries-advice = Это был один долгий звонок или интерес к одному человеку?

# Аудит
reports-audit-title = Аудит
reports-audit-views = Аудит
reports-audit-events = События
reports-audit-seals = Печати
reports-audit-filters = Фильтры
reports-audit-action = Что сделано
reports-audit-any-action = Любое действие
reports-audit-actor = Кто (id сотрудника)
reports-audit-actor-hint = Или выберите «Только этот сотрудник» в событии.
reports-audit-client = Клиент (id)
reports-audit-from = С
reports-audit-to = До
reports-audit-outcome = Результат
reports-audit-any-outcome = Любой
reports-audit-outcome-hint = Отбирается здесь, из прочитанного.
reports-audit-no-time = Пишите время так: 22.11.2026 09:30, или только день.
reports-audit-search = Найти
reports-audit-clear = Сбросить фильтры
reports-audit-recorded = Поиск в аудите тоже записывается.
reports-audit-when = Когда
reports-audit-who = Кто
reports-audit-what = Что
reports-audit-about = О ком, о чём
reports-audit-result = Результат
reports-audit-reason = Причина
reports-audit-empty = С этими фильтрами событий нет.
reports-audit-shown = { $count ->
    [one] показано { $count } событие
    [few] показано { $count } события
   *[other] показано { $count } событий
}
reports-audit-shown-of = { $count } из { $read } прочитанных событий
reports-audit-client-short = клиент { $id }

reports-event-title = Событие { $id }
reports-event-when = Когда
reports-event-who = Кто
reports-event-what = Что
reports-event-outcome = Результат
reports-event-client = Клиент
reports-event-subject = Другой объект
reports-event-call = Звонок
reports-event-reason = Причина
reports-event-request = Запрос
reports-event-remote = С адреса
reports-event-only-actor = Только этот сотрудник
reports-event-only-client = Только этот клиент
reports-event-only-action = Только такие события
reports-event-accesses = Кто обращался к данным клиента
reports-event-unknown = неизвестно кто
reports-event-next = Ниже по списку
reports-event-previous = Выше по списку

reports-detail-answered = что ответил сервис
reports-detail-branch_code = отделение
reports-detail-changed = изменены поля
reports-detail-comparison = сверено клиентов, расхождений
reports-detail-count = количество
reports-detail-ended = завершено сеансов, одноразовых паролей
reports-detail-entry_link = ссылка, по которой ввёл клиент
reports-detail-fold = как совпали слова
reports-detail-message_id = сообщение
reports-detail-records = записи
reports-detail-report = отчёт
reports-detail-role = роль
reports-detail-signal = сигнал
reports-detail-since = считано с
reports-detail-status = состояние

reports-accesses-title = Кто обращался к данным клиента
reports-accesses-lead = Всё, что делали с данными этого клиента, и кто. Просмотр записывается.
reports-accesses-back = Все события
reports-accesses-empty = К данным этого клиента никто не обращался.

reports-export-open = Выгрузить
reports-export-title = Выгрузка событий
reports-export-lead = Всё, что отвечает этим фильтрам, по страницам, сначала новые.
reports-export-format = Формат
reports-export-csv = Таблица (CSV, для Excel)
reports-export-json = JSON, по событию в строке
reports-export-start = Скачать
reports-export-stop = Остановить
reports-export-reading = { $count ->
    [one] прочитано { $count } событие…
    [few] прочитано { $count } события…
   *[other] прочитано { $count } событий…
}
reports-export-done = { $count ->
    [one] В файле { $count } событие.
    [few] В файле { $count } события.
   *[other] В файле { $count } событий.
}
reports-export-limit = Событий больше { $count }. В файле только { $count } последних: для остальных выберите период короче.
reports-export-whole = Весь аудит с печатями выгружает «qupia audit export» на сервере.
reports-export-file = Файл теперь на этом компьютере: храните его там, где его прочтут только аудиторы.

# Печати
reports-seals-lead = Каждое событие за секунду скрепляется подписанной печатью, поэтому позднее изменение будет видно.
reports-seals-newest = Последняя печать
reports-seals-none = Печатей ещё нет.
reports-seals-number = Печать
reports-seals-at = Поставлена
reports-seals-events = Событий
reports-seals-last = Последнее событие
reports-seals-key = Ключ
reports-seals-digest = Хеш событий
reports-seals-signature = Подпись
reports-seals-shown = { $count ->
    [one] показана { $count } печать
    [few] показано { $count } печати
   *[other] показано { $count } печатей
}
reports-verify-now = Проверить сейчас
reports-verify-running = Проверяются все печати. Если событий много, это занимает время.
reports-verify-never = В этой вкладке ещё не проверялось.
reports-verify-good = Аудит цел
reports-verify-good-detail = Событий: { $events }, печатей: { $seals }. Ещё не скреплено: { $unsealed }.
reports-verify-at = Проверено { $time }
reports-verify-bad = Аудит нарушен
reports-verify-bad-event = Событие { $place }: { $why }.
reports-verify-bad-seal = Печать { $place }: { $why }.
reports-verify-bad-where = { $why }.
reports-verify-bad-next = Сразу сообщите ответственному за безопасность. Остановите сервис и сохраните базу, её копии и журнал как есть.


# Действия по областям
reports-area-session = Вход
reports-area-staff = Сотрудники и отделения
reports-area-client = Клиенты
reports-area-application = Заявления
reports-area-passphrase = Секретные слова
reports-area-verification = Проверки и запросы сведений
reports-area-sync = Кредитная система
reports-area-audit = Аудит и отчёты
reports-area-webhook = Вебхуки
reports-area-service = Сервис

reports-action-staff-bootstrapped = Создан первый администратор
reports-action-session-opened = Вход в систему
reports-action-session-closed = Выход из системы
reports-action-token-issued = Вход служебной учётной записи
reports-action-staff-password_changed = Смена своего пароля
reports-action-staff-password_reset = Новый одноразовый пароль или секретный ключ
reports-action-staff-created = Сотрудник заведён
reports-action-staff-changed = Изменены данные сотрудника
reports-action-staff-viewed = Просмотрены сотрудники
reports-action-branch-created = Открыто отделение
reports-action-client-created = Клиент заведён
reports-action-client-changed = Исправлены данные клиента
reports-action-client-searched = Поиск клиента
reports-action-client-viewed = Просмотрена карточка клиента
reports-action-application-drafted = Начато оформление заявления
reports-action-application-viewed = Просмотрено заявление
reports-action-application-printed = Бланк напечатан
reports-action-application-completed = Заявление завершено
reports-action-application-cancelled = Заявление отменено
reports-action-entry_link-made = Создана ссылка для ввода
reports-action-entry_link-opened = Открыта ссылка для ввода
reports-action-entry_link-ended = Ссылка для ввода завершена
reports-action-passphrase-viewed = Просмотрено состояние секретного слова
reports-action-passphrase-checked = Проверена надёжность секретного слова
reports-action-passphrase-set = Секретное слово установлено
reports-action-passphrase-changed = Секретное слово изменено
reports-action-passphrase-locked = Временная блокировка
reports-action-passphrase-disabled = Секретное слово отключено
reports-action-passphrase-unlocked = Временная блокировка снята
reports-action-passphrase-blocked = Секретное слово заблокировано
reports-action-passphrase-destroyed = Секретное слово уничтожено
reports-action-passphrase-renewed = Хеш обновлён
reports-action-verification-recorded = Проверка
reports-action-attempt-taken_back = Попытка снята со счёта
reports-action-attempt-lost = Попытка с неизвестным результатом
reports-action-verification-viewed = Просмотрена проверка
reports-action-verification-closed = Звонок окончен
reports-action-inquiry-made = Прочитаны микрокредиты
reports-action-limit-reached = Достигнут предел частоты
reports-action-sync-client = Получены данные клиента
reports-action-sync-loan = Получены данные микрокредита
reports-action-sync-batch = Получен пакет
reports-action-sync-pulled = Запрос в кредитную систему
reports-action-audit-read = Прочитан аудит
reports-action-audit-verified = Аудит проверен
reports-action-client-accesses_read = Просмотрены обращения к данным клиента
reports-action-report-read = Прочитан отчёт
reports-action-signal-raised = Подан сигнал
reports-action-webhook-created = Получатель зарегистрирован
reports-action-webhook-viewed = Просмотрены получатели
reports-action-webhook-changed = Получатель изменён
reports-action-webhook-replayed = Отправлено снова
reports-action-keys-changed = Ключи изменены
reports-action-backup-made = Резервная копия
reports-action-answer-replayed = Ответ повторён
reports-action-demo-seeded = Созданы демонстрационные данные

# Чем кончилось
reports-result-refused = отказано
reports-result-not_found = не найдено
reports-result-unchanged = без изменений
reports-result-found = найдено
reports-result-read = прочитано
reports-result-listed = просмотрен список
reports-result-exported = выгружено
reports-result-compared = сверено
reports-result-created = создано
reports-result-changed = изменено
reports-result-removed = удалено
reports-result-made = сделано
reports-result-restored = восстановлено
reports-result-opened = открыто
reports-result-closed = закрыто
reports-result-all_ended = все завершены
reports-result-drafted = оформляется
reports-result-completed = завершено
reports-result-cancelled = отменено
reports-result-acceptable = подходит
reports-result-active = действует
reports-result-locked = временная блокировка
reports-result-disabled = отключено
reports-result-blocked = заблокировано
reports-result-destroyed = уничтожено
reports-result-unset = слова нет
reports-result-renewed = обновлено
reports-result-verified = подтверждено
reports-result-rejected = слово неверно
reports-result-counted = засчитано
reports-result-lost = результат неизвестен
reports-result-taken_back = снято со счёта
reports-result-applied = принято
reports-result-stale = устарело
reports-result-taken = принято
reports-result-moved_away = перешло к другому клиенту
reports-result-moved_in = перешло к этому клиенту
reports-result-unknown_client = неизвестный клиент
reports-result-unavailable = недоступно
reports-result-good = цел
reports-result-bad = нарушен
reports-result-raised = подан
reports-result-enabled = включено
reports-result-rotated = заменено
reports-result-replayed = повторено
reports-result-added = добавлено
reports-result-retired = выведено из действия
reports-result-rewrapped = перешифровано
