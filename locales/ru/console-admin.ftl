# Сотрудники, отделения, служебные учётные записи и вебхуки.

admin-save = Сохранить
admin-refresh = Обновить
admin-actions = Действия

# Сотрудники
admin-staff-title = Сотрудники
admin-staff-new = Новый сотрудник
admin-staff-find = Найти по имени, логину или отделению
admin-staff-role = Роль
admin-staff-any-role = Любая роль
admin-staff-login = Логин
admin-staff-login-hint = Латинские буквы, цифры, точка, дефис. Потом изменить нельзя.
admin-staff-name = Имя
admin-staff-branch = Отделение
admin-staff-no-branch = Без отделения
admin-staff-branch-hint = Обязательно для специалиста отделения.
admin-staff-status = Состояние
admin-staff-since = Заведён
admin-staff-first-password = ещё не выбрал свой пароль
admin-staff-empty = Таких сотрудников нет.
admin-staff-shown = { $count ->
    [one] показан { $count } сотрудник
    [few] показано { $count } сотрудника
   *[other] показано { $count } сотрудников
}
admin-staff-you = вы
admin-staff-enter = Завести и создать пароль
admin-staff-entered = { $name }: учётная запись создана
admin-staff-changed = Сохранено.
admin-staff-sessions-end = Все сеансы этого сотрудника сразу завершатся.
admin-staff-disable = Отключить
admin-staff-disable-title = Отключить: { $name }?
admin-staff-disable-what = { $login } больше не сможет войти, все открытые сеансы сразу завершатся, идущие звонки прервутся. Сделанное останется в аудите.
admin-staff-enable = Включить
admin-staff-enable-title = Включить: { $name }?
admin-staff-enable-what = { $login } снова сможет войти с прежним паролем.
admin-staff-reset = Новый одноразовый пароль
admin-staff-reset-title = Новый одноразовый пароль: { $name }?
admin-staff-reset-what = Прежний пароль { $login } перестанет действовать, все открытые сеансы сразу завершатся.
admin-staff-reset-do = Создать новый пароль
admin-staff-last-admin = { $name } – последний действующий администратор. Без него некому будет заводить сотрудников: сначала дайте эту роль кому-нибудь ещё.
admin-staff-login-taken = Логин «{ $login }» занят. Выберите другой, например { $login }2.
admin-staff-self = Это ваша учётная запись: ваш сеанс тоже завершится.

admin-status-active = действует
admin-status-disabled = отключено

# Показывается один раз
admin-secret-once = Показывается один раз. Скопируйте сейчас: снова показать нельзя, можно только создать заново.
admin-secret-password = Одноразовый пароль
admin-secret-password-next = Передайте лично: { $name }. Действует 72 часа, при первом входе сменяется на свой.
admin-secret-client-id = Client id
admin-secret-client-secret = Секретный ключ
admin-secret-service-next = Впишите оба значения в настройки той программы и больше никуда.
admin-secret-webhook = Ключ подписи
admin-secret-webhook-next = Впишите его в настройки получателя: по нему он проверяет каждое сообщение.
admin-secret-lost = Ответ потерялся в пути, поэтому показать секрет нельзя. Создайте новый.
admin-secret-kept = Передано, закрыть

# Отделения
admin-branches-title = Отделения
admin-branches-new = Новое отделение
admin-branches-code = Код
admin-branches-code-hint = Латинские буквы, цифры, дефис, например ALA-1. Входит в номера заявлений, потом изменить нельзя.
admin-branches-name = Название
admin-branches-name-hint = Как его знают клиенты, обычно улица.
admin-branches-city = Город
admin-branches-since = Открыто
admin-branches-empty = Отделений ещё нет.
admin-branches-shown = { $count ->
    [one] показано { $count } отделение
    [few] показано { $count } отделения
   *[other] показано { $count } отделений
}
admin-branches-open = Открыть отделение
admin-branches-opened = Отделение { $code } открыто.
admin-branches-code-taken = Отделение «{ $code }» уже есть.

# Служебные учётные записи
admin-services-title = Служебные учётные записи
admin-services-lead = Служебная учётная запись – это программа, которая входит сама: с нею кредитная система передаёт клиентов и микрокредиты.
admin-services-new = Новая служебная учётная запись
admin-services-client-id = Client id
admin-services-client-id-hint = Латинские буквы, цифры, точка, дефис. Потом изменить нельзя.
admin-services-name = Для чего она
admin-services-empty = Служебных учётных записей ещё нет.
admin-services-shown = { $count ->
    [one] показана { $count } служебная учётная запись
    [few] показано { $count } служебные учётные записи
   *[other] показано { $count } служебных учётных записей
}
admin-services-enter = Завести и создать ключ
admin-services-entered = { $name }: учётная запись создана
admin-services-reset = Новый секретный ключ
admin-services-reset-title = Новый секретный ключ: { $name }?
admin-services-reset-what = Прежний ключ { $login } перестанет действовать, её токены сразу завершатся. Данные не поступают, пока программа не получит новый ключ.
admin-services-reset-do = Создать новый ключ
admin-services-disable-title = Отключить: { $name }?
admin-services-disable-what = { $login } больше ничего не сможет передать, её токены сразу завершатся. Сведения о микрокредитах начнут устаревать.
admin-services-enable-title = Включить: { $name }?
admin-services-enable-what = { $login } снова сможет входить с прежним ключом.

# Вебхуки
admin-webhooks-title = Вебхуки
admin-webhooks-lead = Получатель – это другая система, которой сообщают, что секретное слово изменилось или микрокредиты прочитаны. В сообщении только идентификаторы.
admin-webhooks-new = Новый получатель
admin-webhooks-back = Все получатели
admin-webhooks-url = Адрес
admin-webhooks-url-hint = https, доступный сервису, без имени и пароля внутри.
admin-webhooks-description = Для чего он
admin-webhooks-events = Какие события
admin-webhooks-all-events = Все события
admin-webhooks-some-events = Только эти
admin-webhooks-no-events = Выберите хотя бы одно событие.
admin-webhooks-status = Состояние
admin-webhooks-since = Зарегистрирован
admin-webhooks-because-admin = отключил администратор
admin-webhooks-because-gone = отключён: получатель ответил 410 (адреса больше нет)
admin-webhooks-empty = Получателей ещё нет.
admin-webhooks-shown = { $count ->
    [one] показан { $count } получатель
    [few] показано { $count } получателя
   *[other] показано { $count } получателей
}
admin-webhooks-register = Зарегистрировать и создать ключ
admin-webhooks-registered = Получатель зарегистрирован
admin-webhooks-change = Изменить
admin-webhooks-changed = Сохранено.
admin-webhooks-disable-title = Отключить получателя?
admin-webhooks-disable-what = Пока { $url } отключён, для него ничего не пишется, и случившееся за это время потом не отправляется. Ожидающие сообщения сохраняются.
admin-webhooks-disable = Отключить
admin-webhooks-enable-title = Включить получателя?
admin-webhooks-enable-what = { $url } будет получать всё, что произойдёт с этой минуты; ожидающее отправится сразу.
admin-webhooks-enable = Включить
admin-webhooks-remove-title = Удалить получателя?
admin-webhooks-remove-what = { $url } больше не вызывается. Его ожидающие и недоставленные сообщения и ключи удаляются. Вернуть это нельзя.
admin-webhooks-remove = Удалить
admin-webhooks-removed = Получатель удалён.
admin-webhooks-secrets = Ключи подписи
admin-webhooks-secret-current = подписывает с { $since }
admin-webhooks-secret-old = подписывает тоже, до { $until }
admin-webhooks-rotate = Новый ключ
admin-webhooks-rotate-title = Новый ключ подписи?
admin-webhooks-rotate-what = Какое-то время сообщения подписываются обоими ключами (24 часа, если в настройках не иначе), потом прежний удаляется. До этого впишите новый в настройки получателя.
admin-webhooks-rotate-do = Создать новый ключ
admin-webhooks-rotated = Создан новый ключ

admin-event-passphrase-set = секретное слово установлено
admin-event-passphrase-changed = секретное слово изменено
admin-event-passphrase-locked = временная блокировка
admin-event-passphrase-disabled = секретное слово отключено
admin-event-passphrase-blocked = секретное слово заблокировано
admin-event-passphrase-destroyed = секретное слово уничтожено
admin-event-inquiry-made = микрокредиты прочитаны

# Доставки
admin-deliveries-title = Доставки
admin-deliveries-which = Показать
admin-deliveries-all = Все
admin-deliveries-written = Записано
admin-deliveries-event = Событие
admin-deliveries-state = Состояние
admin-deliveries-attempts = Попыток
admin-deliveries-last = Последняя попытка
admin-deliveries-next = Следующая попытка
admin-deliveries-empty = Этому получателю ещё ничего не отправлялось.
admin-deliveries-empty-filtered = Таких доставок нет.
admin-deliveries-shown = { $count ->
    [one] показана { $count } доставка
    [few] показано { $count } доставки
   *[other] показано { $count } доставок
}
admin-delivery-pending = ожидает
admin-delivery-delivered = доставлено
admin-delivery-dead = не доставлено
admin-delivery-answered = ответ { $status }
admin-delivery-address_not_allowed = адрес не разрешён
admin-delivery-timed_out = нет ответа в срок
admin-delivery-not_connected = нет соединения
admin-delivery-broken_off = соединение оборвалось
admin-delivery-replay = Отправить снова
admin-delivery-replayed = Отправляется снова.
admin-deliveries-replay-dead = Отправить недоставленное
admin-deliveries-replay-title = Отправить недоставленное снова?
admin-deliveries-replay-what = Все сообщения для { $url }, которые десять раз не удалось доставить, отправляются снова, начиная со старых. Повторы получатель узнаёт по «webhook-id».
admin-deliveries-replay-since = Только записанные с
admin-deliveries-replay-since-hint = Пустое поле – все.
admin-deliveries-replay-no-time = Пишите время так: 22.11.2026 09:30, или только день.
admin-deliveries-replay-do = Отправить снова
admin-deliveries-replayed = { $count ->
    [0] Таких нет.
    [one] { $count } сообщение отправляется снова.
    [few] { $count } сообщения отправляются снова.
   *[other] { $count } сообщений отправляются снова.
}
