//! Every problem's code, status, and words in Kazakh, Russian and English.

use actix_web::http::StatusCode;

use crate::domain::language::Language;

macro_rules! codes {
    ($($variant:ident = $name:literal, $status:ident, [$kk_title:literal, $kk:literal], [$ru_title:literal, $ru:literal], [$en_title:literal, $en:literal];)+) => {
        /// A problem's stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(
                #[doc = $en]
                $variant,
            )+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word of the contract.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The HTTP status that it goes with.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }
        }

        /// The title and the detail of a code.
        #[must_use]
        pub fn words(code: Code, language: Language) -> (&'static str, &'static str) {
            match (code, language) {
                $(
                    (Code::$variant, Language::Kk) => ($kk_title, $kk),
                    (Code::$variant, Language::Ru) => ($ru_title, $ru),
                    (Code::$variant, Language::En) => ($en_title, $en),
                )+
            }
        }
    };
}

codes! {
    MalformedJson = "malformed_json", BAD_REQUEST,
        ["JSON қате", "Сұраудың денесі JSON емес."],
        ["Неверный JSON", "Тело запроса не является JSON."],
        ["Malformed JSON", "The body of the request is not JSON."];
    WrongType = "wrong_type", BAD_REQUEST,
        ["Түрі сәйкес емес", "Өрістің JSON түрі басқа."],
        ["Неверный тип", "У поля другой тип JSON."],
        ["Wrong type", "A field has another JSON type."];
    UnknownField = "unknown_field", BAD_REQUEST,
        ["Белгісіз өріс", "Мұнда мұндай өріс жоқ."],
        ["Неизвестное поле", "Такого поля здесь нет."],
        ["Unknown field", "There is no such field here."];
    UnknownParameter = "unknown_parameter", BAD_REQUEST,
        ["Белгісіз параметр", "Мұнда мұндай параметр жоқ немесе ол екі рет берілген."],
        ["Неизвестный параметр", "Такого параметра здесь нет, или он задан дважды."],
        ["Unknown parameter", "There is no such parameter here, or it is given twice."];
    BadRequest = "bad_request", BAD_REQUEST,
        ["Сұрау қате", "Сұрауды оқу мүмкін емес."],
        ["Неверный запрос", "Запрос нельзя прочесть."],
        ["Bad request", "The request cannot be read."];
    Unauthenticated = "unauthenticated", UNAUTHORIZED,
        ["Кіру қажет", "Жарамды кіру таңбалауышы керек."],
        ["Нужен вход", "Нужен действующий токен доступа."],
        ["Sign in first", "A valid access token is needed."];
    BadCredentials = "bad_credentials", UNAUTHORIZED,
        ["Кіру мүмкін болмады", "Логин немесе құпиясөз дұрыс емес."],
        ["Войти не удалось", "Неверный логин или пароль."],
        ["Could not sign in", "The login or the password is not right."];
    Forbidden = "forbidden", FORBIDDEN,
        ["Рұқсат жоқ", "Бұл рөлге бұл әрекетке рұқсат жоқ."],
        ["Нельзя", "Этой роли это действие не разрешено."],
        ["Not allowed", "This role may not do that."];
    PasswordChangeRequired = "password_change_required", FORBIDDEN,
        ["Құпиясөзді ауыстырыңыз", "Бір реттік құпиясөзді алдымен өзіңіздікіне ауыстырыңыз."],
        ["Смените пароль", "Сначала смените одноразовый пароль на свой."],
        ["Change the password", "Change the one-time password to one of your own first."];
    NotVerified = "not_verified", FORBIDDEN,
        ["Тексерілмеген", "Бұл тексеру сәтті болмаған."],
        ["Не подтверждено", "Эта проверка не была успешной."],
        ["Not verified", "This verification was not successful."];
    NotFound = "not_found", NOT_FOUND,
        ["Табылмады", "Мұндай ештеңе жоқ."],
        ["Не найдено", "Такого нет."],
        ["Not found", "There is no such thing."];
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED,
        ["Әдіс жарамайды", "Бұл мекенжайда мұндай әдіс жоқ."],
        ["Метод не подходит", "У этого адреса нет такого метода."],
        ["Method not allowed", "This address has no such method."];
    NotAcceptable = "not_acceptable", NOT_ACCEPTABLE,
        ["Мұндай түрде жауап жоқ", "Сұралған түрде жауап берілмейді."],
        ["Нет ответа в таком виде", "В запрошенном виде ответа нет."],
        ["Not acceptable", "There is no answer of the kind asked for."];
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT,
        ["Уақыт бітті", "Сұрау уақытында жетпеді."],
        ["Время вышло", "Запрос не пришёл вовремя."],
        ["Timed out", "The request did not arrive in time."];
    ClientNumberTaken = "client_number_taken", CONFLICT,
        ["Нөмір бос емес", "Бұл нөмірмен басқа клиент бар."],
        ["Номер занят", "С этим номером есть другой клиент."],
        ["Number taken", "Another client has this number."];
    LoginTaken = "login_taken", CONFLICT,
        ["Логин бос емес", "Бұл логинмен басқа қызметкер бар."],
        ["Логин занят", "С этим логином есть другой сотрудник."],
        ["Login taken", "Another member of staff has this login."];
    BranchCodeTaken = "branch_code_taken", CONFLICT,
        ["Код бос емес", "Бұл кодпен басқа бөлімше бар."],
        ["Код занят", "С этим кодом есть другое отделение."],
        ["Code taken", "Another branch has this code."];
    ApplicationAlreadyOpen = "application_already_open", CONFLICT,
        ["Өтініш ашық тұр", "Бұл клиенттің басқа өтініші ашық: оны аяқтаңыз немесе жойыңыз."],
        ["Заявление уже открыто", "У клиента открыто другое заявление: завершите или отмените его."],
        ["Application already open", "Another application of this client is open: complete or cancel it."];
    ApplicationNotOpen = "application_not_open", CONFLICT,
        ["Өтініш ашық емес", "Өтініш аяқталған, жойылған немесе мерзімі өткен."],
        ["Заявление не открыто", "Заявление завершено, отменено или истекло."],
        ["Application not open", "The application is completed, cancelled or expired."];
    NoPassphrase = "no_passphrase", CONFLICT,
        ["Құпия сөз жоқ", "Бұл клиенттің құпия сөзі жоқ."],
        ["Нет секретного слова", "У клиента нет секретного слова."],
        ["No passphrase", "This client has no passphrase."];
    NotLocked = "not_locked", CONFLICT,
        ["Құлыпталмаған", "Уақытша құлып жоқ."],
        ["Не заблокировано", "Временной блокировки нет."],
        ["Not locked", "No timed lock holds."];
    LastAdmin = "last_admin", CONFLICT,
        ["Соңғы әкімші", "Жұмыс істейтін соңғы әкімшіні алып тастауға болмайды."],
        ["Последний администратор", "Последнего действующего администратора убрать нельзя."],
        ["Last admin", "The last active admin cannot be taken away."];
    TooManyWebhooks = "too_many_webhooks", CONFLICT,
        ["Қабылдаушы тым көп", "Тіркелген вебхук қабылдаушылар саны шегіне жетті: артығын жойыңыз."],
        ["Слишком много получателей", "Получателей вебхуков уже предельное число: удалите лишнего."],
        ["Too many receivers", "There are as many receivers of webhooks as there may be: remove one."];
    RequestInProgress = "request_in_progress", CONFLICT,
        ["Сұрау орындалуда", "Осы кілтпен сұрау әлі орындалып жатыр."],
        ["Запрос выполняется", "Запрос с этим ключом ещё выполняется."],
        ["Request in progress", "A request with this key is still running."];
    VerificationOver = "verification_over", GONE,
        ["Тексеру аяқталды", "Тексеру мерзімі бітті немесе жабылды: клиентті қайта тексеріңіз."],
        ["Проверка окончена", "Проверка истекла или закрыта: проверьте клиента снова."],
        ["Verification over", "The verification expired or was closed: verify the client again."];
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE,
        ["Тым үлкен", "Сұраудың денесі тым үлкен: жүйеге кіргенде 16 КиБ-қа дейін, басқа жағдайда 1 МиБ-қа дейін."],
        ["Слишком велико", "Тело запроса слишком велико: при входе допускается до 16 КиБ, в остальных случаях до 1 МиБ."],
        ["Too large", "The body of the request is too large: 16 KiB are taken at sign-in, 1 MiB elsewhere."];
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE,
        ["Түрі қолданылмайды", "Дененің түрі басқа: JSON application/json деп, топтама application/x-ndjson деп, жай немесе gzip-пен қапталып жіберіледі."],
        ["Неподдерживаемый тип", "Тело другого типа: JSON посылают как application/json, пакет строк как application/x-ndjson, без упаковки или в gzip."],
        ["Unsupported media type", "The body is of another type: JSON is sent as application/json, a batch as application/x-ndjson, plain or packed with gzip."];
    InvalidInput = "invalid_input", UNPROCESSABLE_ENTITY,
        ["Деректер қате", "Көрсетілген өрістерді түзетіңіз."],
        ["Неверные данные", "Исправьте указанные поля."],
        ["Invalid input", "Mend the fields that are named."];
    PassphraseRefused = "passphrase_refused", UNPROCESSABLE_ENTITY,
        ["Құпия сөз әлсіз", "Құпия сөзді табу оңай: басқасын таңдаңыз."],
        ["Слабое секретное слово", "Секретное слово легко угадать: выберите другое."],
        ["Passphrase refused", "The passphrase is too easily guessed: choose another."];
    PassphrasesDiffer = "passphrases_differ", UNPROCESSABLE_ENTITY,
        ["Екі енгізу әртүрлі", "Құпия сөздің екі енгізуі сәйкес келмейді."],
        ["Вводы различаются", "Два ввода секретного слова не совпадают."],
        ["Passphrases differ", "The two entries of the passphrase are not the same."];
    UnknownClient = "unknown_client", UNPROCESSABLE_ENTITY,
        ["Белгісіз клиент", "Мұндай клиент жоқ."],
        ["Неизвестный клиент", "Такого клиента нет."],
        ["Unknown client", "There is no such client."];
    IdempotencyKeyInvalid = "idempotency_key_invalid", UNPROCESSABLE_ENTITY,
        ["Кілт жарамсыз", "Idempotency-Key 1-ден 128-ге дейін басылатын таңба болады."],
        ["Неверный ключ", "Idempotency-Key содержит от 1 до 128 печатных знаков."],
        ["Invalid key", "An Idempotency-Key is 1 to 128 printable characters."];
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY,
        ["Кілт қолданылған", "Осы кілтпен басқа сұрау жіберілген."],
        ["Ключ уже использован", "С этим ключом уже посылали другой запрос."],
        ["Key reused", "Another request was sent with this key."];
    RateLimited = "rate_limited", TOO_MANY_REQUESTS,
        ["Тым жиі", "Шек таусылды: Retry-After уақытынан кейін қайталаңыз."],
        ["Слишком часто", "Предел исчерпан: повторите после Retry-After."],
        ["Too many", "The quota is used up: try again after Retry-After."];
    Internal = "internal", INTERNAL_SERVER_ERROR,
        ["Ішкі ақау", "Қызметте ақау болды; request_id арқылы хабарлаңыз."],
        ["Внутренняя ошибка", "В сервисе сбой; сообщите request_id."],
        ["Internal fault", "Something failed here; report the request_id."];
    Overloaded = "overloaded", SERVICE_UNAVAILABLE,
        ["Кезек толы", "Сұрау тым көп: Retry-After уақытынан кейін қайталаңыз. Әрекет есептелген жоқ."],
        ["Очередь полна", "Слишком много запросов: повторите после Retry-After. Попытка не засчитана."],
        ["Overloaded", "Too much to do at once: try again after Retry-After. No attempt was counted."];
    Unavailable = "unavailable", SERVICE_UNAVAILABLE,
        ["Қызмет уақытша қолжетімсіз", "Қызмет қазір жауап бере алмайды: сәл кейінірек қайталаңыз."],
        ["Временно недоступно", "Сервис сейчас не может ответить: повторите чуть позже."],
        ["Unavailable", "The service cannot answer at the moment: try again shortly."];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_words_of_its_own_in_each_language() {
        for code in Code::ALL {
            let [kk, ru, en] = Language::ALL.map(|language| words(*code, language));
            assert!(kk != ru && ru != en && kk != en, "{}", code.name());
            assert!(!kk.1.is_empty() && !ru.1.is_empty() && !en.1.is_empty());
        }
    }

    #[test]
    fn no_two_problems_share_a_code() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
