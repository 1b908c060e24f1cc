# Страница, на которой клиент набирает секретное слово: /enter/ и передача устройства в отделении.
enter-page-title = Ваше секретное слово
enter-application = Заявление { $number }
enter-language = Язык

enter-title-first = Наберите секретное слово
enter-title-second = Наберите ещё раз
enter-lead-first-client = Вы будете называть его по телефону. Достаточно трёх слов, и никто другой их не увидит.
enter-lead-first-staff = Наберите точно то, что говорит клиент. Следите, чтобы никто другой не услышал.
enter-lead-second-client = Те же слова — чтобы исключить опечатку.
enter-lead-second-staff = Те же слова ещё раз — чтобы исключить опечатку.
enter-next = Далее
enter-finish = Готово
enter-restart = Начать заново
enter-show = Показать
enter-hide = Скрыть

enter-strength = Надёжность
enter-strength-empty = пока ничего не набрано
enter-strength-weak = пока недостаточно
enter-strength-good = хорошо
enter-strength-best = отлично
enter-advice-empty = Лучше всего три обычных слова, никак не связанных между собой.
enter-advice-short = Хорошее начало. Добавьте ещё одно слово.
enter-advice-good = Хорошо. Добавите ещё одно слово — будет отлично.
enter-advice-best = Отлично.
enter-advice-second = Если не помните, начните заново и возьмите слова, которые запомните.

enter-suggestions = Например
enter-suggestions-more = другие слова

enter-keys = Клавиши на экране
enter-keys-on = Показать клавиши на экране
enter-keys-off = Убрать клавиши
enter-keys-layout = Буквы: { $layout }
enter-keys-space = пробел
enter-keys-erase = стереть

enter-trouble-differ = Слова не совпали. Наберите ещё раз или начните заново.
enter-trouble-wait = Сервис занят. Подождите несколько секунд и снова нажмите «Готово».
enter-waiting = Нет связи, или сервис занят. Отправим ещё раз сами.
enter-trouble-unanswered = Нет связи. Ничего не потеряно: нажмите «Готово» ещё раз чуть позже.

enter-code-title = Введите код
enter-code-lead = Он на экране специалиста, который вас обслуживает.
enter-code-label = Код
enter-code-hint = 10 букв и цифр, например K7M2P-X4R9T
enter-code-open = Продолжить
enter-code-short = В коде 10 букв и цифр. Посмотрите на него ещё раз.
enter-code-bad = Код не подходит или уже использован. Проверьте каждую букву или попросите у специалиста новый код.
enter-code-tries = Слишком много попыток. Подождите { $wait } и попробуйте снова или попросите у специалиста новый код.
enter-code-unanswered = Нет связи. Проверьте, есть ли на телефоне интернет, и попробуйте снова.
enter-code-busy = Сервис занят. Попробуйте через несколько секунд.

enter-opening = Одну минуту…
enter-left = осталось { $time }
enter-left-soon = Осталось меньше двух минут.

enter-done-title = Готово
enter-done-set = Ваше секретное слово установлено.
enter-done-change = Ваше секретное слово изменено. Прежнее больше не действует.
enter-done-remember = Называйте его, только когда звоните нам сами. В сообщениях и письмах мы его никогда не спрашиваем.
enter-done-close = Страницу можно закрыть.
enter-done-give-back = Пожалуйста, верните устройство специалисту.

enter-over-expired-title = Время вышло
enter-over-expired = Прошло десять минут. Секретное слово не установлено, набранное нигде не сохранено.
enter-over-ended-title = Ссылка больше не действует
enter-over-ended = Она уже использована, или создана более новая. Если вы ещё не закончили, попросите у специалиста новую ссылку.
enter-over-ask = Попросите у специалиста новую ссылку или код.
enter-over-code = У меня есть новый код

enter-staff = Я специалист
enter-keys-digits = Цифры
enter-caps-lock = Включён Caps Lock
