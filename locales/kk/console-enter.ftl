# Клиент құпия сөзін теретін бет: /enter/ және бөлімшеде құрылғыны клиентке беру.
enter-page-title = Сіздің құпия сөзіңіз
enter-application = { $number } өтініші
enter-language = Тіл

enter-title-first = Құпия сөзіңізді теріңіз
enter-title-second = Тағы бір рет теріңіз
enter-lead-first-client = Оны телефонда айтасыз. Үш сөз жеткілікті, оны басқа ешкім көрмейді.
enter-lead-first-staff = Клиент не айтса, дәл соны теріңіз. Басқа ешкім естімеуін қадағалаңыз.
enter-lead-second-client = Қате кетпеуі үшін сол сөздерді қайталаңыз.
enter-lead-second-staff = Қате кетпеуі үшін сол сөздерді қайта теріңіз.
enter-next = Келесі
enter-finish = Дайын
enter-restart = Басынан бастау
enter-show = Көрсету
enter-hide = Жасыру

enter-strength = Беріктігі
enter-strength-empty = әзірге ештеңе терілмеген
enter-strength-weak = әзірге жеткіліксіз
enter-strength-good = жақсы
enter-strength-best = өте жақсы
enter-advice-empty = Бір-біріне қатысы жоқ кәдімгі үш сөз алған дұрыс.
enter-advice-short = Жақсы бастадыңыз. Тағы бір сөз қосыңыз.
enter-advice-good = Жақсы. Тағы бір сөз қоссаңыз, өте жақсы болады.
enter-advice-best = Өте жақсы.
enter-advice-second = Есіңізде болмаса, басынан бастап, есте қалатын сөздер алыңыз.

enter-suggestions = Мысалы
enter-suggestions-more = басқа сөздер

enter-keys = Экрандағы пернелер
enter-keys-on = Экрандағы пернелерді көрсету
enter-keys-off = Пернелерді жасыру
enter-keys-layout = Әріптер: { $layout }
enter-keys-space = бос орын
enter-keys-erase = өшіру

enter-trouble-differ = Екеуі бірдей емес. Тағы бір рет теріңіз немесе басынан бастаңыз.
enter-trouble-wait = Қызмет бос емес. Бірнеше секунд күтіп, «Дайын» түймесін қайта басыңыз.
enter-waiting = Байланыс жоқ немесе қызмет бос емес. Өзіміз қайта жібереміз.
enter-trouble-unanswered = Байланыс жоқ. Ештеңе жоғалған жоқ: сәлден соң «Дайын» түймесін қайта басыңыз.

enter-code-title = Кодты теріңіз
enter-code-lead = Ол сізге қызмет көрсетіп отырған маманның экранында тұр.
enter-code-label = Код
enter-code-hint = 10 әріп пен сан, мысалы K7M2P-X4R9T
enter-code-open = Жалғастыру
enter-code-short = Кодта 10 әріп пен сан болады. Тағы бір рет қараңыз.
enter-code-bad = Код сәйкес келмейді немесе қолданылып қойған. Әр әрпін тексеріңіз немесе маманнан жаңа код сұраңыз.
enter-code-tries = Тым көп әрекет жасалды. { $wait } күтіп, қайталаңыз немесе маманнан жаңа код сұраңыз.
enter-code-unanswered = Байланыс жоқ. Телефонда интернет бар-жоғын тексеріп, қайталаңыз.
enter-code-busy = Қызмет бос емес. Бірнеше секундтан кейін қайталаңыз.

enter-opening = Бір сәт…
enter-left = { $time } қалды
enter-left-soon = Екі минуттан аз уақыт қалды.

enter-done-title = Дайын
enter-done-set = Құпия сөзіңіз орнатылды.
enter-done-change = Құпия сөзіңіз өзгертілді. Бұрынғысы енді жарамайды.
enter-done-remember = Оны тек бізге өзіңіз қоңырау шалғанда айтыңыз. Біз оны хабарламада да, хатта да ешқашан сұрамаймыз.
enter-done-close = Бетті жабуға болады.
enter-done-give-back = Құрылғыны маманға қайтарып беріңіз.

enter-over-expired-title = Уақыт бітті
enter-over-expired = Он минут өтті. Құпия сөз орнатылған жоқ, терген сөздеріңіз еш жерде сақталмады.
enter-over-ended-title = Сілтеме енді жарамайды
enter-over-ended = Ол қолданылып қойған немесе жаңасы жасалған. Әлі аяқтамаған болсаңыз, маманнан жаңа сілтеме сұраңыз.
enter-over-ask = Маманнан жаңа сілтеме немесе код сұраңыз.
enter-over-code = Менде жаңа код бар

enter-staff = Мен — маманмын
enter-keys-digits = Сандар
enter-caps-lock = Caps Lock қосулы
