# Отделение и страница клиента.
branch-steps = Шаги заявления
branch-step-client = Клиент
branch-step-draft = Заявление
branch-step-print = Печать и подпись
branch-step-word = Секретное слово
branch-next-client = Следующий клиент
branch-back = Назад

branch-find-title = Кто у окна?
branch-find-label = Телефон, номер клиента или залоговый билет
branch-find-hint = В любом виде: 8 701 234-56-78, K-000101, ЗБ-000451
branch-find = Найти
branch-find-empty = Введите телефон, номер клиента или билет.
branch-find-wrong = Это не телефон и не номер. Проверьте введённое.
branch-find-none = Никто не найден. Проверьте введённое или внесите нового клиента.
branch-find-several = { $count ->
    [one] Найден { $count } клиент. Который из них?
    [few] Найдено { $count } клиента. Который из них?
   *[other] Найдено { $count } клиентов. Который из них?
  }
branch-find-new = Внести нового клиента

branch-new-title = Новый клиент
branch-amend-title = Исправить данные клиента
branch-client-number = Номер клиента
branch-family-name = Фамилия
branch-given-name = Имя
branch-patronymic = Отчество
branch-optional = если есть
branch-one-name = Имя состоит из одного слова
branch-one-name-hint = В документе одно имя, без деления на фамилию и имя. Оно вносится в первое поле.
branch-name-alone = Имя
branch-phone = Телефон
branch-phone-hint = Например, +7 701 123-45-67
branch-new-save = Внести клиента
branch-amend-save = Сохранить
branch-amend = Исправить
branch-amended = Данные исправлены.
branch-needed = Заполните это поле.

branch-draft-title-set = Заявление об установлении секретного слова
branch-draft-title-change = Заявление об изменении секретного слова
branch-document = Какой документ вы видели?
branch-document-hint = Смотрите на сам документ. Номер не записывается, копия не снимается.
branch-document-needed = Выберите документ, который вы видели.
branch-document-identity_card = Удостоверение личности
branch-document-passport = Паспорт
branch-document-residence_permit = Вид на жительство
branch-document-other = Иной документ
branch-representative = Подписывает представитель
branch-representative-name = Фамилия, имя, отчество представителя
branch-mandate = Документ о полномочиях
branch-mandate-power_of_attorney = Доверенность
branch-mandate-court_decision = Решение суда
branch-mandate-guardianship = Документ об опеке или попечительстве
branch-mandate-other = Иной документ
branch-mandate-number = Номер документа
branch-mandate-date = Дата документа
branch-mandate-until = Действует до
branch-mandate-until-hint = Если срок не указан, оставьте пустым
branch-day-hint = День.месяц.год, например 22.11.2026
branch-day-wrong = Введите дату в виде 22.11.2026.
branch-form-language = Язык бланка
branch-form-kk = Казахский
branch-form-ru = Русский
branch-draft-save = Оформить и распечатать

branch-print-title = Клиент читает и подписывает
branch-print-form = Бланк заявления { $number }
branch-print-again = Распечатать
branch-signed = Когда подписано?
branch-signed-today = Сегодня, { $day }
branch-signed-earlier = { $day }
branch-signed-hint = Дата, стоящая у подписи. Бумагу оставьте у себя.
branch-signed-next = Подписано, дальше

branch-word-title = Клиент набирает секретное слово
branch-word-lead = Лучше, если сам: вы его не слышите и не видите.
branch-way-hand = Передать этот экран
branch-way-hand-text = Полный экран с крупными клавишами. Ваш сеанс завершится; вернётесь по своему паролю.
branch-way-link = На телефоне клиента
branch-way-link-text = QR-код либо короткий адрес и код. Десять минут, один раз.
branch-way-typed = Наберёте вы
branch-way-typed-text = Только если клиент не может сам: он говорит негромко, вы набираете дважды.
branch-way-other = Другой способ
branch-hand-starting = Передаём экран…

branch-link-title = На телефоне клиента
branch-link-scan = Наведите камеру телефона сюда
branch-link-qr = QR-код ссылки
branch-link-or = Или наберите на телефоне
branch-link-address = адрес
branch-link-code = и код
branch-link-state = Состояние ссылки
branch-link-waiting = Ждём, пока клиент откроет
branch-link-opened = Открыта: клиент набирает слово
branch-link-done = Готово: секретное слово установлено
branch-link-ended = Ссылка больше не действует. По ней ничего не установлено.
branch-link-label-left = осталось
branch-link-new = Новая ссылка
branch-link-unanswered = Нет связи; спросим ещё раз сами.


branch-done-set = Секретное слово установлено
branch-done-change = Секретное слово изменено
branch-done-text = Заявление { $number } завершено. Подписанный лист подшейте в дело.
branch-done-show = Страница клиента

branch-cancel = Отменить заявление
branch-cancel-title = Почему отменяется заявление { $number }?
branch-cancel-mind = Клиент передумал
branch-cancel-mistake = Ошибка в данных
branch-cancel-unsigned = Клиент не подписал
branch-cancel-document = Документ не в порядке
branch-cancel-other = Другая причина
branch-cancel-reason = Причина
branch-cancel-never-word = Никогда не пишите здесь секретное слово.
branch-cancel-confirm = Отменить заявление
branch-cancel-keep = Не отменять
branch-cancelled = Заявление { $number } отменено.
branch-reason-needed = Выберите или напишите причину.

branch-draft-open = Заявление { $number } ещё не завершено
branch-draft-open-text = Оформлено { $at }, истекает { $until }.
branch-draft-continue = Продолжить

branch-client-set = Установить секретное слово
branch-client-change = Изменить секретное слово
branch-client-since = в базе с { $day }
branch-word = Секретное слово
branch-state-unset = не установлено
branch-state-active = действует
branch-state-locked = временно заблокировано
branch-state-disabled = отключено
branch-state-blocked = заблокировано
branch-state-destroyed = уничтожено
branch-state-set-at = с { $day }
branch-state-locked-until = до { $time }
branch-state-failed = { $count ->
    [one] { $count } неверная попытка подряд
    [few] { $count } неверные попытки подряд
   *[other] { $count } неверных попыток подряд
  }
branch-state-advice-unset = Без секретного слова сведения по телефону не сообщают.
branch-state-advice-locked = Пробовали неверные слова. Блокировка снимется сама; новое заявление снимает её сразу.
branch-state-advice-disabled = Слишком много неверных попыток. Поможет только новое заявление.
branch-state-advice-blocked = Клиент сообщил, что слово знает кто-то ещё. Поможет только новое заявление.
branch-state-advice-destroyed = Согласие отозвано. Установить слово можно только новым заявлением.

branch-applications = Заявления
branch-applications-none = Заявлений ещё нет.
branch-application-number = Номер
branch-application-kind = Вид
branch-application-kind-set = установление
branch-application-kind-change = изменение
branch-application-state = Состояние
branch-application-state-draft = не завершено
branch-application-state-completed = завершено
branch-application-state-cancelled = отменено
branch-application-state-expired = истекло
branch-application-drafted = Оформлено
branch-application-ended = Окончено
branch-application-signed = подписано { $day }

branch-accesses = Кто обращался
branch-accesses-hint = Этот просмотр тоже записывается.
branch-accesses-none = Пока ничего.
branch-access-at = Когда
branch-access-who = Кто
branch-access-what = Что
branch-access-outcome = Итог
branch-access-reason = Причина

branch-withdraw = Отозвать согласие
branch-withdraw-title = Уничтожить секретное слово?
branch-withdraw-text = Клиент отзывает согласие: секретное слово исчезнет навсегда, по телефону ничего не сообщат до нового заявления.
branch-withdraw-reason = Причина со слов клиента
branch-withdraw-confirm = Уничтожить секретное слово
branch-withdrawn = Секретное слово уничтожено.


branch-key-next = Следующий клиент
branch-key-print = Распечатать
branch-key-hand = Передать экран
branch-key-link = Ссылка на телефон клиента
branch-key-typed = Набрать самому
branch-key-new = Внести нового клиента
branch-key-amend = Исправить данные клиента
branch-history = История секретного слова
branch-history-none = С ним пока ничего не происходило.
branch-accesses-show = История и обращения
branch-accesses-service = сервис
