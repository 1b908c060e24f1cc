# What a specialist reads out to the client, in one breath each. Everything that is counted arrives in words:
# a date is $due or $ends (он жетінші қараша), $due_until or $ends_until («дейін» алдында), $due_on or
# $ends_on (қашан); $left and $attempts_left are the same numbers, for languages whose verbs agree.

# A loan: its name, its due date, its balance and the waiting period, put together by spoken-loan.

spoken-loan = { $name }: { $due }, берешектің қалдығы — { $balance }; { $waiting }.
spoken-name = { $ticket } нөмірлі кепіл билеті
    .product = «{ $product }» микрокредиті, { $ticket } нөмірлі кепіл билеті

spoken-due_current = өтеу күні — { $due }
spoken-due_today = өтеу күні — бүгін, { $due }
spoken-due_past = өтеу мерзімі { $due_on } өтті

spoken-waiting_unknown = күтудің кепілді кезеңі белгісіз, оны бөлімшеден нақтылауыңызды сұраймыз
spoken-waiting_none = күтудің кепілді кезеңі көзделмеген, кепіл заты өтеу күнінің соңына дейін ғана сақталады
    .today = күтудің кепілді кезеңі көзделмеген, кепіл заты бүгінгі күннің соңына дейін ғана сақталады
spoken-waiting_ahead = кепіл заты күтудің кепілді кезеңі бойы, { $ends_until } дейін, сол күнді қоса алғанда, сақталады
spoken-waiting_running = қазір күтудің кепілді кезеңі жүріп жатыр, кепіл заты { $ends_until } дейін, сол күнді қоса алғанда, сақталады, { $days } қалды
spoken-waiting_last_day = бүгін — күтудің кепілді кезеңінің соңғы күні, { $ends }
spoken-waiting_over = күтудің кепілді кезеңі { $ends_on } аяқталды
spoken-waiting_over_at_once = күтудің кепілді кезеңі де сол күні аяқталды

# The answer where the passphrase was right. What may be out of date is said first.

spoken-verified = Рақмет, құпия сөз дұрыс.
spoken-fresh = Қазір { $summary }.
    .verified = Рақмет, құпия сөз дұрыс; { $summary }.
spoken-cautioned = Назар аударыңыз: { $caution }; { $summary }.
    .verified = Назар аударыңыз: { $caution }; құпия сөз дұрыс; { $summary }.

spoken-stale = мәліметтер ескірген болуы мүмкін, олар соңғы рет { $age } жаңартылған
    .undated = мәліметтер ескірген болуы мүмкін, олардың қашан жаңартылғаны белгісіз
spoken-unavailable = несиелік жүйе қазір қолжетімсіз, сондықтан мәліметтер ескірген болуы мүмкін, олар соңғы рет { $age } жаңартылған
    .undated = несиелік жүйе қазір қолжетімсіз, сондықтан мәліметтер ескірген болуы мүмкін

spoken-summary = Сізде қолданыстағы { $loans } бар
    .dated = Сізде қолданыстағы { $loans } бар, мәліметтер { $age } жаңартылған
    .none = Сізде қолданыстағы микрокредит жоқ
    .none_known = қолда бар мәліметтер бойынша Сізде қолданыстағы микрокредит жоқ

spoken-age =
    { $unit ->
        [now] әлгінде ғана
        [yesterday] кеше, { $day }
        [days] { $span } бұрын, { $day }
       *[other] { $span } бұрын
    }

# The answer where it was not right, or nothing was tried.

spoken-rejected = Өкінішке қарай, құпия сөз дұрыс емес, тағы { $attempts } айтып көруге болады; қайталап айтуыңызды сұраймыз.
    .locked = Өкінішке қарай, құпия сөз дұрыс емес, мүмкіндік қалмады, сондықтан ол { $until } дейін уақытша құлыпталды; содан кейін бізге қайта хабарласуыңызды сұраймыз.
    .ended = Өкінішке қарай, құпия сөз дұрыс емес, бұдан әрі мүмкіндік қалмады; жеке басыңызды куәландыратын құжатпен бөлімшеге келуіңізді сұраймыз.
spoken-locked = Құпия сөз уақытша құлыпталған; бізге сәл кейінірек қайта хабарласуыңызды сұраймыз.
    .until = Құпия сөз { $until } дейін уақытша құлыпталған; содан кейін бізге қайта хабарласуыңызды сұраймыз.
spoken-disabled = Құпия сөз бірнеше рет қате айтылғандықтан өшірілген; жаңасын белгілеу үшін жеке басыңызды куәландыратын құжатпен бөлімшеге келуіңізді сұраймыз.
spoken-blocked = Құпия сөз бұғатталған, сондықтан мәліметтер телефон арқылы берілмейді; жеке басыңызды куәландыратын құжатпен бөлімшеге келуіңізді сұраймыз.
spoken-unset = Құпия сөз белгіленбеген; оны белгілеу үшін жеке басыңызды куәландыратын құжатпен бөлімшеге келуіңізді сұраймыз.
