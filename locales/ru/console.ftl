# Консоль: рамка страницы, вход и общие части.

## Рамка

console-nav = Экраны
console-nav-call = Звонок
console-nav-branch = Отделение
console-nav-today = Сегодня
console-nav-signals = Сигналы
console-nav-audit = Аудит
console-nav-staff = Сотрудники
console-nav-branches = Отделения
console-nav-services = Сервисы
console-nav-webhooks = Вебхуки
console-no-screens = Для вашей роли на этой странице ничего нет.

console-role-call-center = специалист контакт-центра
console-role-branch = специалист отделения
console-role-supervisor = старший специалист
console-role-auditor = аудитор
console-role-admin = администратор
console-role-loan-system = служебная учётная запись

console-language = Язык
console-theme = Оформление
console-theme-system = Как в системе
console-theme-light = Светлое
console-theme-dark = Тёмное
console-theme-contrast = Высокий контраст
console-skip = К содержанию
console-sign-out = Выйти

## Клавиши

console-keys = клавиши
console-keys-title = Клавиши этого экрана
console-key-help = Показать клавиши
console-key-go-on = Продлить работу: войти снова

## Вход

console-sign-in = Вход
console-sign-in-do = Войти
console-sign-in-other = Войти под другим логином
console-login = Логин
console-login-missing = Введите логин.
console-password = Пароль
console-password-missing = Введите пароль.
console-password-of = Пароль: { $name }
console-starting = Подключаемся. Страница продолжит сама, как только сервер ответит.
console-out-here = Вы вышли.
console-out-other-tab = Вы вышли в другой вкладке.

## Первый пароль

console-first-password = Придумайте свой пароль
console-first-password-do = Одноразовый пароль годится только для первого входа. Смените его, чтобы начать работу.
console-one-time-password = Одноразовый пароль
console-new-password = Новый пароль
console-new-password-hint = Не короче 12 символов, без логина. Лучше всего три-четыре слова, не связанных между собой.
console-new-password-short = В пароле должно быть не меньше 12 символов.
console-new-password-again = Новый пароль ещё раз
console-new-password-differs = Пароли не совпадают: введите ещё раз.
console-new-password-do = Сохранить пароль

## Конец сеанса

console-ending = Сеанс закончится через
console-ending-do = Войдите снова, чтобы не прерываться. Введённое сохранится.
console-go-on = Войти снова
console-renew = Войти снова
console-renew-do = После входа начнётся новый сеанс. Всё введённое останется на экране.
console-later = Позже
console-ended = Сеанс закончился
console-ended-do = Войдите снова. Всё введённое осталось на экране, кроме секретного слова: его нужно ввести ещё раз.
console-back = Вернуть страницу сотруднику
console-back-do = Чтобы продолжить работу, сотрудник вводит свой пароль.
console-back-cancel = Назад к клиенту

## Общие части

console-cancel = Отмена
console-close = Закрыть
console-copy = Скопировать:
console-copied = Скопировано
console-retry = Повторить
console-request-id = Номер запроса для поддержки:
console-field-error = Ошибка:
console-layout = Раскладка клавиатуры
console-caps-lock = Caps Lock
console-show = Показать введённое
console-loading = Загрузка…
console-empty = Ничего нет.
console-steps = Шаги
console-step-done = (готово)

## Ожидание

console-waiting-network = Нет связи с сервером. Запрос повторится с тем же ключом: второй раз он не засчитается.
console-waiting-busy = Сервер занят. Запрос не засчитан.
console-waiting-limit = Слишком много запросов. Запрос не засчитан.
console-waiting-again = Повтор через { $seconds } с
console-waiting-now = Повторить сейчас
console-waiting-stop = Не повторять

## Ошибки

console-fault = Ошибка на странице
console-fault-do = Нажмите «Повторить». Если не поможет, обновите страницу клавишей F5.
console-screen-missing = Не удалось загрузить экран
console-problem-again = Повторить можно через
console-problem-network = Нет связи с сервером
console-problem-network-do = Проверьте сеть и повторите. Введённое сохранилось.
console-problem-session = Сеанс закончился
console-problem-session-do = Запрос не выполнен. После входа введите секретное слово ещё раз и повторите.
console-problem-credentials = Войти не удалось
console-problem-credentials-do = Неверный логин или пароль. Проверьте раскладку и Caps Lock. Новый пароль выдаёт администратор.
console-problem-forbidden = Нет доступа
console-problem-forbidden-do = Вашей роли это действие не разрешено. Если оно нужно для работы, обратитесь к администратору.
console-problem-limit = Слишком много запросов
console-problem-limit-do = Запрос не засчитан. Сделайте паузу и повторите.
console-problem-busy = Сервер занят
console-problem-busy-do = Запрос не засчитан. Повторите чуть позже.
console-problem-away = Сервис временно недоступен
console-problem-away-do = Введённое сохранилось. Повторите через минуту; если не поможет, сообщите в поддержку номер запроса.
console-problem-fault = Ошибка сервера
console-problem-fault-do = Повторите. Если ошибка останется, сообщите в поддержку номер запроса.
console-problem-input = Проверьте введённое
console-problem-input-do = Исправьте отмеченные поля и отправьте ещё раз.
