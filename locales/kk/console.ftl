# Консоль: беттің жақтауы, кіру және ортақ бөліктер.

## Жақтау

console-nav = Экрандар
console-nav-call = Қоңырау
console-nav-branch = Бөлімше
console-nav-today = Бүгін
console-nav-signals = Сигналдар
console-nav-audit = Аудит
console-nav-staff = Қызметкерлер
console-nav-branches = Бөлімшелер
console-nav-services = Сервистер
console-nav-webhooks = Вебхуктар
console-no-screens = Бұл бетте сіздің рөліңізге арналған экран жоқ.

console-role-call-center = байланыс орталығының маманы
console-role-branch = бөлімше маманы
console-role-supervisor = аға маман
console-role-auditor = аудитор
console-role-admin = әкімші
console-role-loan-system = қызметтік есептік жазба

console-language = Тіл
console-theme = Көрініс
console-theme-system = Жүйедегідей
console-theme-light = Ашық
console-theme-dark = Күңгірт
console-theme-contrast = Жоғары контраст
console-skip = Мазмұнға өту
console-sign-out = Шығу

## Пернелер

console-keys = пернелер
console-keys-title = Осы экранның пернелері
console-key-help = Пернелерді көрсету
console-key-go-on = Жұмысты жалғастыру: қайта кіру

## Кіру

console-sign-in = Кіру
console-sign-in-do = Кіру
console-sign-in-other = Басқа логинмен кіру
console-login = Логин
console-login-missing = Логинді енгізіңіз.
console-password = Құпиясөз
console-password-missing = Құпиясөзді енгізіңіз.
console-password-of = Құпиясөз: { $name }
console-starting = Қосылып жатырмыз. Сервер жауап бергенде бет өзі жалғасады.
console-out-here = Сіз шықтыңыз.
console-out-other-tab = Сіз басқа қойындыда шықтыңыз.

## Алғашқы құпиясөз

console-first-password = Өз құпиясөзіңізді ойлап табыңыз
console-first-password-do = Бір реттік құпиясөз тек алғашқы кіруге жарайды. Жұмысты бастау үшін оны ауыстырыңыз.
console-one-time-password = Бір реттік құпиясөз
console-new-password = Жаңа құпиясөз
console-new-password-hint = Кемінде 12 таңба, құрамында логин болмауы керек. Бір-бірімен байланысы жоқ үш-төрт сөз алған дұрыс.
console-new-password-short = Құпиясөзде кемінде 12 таңба болуы керек.
console-new-password-again = Жаңа құпиясөз тағы бір рет
console-new-password-differs = Құпиясөздер сәйкес келмейді: қайта енгізіңіз.
console-new-password-do = Құпиясөзді сақтау

## Сеанстың аяқталуы

console-ending = Сеанстың аяқталуына қалғаны:
console-ending-do = Жұмыс үзілмеуі үшін қайта кіріңіз. Енгізілгеннің бәрі сақталады.
console-go-on = Қайта кіру
console-renew = Қайта кіру
console-renew-do = Кірген соң жаңа сеанс басталады. Енгізілгеннің бәрі экранда қалады.
console-later = Кейінірек
console-ended = Сеанс аяқталды
console-ended-do = Қайта кіріңіз. Енгізілгеннің бәрі экранда қалды, тек құпия сөзді қайта енгізу керек.
console-back = Бетті қызметкерге қайтару
console-back-do = Жұмысты жалғастыру үшін қызметкер өз құпиясөзін енгізеді.
console-back-cancel = Клиентке қайту

## Ортақ бөліктер

console-cancel = Болдырмау
console-close = Жабу
console-copy = Көшіру:
console-copied = Көшірілді
console-retry = Қайталау
console-request-id = Қолдау қызметіне арналған сұраныс нөмірі:
console-field-error = Қате:
console-layout = Пернетақта тілі
console-caps-lock = Caps Lock
console-show = Енгізілгенді көрсету
console-loading = Жүктелуде…
console-empty = Ештеңе жоқ.
console-steps = Қадамдар
console-step-done = (дайын)

## Күту

console-waiting-network = Сервермен байланыс жоқ. Сұраныс сол кілтпен қайталанады, екінші рет есептелмейді.
console-waiting-busy = Сервер бос емес. Сұраныс есептелмеді.
console-waiting-limit = Сұраныс тым көп. Бұл сұраныс есептелмеді.
console-waiting-again = { $seconds } с кейін қайталанады
console-waiting-now = Қазір қайталау
console-waiting-stop = Қайталамау

## Қателер

console-fault = Бетте қате шықты
console-fault-do = «Қайталау» түймесін басыңыз. Көмектеспесе, бетті F5 пернесімен жаңартыңыз.
console-screen-missing = Экран жүктелмеді
console-problem-again = Қайталауға болатын уақытқа қалғаны:
console-problem-network = Сервермен байланыс жоқ
console-problem-network-do = Желіні тексеріп, қайталаңыз. Енгізілгеннің бәрі сақталды.
console-problem-session = Сеанс аяқталды
console-problem-session-do = Сұраныс орындалмады. Кірген соң құпия сөзді қайта енгізіп, қайталаңыз.
console-problem-credentials = Кіру мүмкін болмады
console-problem-credentials-do = Логин немесе құпиясөз қате. Пернетақта тілі мен Caps Lock пернесін тексеріңіз. Жаңа құпиясөзді әкімші береді.
console-problem-forbidden = Рұқсат жоқ
console-problem-forbidden-do = Сіздің рөліңізге бұл әрекетке рұқсат берілмеген. Жұмысқа қажет болса, әкімшіге хабарласыңыз.
console-problem-limit = Сұраныс тым көп
console-problem-limit-do = Сұраныс есептелмеді. Біраз күтіп, қайталаңыз.
console-problem-busy = Сервер бос емес
console-problem-busy-do = Сұраныс есептелмеді. Сәл күтіп, қайталаңыз.
console-problem-away = Сервис уақытша қолжетімсіз
console-problem-away-do = Енгізілгеннің бәрі сақталды. Бір минуттан кейін қайталаңыз; көмектеспесе, қолдау қызметіне сұраныс нөмірін айтыңыз.
console-problem-fault = Сервер қатесі
console-problem-fault-do = Қайталап көріңіз. Қате жойылмаса, қолдау қызметіне сұраныс нөмірін айтыңыз.
console-problem-input = Енгізілгенді тексеріңіз
console-problem-input-do = Белгіленген өрістерді түзетіп, қайта жіберіңіз.
