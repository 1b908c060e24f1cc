# Қызметкерлер, бөлімшелер, қызметтік есептік жазбалар және вебхуктар.

admin-save = Сақтау
admin-refresh = Жаңарту
admin-actions = Әрекеттер

# Қызметкерлер
admin-staff-title = Қызметкерлер
admin-staff-new = Жаңа қызметкер
admin-staff-find = Аты, логині немесе бөлімшесі
admin-staff-role = Рөлі
admin-staff-any-role = Кез келген рөл
admin-staff-login = Логин
admin-staff-login-hint = Латын әріптері, цифрлар, нүкте, дефис. Кейін өзгертуге болмайды.
admin-staff-name = Аты-жөні
admin-staff-branch = Бөлімше
admin-staff-no-branch = Бөлімшесіз
admin-staff-branch-hint = Бөлімше маманы үшін міндетті.
admin-staff-status = Күйі
admin-staff-since = Енгізілген
admin-staff-first-password = өз құпиясөзін әлі таңдаған жоқ
admin-staff-empty = Мұндай қызметкер жоқ.
admin-staff-shown = { $count } қызметкер көрсетілді
admin-staff-you = сіз
admin-staff-enter = Енгізіп, құпиясөз жасау
admin-staff-entered = { $name } енгізілді
admin-staff-changed = Сақталды.
admin-staff-sessions-end = Бұл қызметкердің барлық сеансы бірден аяқталады.
admin-staff-disable = Өшіру
admin-staff-disable-title = { $name } өшірілсін бе?
admin-staff-disable-what = { $login } енді жүйеге кіре алмайды, ашық сеанстарының бәрі бірден аяқталады, жүріп жатқан қоңыраулары үзіледі. Істегені аудитте қалады.
admin-staff-enable = Қосу
admin-staff-enable-title = { $name } қосылсын ба?
admin-staff-enable-what = { $login } бұрынғы құпиясөзімен қайта кіре алады.
admin-staff-reset = Жаңа бір реттік құпиясөз
admin-staff-reset-title = { $name } үшін жаңа бір реттік құпиясөз жасалсын ба?
admin-staff-reset-what = { $login } логинінің бұрынғы құпиясөзі жарамай қалады, ашық сеанстарының бәрі бірден аяқталады.
admin-staff-reset-do = Жаңа құпиясөз жасау
admin-staff-last-admin = { $name } – жұмыс істейтін соңғы әкімші. Онсыз қызметкер енгізетін ешкім қалмайды: алдымен бұл рөлді басқа біреуге беріңіз.
admin-staff-login-taken = «{ $login }» логині бос емес. Басқасын таңдаңыз, мысалы { $login }2.
admin-staff-self = Бұл – өз есептік жазбаңыз: сіздің сеансыңыз да аяқталады.

admin-status-active = жұмыс істейді
admin-status-disabled = өшірілген

# Бір рет көрсетіледі
admin-secret-once = Бір рет қана көрсетіледі. Қазір көшіріп алыңыз: қайта көрсету мүмкін емес, тек жаңасын жасауға болады.
admin-secret-password = Бір реттік құпиясөз
admin-secret-password-next = Қолына беріңіз: { $name }. 72 сағат жарамды, алғаш кіргенде өзінікіне ауыстырылады.
admin-secret-client-id = Client id
admin-secret-client-secret = Құпия кілт
admin-secret-service-next = Екеуін де сол бағдарламаның баптауына жазыңыз, басқа еш жерге жазбаңыз.
admin-secret-webhook = Қолтаңба кілті
admin-secret-webhook-next = Оны қабылдаушының баптауына жазыңыз: ол әр хабарды осы кілтпен тексереді.
admin-secret-lost = Жауап жолда жоғалды, сондықтан құпия мәнді көрсету мүмкін емес. Жаңасын жасаңыз.
admin-secret-kept = Бердім, жабу

# Бөлімшелер
admin-branches-title = Бөлімшелер
admin-branches-new = Жаңа бөлімше
admin-branches-code = Коды
admin-branches-code-hint = Латын әріптері, цифрлар, дефис, мысалы ALA-1. Өтініш нөмірлерінде тұрады, кейін өзгертуге болмайды.
admin-branches-name = Атауы
admin-branches-name-hint = Клиенттер білетін атауы, әдетте көшесі.
admin-branches-city = Қала
admin-branches-since = Ашылған
admin-branches-empty = Әзірге бөлімше жоқ.
admin-branches-shown = { $count } бөлімше көрсетілді
admin-branches-open = Бөлімше ашу
admin-branches-opened = { $code } бөлімшесі ашылды.
admin-branches-code-taken = «{ $code }» бөлімшесі бұрыннан бар.

# Қызметтік есептік жазбалар
admin-services-title = Қызметтік есептік жазбалар
admin-services-lead = Қызметтік есептік жазба – жүйеге өзі кіретін бағдарлама: несиелік жүйе клиенттер мен микрокредиттерді осымен жібереді.
admin-services-new = Жаңа қызметтік есептік жазба
admin-services-client-id = Client id
admin-services-client-id-hint = Латын әріптері, цифрлар, нүкте, дефис. Кейін өзгертуге болмайды.
admin-services-name = Не үшін керек
admin-services-empty = Әзірге қызметтік есептік жазба жоқ.
admin-services-shown = { $count } қызметтік есептік жазба көрсетілді
admin-services-enter = Енгізіп, кілт жасау
admin-services-entered = { $name } енгізілді
admin-services-reset = Жаңа құпия кілт
admin-services-reset-title = { $name } үшін жаңа құпия кілт жасалсын ба?
admin-services-reset-what = { $login } бұрынғы кілті жарамай қалады, таңбалауыштары бірден аяқталады. Бағдарлама жаңа кілтті алғанша дерек келмейді.
admin-services-reset-do = Жаңа кілт жасау
admin-services-disable-title = { $name } өшірілсін бе?
admin-services-disable-what = { $login } енді ештеңе жібере алмайды, таңбалауыштары бірден аяқталады. Микрокредит деректері ескіре бастайды.
admin-services-enable-title = { $name } қосылсын ба?
admin-services-enable-what = { $login } бұрынғы кілтімен қайта кіре алады.

# Вебхуктар
admin-webhooks-title = Вебхуктар
admin-webhooks-lead = Қабылдаушы – құпия сөз өзгергені немесе микрокредиттер оқылғаны хабарланатын басқа жүйе. Хабарда идентификаторлар ғана болады.
admin-webhooks-new = Жаңа қабылдаушы
admin-webhooks-back = Барлық қабылдаушы
admin-webhooks-url = Мекенжайы
admin-webhooks-url-hint = https, сервиске қолжетімді, ішінде аты мен құпиясөзі жоқ.
admin-webhooks-description = Не үшін керек
admin-webhooks-events = Қай оқиғалар
admin-webhooks-all-events = Барлық оқиға
admin-webhooks-some-events = Тек мыналар
admin-webhooks-no-events = Кемінде бір оқиға таңдаңыз.
admin-webhooks-status = Күйі
admin-webhooks-since = Тіркелген
admin-webhooks-because-admin = әкімші өшірген
admin-webhooks-because-gone = өшірілген: қабылдаушы 410 деп жауап берді (мекенжай енді жоқ)
admin-webhooks-empty = Әзірге қабылдаушы жоқ.
admin-webhooks-shown = { $count } қабылдаушы көрсетілді
admin-webhooks-register = Тіркеп, кілт жасау
admin-webhooks-registered = Қабылдаушы тіркелді
admin-webhooks-change = Өзгерту
admin-webhooks-changed = Сақталды.
admin-webhooks-disable-title = Қабылдаушы өшірілсін бе?
admin-webhooks-disable-what = { $url } өшірулі кезде оған ештеңе жазылмайды, сол аралықта болған оқиға кейін де жіберілмейді. Күтіп тұрған хабарлар сақталады.
admin-webhooks-disable = Өшіру
admin-webhooks-enable-title = Қабылдаушы қосылсын ба?
admin-webhooks-enable-what = { $url } осы сәттен бастап болған оқиғаны алады, күтіп тұрғаны бірден жіберіледі.
admin-webhooks-enable = Қосу
admin-webhooks-remove-title = Қабылдаушы жойылсын ба?
admin-webhooks-remove-what = { $url } енді ешқашан шақырылмайды. Күтіп тұрған және жеткізілмеген хабарлары мен кілттері жойылады. Мұны қайтару мүмкін емес.
admin-webhooks-remove = Жою
admin-webhooks-removed = Қабылдаушы жойылды.
admin-webhooks-secrets = Қолтаңба кілттері
admin-webhooks-secret-current = { $since } бастап қол қояды
admin-webhooks-secret-old = { $until } дейін бірге қол қояды
admin-webhooks-rotate = Жаңа кілт
admin-webhooks-rotate-title = Жаңа қолтаңба кілті жасалсын ба?
admin-webhooks-rotate-what = Біраз уақыт хабарға екі кілтпен де қол қойылады (баптауда басқаша болмаса, 24 сағат), содан кейін бұрынғысы жойылады. Соған дейін жаңасын қабылдаушының баптауына жазыңыз.
admin-webhooks-rotate-do = Жаңа кілт жасау
admin-webhooks-rotated = Жаңа кілт жасалды

admin-event-passphrase-set = құпия сөз орнатылды
admin-event-passphrase-changed = құпия сөз ауыстырылды
admin-event-passphrase-locked = уақытша құлып
admin-event-passphrase-disabled = құпия сөз өшірілді
admin-event-passphrase-blocked = құпия сөз бұғатталды
admin-event-passphrase-destroyed = құпия сөз жойылды
admin-event-inquiry-made = микрокредиттер оқылды

# Жеткізу
admin-deliveries-title = Жеткізілімдер
admin-deliveries-which = Көрсету
admin-deliveries-all = Бәрі
admin-deliveries-written = Жазылған уақыты
admin-deliveries-event = Оқиға
admin-deliveries-state = Күйі
admin-deliveries-attempts = Әрекет саны
admin-deliveries-last = Соңғы әрекет
admin-deliveries-next = Келесі әрекет
admin-deliveries-empty = Бұл қабылдаушыға әлі ештеңе жіберілген жоқ.
admin-deliveries-empty-filtered = Мұндай жеткізілім жоқ.
admin-deliveries-shown = { $count } жеткізілім көрсетілді
admin-delivery-pending = күтуде
admin-delivery-delivered = жеткізілді
admin-delivery-dead = жеткізілмеді
admin-delivery-answered = жауап { $status }
admin-delivery-address_not_allowed = мекенжайға рұқсат жоқ
admin-delivery-timed_out = уақытында жауап болмады
admin-delivery-not_connected = байланыс жоқ
admin-delivery-broken_off = байланыс үзілді
admin-delivery-replay = Қайта жіберу
admin-delivery-replayed = Қайта жіберілуде.
admin-deliveries-replay-dead = Жеткізілмегенін қайта жіберу
admin-deliveries-replay-title = Жеткізілмеген хабарлар қайта жіберілсін бе?
admin-deliveries-replay-what = { $url } үшін он рет жеткізілмей қалған хабарлардың бәрі ескісінен бастап қайта жіберіледі. Қайталанғанын қабылдаушы «webhook-id» бойынша таниды.
admin-deliveries-replay-since = Тек мына уақыттан бері жазылғаны
admin-deliveries-replay-since-hint = Бос қалса – бәрі.
admin-deliveries-replay-no-time = Уақытты былай жазыңыз: 22.11.2026 09:30, не күннің өзін ғана.
admin-deliveries-replay-do = Қайта жіберу
admin-deliveries-replayed = { $count ->
    [0] Ондай хабар жоқ.
   *[other] { $count } хабар қайта жіберілуде.
}
