# Қоңырау экраны.

call-title = Қоңырау

## Қоңырау және қоңырау шалушы

call-id = Қоңырау
call-id-exchange = АТС-тан
call-id-typed = қолмен
call-id-made = авто
call-caller = Телефон, клиент нөмірі немесе билет
call-kind-phone = телефон
call-kind-client = клиент нөмірі
call-kind-ticket = билет
call-kind-wrong = нөмір емес
call-searching = Ізделуде…
call-not-found = Бұл нөмірмен ешкім табылмады. Қайталауын немесе басқа нөмір айтуын сұраңыз.
call-caller-wrong = Бұл телефон да, нөмір де емес. Телефонды, клиент нөмірін немесе билетті енгізіңіз.
call-several = Бұл нөмірде { $count } клиент бар. Аты-жөнін сұраңыз.
call-found = Клиент табылды
call-client = Клиент
call-masked = Расталғанша жасырулы

## Сөздің күйі

call-word-set = сөз { $date } орнатылған
call-state-locked = құлыптаулы, ашылуы: { $time }
call-state-disabled = сөз өшірілген
call-state-blocked = сөз бұғатталған
call-state-unset = сөз орнатылмаған

## Сөз

call-word = Құпия сөз
call-word-empty = Клиент айтқан сөзді енгізіңіз.
call-word-refused = Салыстыратын ештеңе жоқ. Сөздің өзін енгізіңіз.
call-word-again = Сессия аяқталған еді, әрекет есептелген жоқ. Сөзді қайта енгізіңіз.
call-attempts-left = { $count } әрекет қалды
call-attempts-last = Соңғы әрекет: одан кейін құлыпталады
call-attempts-failed = Қате әрекет: { $count }
call-show = басып тұрғанда көрінеді
call-mixed = бір сөзде екі әліпби
call-check = Тексеру
call-checking = Тексерілуде…

## Жауап

call-verified = Расталды
call-rejected = Сөз дұрыс емес
call-locked = Уақытша құлып
call-disabled = Өшірілген
call-blocked = Бұғатталған
call-unset = Сөз орнатылмаған
call-verified-do = Микрокредиттер туралы айтуға болады.
call-rejected-do = Сөзді тағы бір рет айтуын сұраңыз.
call-locked-do = { $time } өткен соң қайта қоңырау шалуын сұраңыз. Құлыпты аға маман аша алады.
call-disabled-do = Қате әрекет тым көп болды. Құжатымен бөлімшеге шақырыңыз.
call-blocked-do = Клиенттің өзі сұраған. Жаңа сөз бөлімшеде, құжатпен орнатылады.
call-unset-do = Сөз бөлімшеде, құжатпен орнатылады. Клиентті шақырыңыз.
call-time-left = қалды
call-lock-left = құлып ашылғанша
call-lock-over = Құлып ашылды: сөзді қайта тексеруге болады.
call-say-other = Бұл сөйлем бір тілде ғана бар, келесісі таңдалған тілде болады.
call-in-kk = қазақша
call-in-ru = орысша

## Күту және қателер

call-too-long = Есептелген жоқ. { $time } өткен соң қайталаңыз.

## Микрокредиттер

call-loans = Микрокредиттер
call-loans-none = Ашық микрокредит жоқ
call-loans-count = { $count } микрокредит
call-balance = Берешектің қалдығы
call-due = Өтеу күні
call-safe-to = Кепіл сақталады
call-period-unknown = күту кезеңі белгісіз
call-as-of = Дерек
call-as-of-today = бүгін { $time }
call-current = Мерзімінде, { $count } күн қалды
call-due-today = Бүгін төлеу керек
call-in-grace = Күту кезеңі, { $count ->
    [0] соңғы күн
   *[other] { $count } күн қалды
}
call-grace-expired = Күту кезеңі өтті
call-overdue = Мерзімі өткен
call-stale = Дерек ескірген: { $time }. Алдымен осыны айтыңыз.
call-unavailable = Несиелік жүйе жауап бермейді. Соңғы дерек: { $time }. Алдымен осыны айтыңыз.
call-unavailable-never = Несиелік жүйе жауап бермейді, микрокредиттер туралы ештеңе белгісіз.
call-next-loan = келесі микрокредит
call-loan-before = алдыңғы микрокредит
call-say-language = сөйлемдер қазақша немесе орысша

## Аяқтау

call-end = Қоңырауды аяқтау
call-end-again = Esc тағы бір рет — қоңырау аяқталады
call-ended = Қоңырау аяқталды, экранда клиенттің дерегі жоқ.
call-expired = Тексеру уақыты бітті, клиенттің дерегі өшірілді. Сөйлесу жалғасса, қайта тексеріңіз.
call-hidden-wiped = Бет ұзақ жасырулы тұрды, клиенттің дерегі өшірілді.
call-next = Келесі қоңырау

## Сөзді біреу біледі

call-block = Сөзімді біреу біледі
call-block-title = Сөзді бұғаттау
call-block-hint = Клиенттің өтініші бойынша. Бөлімшедегі жаңа өтініш қана қалпына келтіреді.
call-block-reason = Себебі
call-block-someone = Сөзді бөтен адам біледі немесе естіп қойған
call-block-told = Клиент сөзді өзін қызметкермін деген адамға айтқан
call-block-document = Құжат не телефон жоғалған немесе ұрланған
call-block-attempts = Клиенттің өзі жасамаған әрекеттер болған
call-block-do = Бұғаттау
call-cancel = Бас тарту
call-block-first = Алдымен клиентті табыңыз.

## Желіде әлі ешкім жоқ

call-guide-caller = Телефонды, клиент нөмірін немесе билетті енгізіңіз
call-guide-word = Клиент айтқан сөзді енгізіңіз
call-guide-end = Қоңырауды аяқтау: бәрі өшіріледі
