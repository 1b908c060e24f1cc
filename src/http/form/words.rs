//! The words of the form. The Kazakh addressee, title and paragraphs are the company's policy,
//! Appendix #1, letter by letter; the Russian ones are their translation.

use crate::domain::language::Language;

/// The words of one language.
pub struct Words {
    pub code: &'static str,
    pub addressee: [&'static str; 3],
    /// what stands before and after the title's two words
    pub around: [&'static str; 2],
    /// to set, to change
    pub kinds: [&'static str; 2],
    pub paragraphs: [&'static str; 2],
    pub client: &'static str,
    pub client_number: &'static str,
    pub phone: &'static str,
    pub branch: &'static str,
    pub drafted_on: &'static str,
    pub document: &'static str,
    /// in the order of `IdentityDocument`
    pub seen: [&'static str; 4],
    pub not_taken: &'static str,
    pub representative: &'static str,
    pub full_name: &'static str,
    pub mandate: &'static str,
    /// in the order of `Mandate`
    pub mandates: [&'static str; 4],
    pub mandate_number: &'static str,
    pub mandate_date: &'static str,
    pub mandate_until: &'static str,
    pub no_end: &'static str,
    pub day: &'static str,
    pub year: &'static str,
    /// the client's hand, the representative's hand
    pub hands: [&'static str; 2],
    /// that the passphrase is not written here
    pub unwritten: &'static str,
}

impl Words {
    /// The title with both of its words.
    pub fn title(&self) -> String {
        let ([before, after], [set, change]) = (self.around, self.kinds);
        format!("{before}{set} / {change}{after}")
    }
}

/// The words of a language of the form.
pub fn of(language: Language) -> &'static Words {
    match language {
        Language::Kk => &KK,
        Language::Ru | Language::En => &RU,
    }
}

const KK: Words = Words {
    code: "kk",
    addressee: [
        "«Birinshi Lombard» (Бірінші Ломбард) ЖШС",
        "Атқарушы директоры",
        "И.А. Калютаға",
    ],
    around: ["ҚҰПИЯ СӨЗДІ ", " ӨТІНІШ"],
    kinds: ["БЕЛГІЛЕУГЕ", "ӨЗГЕРТУГЕ"],
    paragraphs: [
        "Осы арқылы мен, «Birinshi Lombard» (Бірінші Ломбард) ЖШС клиенті бола отырып, микрокредит беру туралы шарттың/кепіл билеттерінің (Қосылу туралы шарттың) талаптарына сәйкес қолданыстағы және болашақта жасалатын, менің микрокредитім бойынша өтеу күні, берешектің қалдығы, күтудің кепілді кезеңі және т.б. сияқты мәліметтерді қашықтықтан алу үшін. «Birinshi Lombard» (Бірінші Ломбард) ЖШС маған «Birinshi Lombard» (Бірінші Ломбард) ЖШС-де бір рет және барлық қызмет көрсету уақытында «Birinshi Lombard» (Бірінші Ломбард) ЖШС-ға жүгінген кезде клиенттермен жұмыс жөніндегі маманға хабарлайтын Құпия сөзін орнатуды сұраймын.",
        "Бұдан әрі «Birinshi Lombard» (Бірінші Ломбард) ЖШС-не шағымдарым болмайды.",
    ],
    client: "Клиенттің тегі, аты, әкесінің аты",
    client_number: "Клиенттің нөмірі",
    phone: "Телефоны",
    branch: "Бөлімше",
    drafted_on: "Өтініш рәсімделген күн",
    document: "Көрсетілген жеке басты куәландыратын құжат",
    seen: ["жеке куәлік", "паспорт", "тұруға ықтиярхат", "өзге құжат"],
    not_taken: "нөмірі жазылмайды, көшірмесі алынбайды",
    representative: "Клиенттің өкілі",
    full_name: "Тегі, аты, әкесінің аты",
    mandate: "Өкілеттігін растайтын құжат",
    mandates: [
        "сенімхат",
        "сот шешімі",
        "қорғаншылық немесе қамқоршылық туралы құжат",
        "өзге құжат",
    ],
    mandate_number: "Құжаттың нөмірі",
    mandate_date: "Құжаттың күні",
    mandate_until: "Құжат жарамды соңғы күн",
    no_end: "көрсетілмеген",
    day: "Күні",
    year: "ж.",
    hands: ["Клиенттің қолы", "Өкілдің қолы"],
    unwritten: "Құпия сөз бұл қағазға жазылмайды: оны клиент бөлімшеде өзі екі рет тереді.",
};

const RU: Words = Words {
    code: "ru",
    addressee: [
        "Исполнительному директору",
        "ТОО «Birinshi Lombard» (Бірінші Ломбард)",
        "И.А. Калюте",
    ],
    around: ["ЗАЯВЛЕНИЕ ОБ ", " СЕКРЕТНОГО СЛОВА"],
    kinds: ["УСТАНОВЛЕНИИ", "ИЗМЕНЕНИИ"],
    paragraphs: [
        "Настоящим я, являясь клиентом ТОО «Birinshi Lombard» (Бірінші Ломбард), для дистанционного получения таких сведений по моему микрокредиту, действующему и заключаемым в будущем согласно условиям договора о предоставлении микрокредита/залоговых билетов (Договора присоединения), как дата погашения, остаток задолженности, гарантированный срок ожидания и т. п., прошу ТОО «Birinshi Lombard» (Бірінші Ломбард) установить мне в ТОО «Birinshi Lombard» (Бірінші Ломбард) один раз и на всё время обслуживания Секретное слово, которое я сообщаю специалисту по работе с клиентами при обращении в ТОО «Birinshi Lombard» (Бірінші Ломбард).",
        "В дальнейшем претензий к ТОО «Birinshi Lombard» (Бірінші Ломбард) иметь не буду.",
    ],
    client: "Фамилия, имя, отчество клиента",
    client_number: "Номер клиента",
    phone: "Телефон",
    branch: "Отделение",
    drafted_on: "Дата оформления заявления",
    document: "Предъявленный документ, удостоверяющий личность",
    seen: [
        "удостоверение личности",
        "паспорт",
        "вид на жительство",
        "иной документ",
    ],
    not_taken: "номер не записывается, копия не снимается",
    representative: "Представитель клиента",
    full_name: "Фамилия, имя, отчество",
    mandate: "Документ о полномочиях",
    mandates: [
        "доверенность",
        "решение суда",
        "документ об опеке или попечительстве",
        "иной документ",
    ],
    mandate_number: "Номер документа",
    mandate_date: "Дата документа",
    mandate_until: "Последний день действия документа",
    no_end: "не указан",
    day: "Дата",
    year: "г.",
    hands: ["Подпись клиента", "Подпись представителя"],
    unwritten: "Секретное слово на этом листе не пишется: клиент сам дважды набирает его в отделении.",
};
