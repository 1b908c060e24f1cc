//! What is refused, for what reason, and what may never be.

mod guesses;

use super::*;

pub(super) const AIGERIM: About<'static> = About {
    family_name: "Ахметова",
    given_name: "Айгерім",
    patronymic: Some("Серікқызы"),
    phone: "+77012345678",
    client_number: "KL-004512",
};

fn codes(passphrase: &str) -> Vec<&'static str> {
    let judgement = judge(passphrase, &AIGERIM, &StrengthRules::default());
    judgement
        .weaknesses
        .iter()
        .map(|weakness| weakness.code())
        .collect()
}

#[track_caller]
fn each_is(code: &str, passphrases: &[&str]) {
    for passphrase in passphrases {
        let found = codes(passphrase);
        assert!(found.contains(&code), "{passphrase}: {found:?}");
    }
}

#[test]
fn honest_phrases_are_acceptable() {
    for passphrase in [
        "Алтын күн 2010",
        "қызыл алма тау",
        "көк аспан ақ бұлт",
        "менің мысығым сары",
        "ақ қайың бұлақ",
        "kun ai zhuldyz 88",
        "синий самовар на крыше",
        "мамин пирог 7",
        "тихий лес зовёт",
        "вишнёвый сад чехова",
        "шашлык в субботу",
        "у меня рыжая собака",
        "кот бегемот и примус",
        "purple elephant dancing",
        "wooden bridge over tea",
        "ержан досым 777",
    ] {
        assert_eq!(codes(passphrase), Vec::<&str>::new(), "{passphrase}");
    }
}

#[test]
fn what_folds_to_fewer_letters_than_the_minimum_is_too_short() {
    each_is(
        "too_short",
        &["алма", "тау су", "екі мың он", "abc", "", " - ", "пароль1"],
    );
    let at = |min_length| {
        let rules = StrengthRules {
            min_length,
            ..StrengthRules::default()
        };
        judge("қызыл алма тау", &About::default(), &rules)
    };
    assert!(at(12).acceptable());
    assert_eq!(at(13).weaknesses, [Weakness::TooShort { min_length: 13 }]);
}

#[test]
fn sixty_five_characters_as_entered_are_too_long_and_sixty_four_are_not() {
    let words = "синий самовар на крыше под дождём ";
    let of = |length: usize| words.repeat(3).chars().take(length).collect::<String>();
    each_is("too_long", &[&of(65)]);
    assert!(!codes(&of(64)).contains(&"too_long"));
    let decomposed = format!("{}и\u{306}", of(63));
    assert!(
        !codes(&decomposed).contains(&"too_long"),
        "NFC makes one of й"
    );
}

#[test]
fn common_passwords_names_and_places_are_refused_also_with_digits_and_on_another_layout() {
    each_is(
        "common_password",
        &[
            "қазақстан",
            "Казахстан",
            "алматы2024",
            "almaty",
            "бисмилла",
            "жаным",
            "2010астана",
            "пароль12",
            "gfhjkm12",
            "любовь",
            "k.,jdm",
            "Александр",
            "владивосток1",
            "password",
            "зфыыцщкв",
            "sunshine99",
            "iloveyou1",
            "Нұрсұлтан 1997",
            "liverpool",
        ],
    );
}

#[test]
fn common_phrases_are_refused() {
    each_is(
        "common_phrase",
        &[
            "мен сені сүйемін",
            "отан отбасынан басталады",
            "сәлем қалайсың",
            "ақ жол",
            "я люблю тебя",
            "Я ТЕБЯ ЛЮБЛЮ!",
            "мама мыла раму",
            "у лукоморья дуб зелёный",
            "to be or not to be",
            "correct horse battery staple",
            "мама папа 2015",
            "сәлем әлем",
            "привет мир",
            "қайырлы таң",
        ],
    );
}

#[test]
fn names_of_famous_people_are_refused_in_every_spelling_and_order() {
    each_is(
        "common_phrase",
        &[
            "Нұрсұлтан Назарбаев",
            "Назарбаев Нурсултан 2019",
            "Qasym-Jomart Toqaev",
            "Тохтар Аубакиров",
            "Тоқтар Әубәкіров",
            "геннадий головкин",
            "utyyflbq ujkjdrby",
            "Dimash Qudaibergen",
            "Пушкин Александр",
        ],
    );
}

#[test]
fn the_companys_own_words_are_refused() {
    each_is(
        "company_word",
        &[
            "Birinshi Lombard",
            "Бірінші Ломбард",
            "бірінші ломбард 2024",
            "мой ломбард",
            "1lombard.kz",
            "ТОО Бірінші Ломбард",
            "kjv,fhl12",
            "құпия сөзім",
            "кодовое слово",
            "алтын кепіл",
            "залоговый билет",
            "микрокредит",
            "Qupia Qupia",
            "+7 708 708 708 4",
        ],
    );
    assert!(!codes("ломбардская улица и мост").contains(&"company_word"));
}

#[test]
fn neighbouring_keys_are_refused_on_all_three_layouts() {
    each_is(
        "keyboard_walk",
        &[
            "qwertyui",
            "йцукенгш",
            "asdfghjkl",
            "фывапролдж",
            "1qaz2wsx",
            "1q2w3e4r",
            "qazwsxedc",
            "zaq12wsx",
            "qweasdzxc",
            "ячсмитьб",
            "әіңғүұқө",
            "poiuytrewq",
            "qwerty123",
            "йцукен2020",
            "12йцукен",
        ],
    );
    assert!(!codes("первый снег").contains(&"keyboard_walk"));
}

#[test]
fn repeats_are_refused() {
    each_is(
        "repeated",
        &[
            "аааааааа",
            "абабабаб",
            "мама мама мама",
            "aaaabbbb",
            "11111111",
            "үй үй үй үй",
            "haha haha haha",
            "жүз жүз жүз жүз",
        ],
    );
    assert!(codes("синий самовар синий самовар").is_empty());
}

#[test]
fn rows_of_letters_and_numbers_are_refused_also_in_words() {
    each_is(
        "sequence",
        &[
            "12345678",
            "87654321",
            "abcdefgh",
            "абвгдежз",
            "аәбвгғде",
            "зжедгвба",
            "123абв",
            "один два три четыре пять",
            "бір екі үш төрт бес алты жеті сегіз",
            "112233445566",
        ],
    );
}

#[test]
fn a_date_alone_is_refused_however_it_is_said() {
    each_is(
        "date_alone",
        &[
            "01.02.1990",
            "1990-02-01",
            "010290",
            "2010",
            "екі мың он",
            "1 қаңтар 1990",
            "1990 жылғы 1 қаңтар",
            "первое января 1990 года",
            "9 мая 1945",
            "наурыз айы 2020",
            "понедельник вторник",
            "4 July 1976",
            "зима весна лето осень",
            "1990 2010",
        ],
    );
    assert!(codes("бабушка испекла 3 пирога в мае").is_empty());
}

#[test]
fn what_is_known_of_the_client_is_refused_in_any_order() {
    each_is(
        "personal_data",
        &[
            "Ахметова Айгерім",
            "айгерім ахметова",
            "Aigerim Akhmetova",
            "Серікқызы Айгерім",
            "Айгерім 1990 Ахметова",
            "А С Ахметова",
            "87012345678",
            "+7 701 234 56 78",
            "сегіз жеті жүз бір 2345678",
            "KL-004512",
            "4512 Айгерім",
            "айгеримка 12",
            "меня зовут Айгерім",
            "Айгерім телефон 2345678",
        ],
    );
    let stranger = judge(
        "KL-004512 ахметова",
        &About::default(),
        &StrengthRules::default(),
    );
    assert!(!stranger.weaknesses.contains(&Weakness::PersonalData));
}

#[test]
fn anybodys_telephone_and_identification_number_are_refused() {
    each_is(
        "personal_data",
        &["8 777 481 05 93", "77474810593", "900101300017"],
    );
}
