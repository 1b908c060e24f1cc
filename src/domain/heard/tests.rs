//! What the fold and its variants do, in examples.

use super::spelling_pairs::PAIRS;
use super::*;

fn folded(text: &str) -> String {
    fold(text).as_str().to_owned()
}

fn assert_same(texts: &[&str]) {
    for text in texts {
        assert_eq!(folded(text), folded(texts[0]), "{text}");
    }
}

fn assert_different(one: &str, other: &str) {
    assert_ne!(folded(one), folded(other), "{one} and {other}");
}

fn readings(typed: &str) -> Vec<(Heard, String)> {
    candidates(FOLD_VERSION, typed)
        .expect("the version in force")
        .into_iter()
        .map(|candidate| (candidate.heard, candidate.folded.as_str().to_owned()))
        .collect()
}

fn assert_heard(registered: &str, typed: &str, how: Heard) {
    let stored = folded(registered);
    let found = readings(typed)
        .into_iter()
        .find(|(_, text)| *text == stored);
    assert_eq!(found.map(|(heard, _)| heard), Some(how), "{typed}");
}

#[test]
fn what_cannot_be_heard_is_folded_away() {
    assert_same(&[
        "Алтын күн",
        "АЛТЫН-КҮН",
        "алтынкүн",
        " «алтын», күн!",
        "алтын\u{a0}кү\u{200b}н",
    ]);
    assert_same(&[
        "ещё мой объезд",
        "еще мои обезд",
        "еще\u{301} мои\u{306} объезд",
    ]);
    assert_same(&[
        "Әже ғажап қаңтар өрік ұл үй һ іс",
        "аже гажап кантар орик ул уй х ис",
    ]);
}

#[test]
fn letters_of_another_script_that_look_alike_are_the_words_own() {
    assert_same(&["роса", "pосa", "рoca"]);
    assert_same(&["МОСКВА река", "MOCKBA река"]);
    assert_same(&["golden", "gоldеn"]);
    assert_same(&[
        "алтын 2010",
        "алтын 2О1О",
        "алтын 2o1O",
        "алтын ٢٠١٠",
        "алтын ２０１０",
    ]);
}

#[test]
fn kazakh_is_one_in_all_its_alphabets() {
    assert_same(&[
        "жүрек сөзі",
        "jürek sözı",
        "júrek sózi",
        "zhurek sozi",
        "журек сози",
    ]);
    assert_same(&["қыз ұшқан шағала", "qyz ūşqan şağala", "kyz ushkan shagala"]);
    assert_same(&[
        "ауыл айы жиын түйе",
        "auyl aiy jiyn tüie",
        "auyl ayy zhiyn tuye",
    ]);
}

#[test]
fn a_russian_name_is_one_in_passport_latin() {
    assert_same(&["Юлия Щукина", "Iuliia Shchukina", "Yuliya Shchukina"]);
    assert_same(&["детство и солнце", "detstvo i solntse"]);
}

#[test]
fn a_kazakh_year_in_words_folds_to_its_digits() {
    assert_same(&[
        "2010",
        "екі мың он",
        "еки мын он",
        "екімыңон",
        "eki myñ on",
        "2 мың 10",
    ]);
    assert_same(&[
        "1985",
        "бір мың тоғыз жүз сексен бес",
        "мың тоғыз жүз сексен бесінші",
    ]);
    assert_same(&["2010 жыл", "екі мың оныншы жыл", "2010-шы жыл"]);
}

#[test]
fn a_russian_year_in_words_folds_to_its_digits() {
    assert_same(&[
        "2010",
        "две тысячи десять",
        "две тысячи десятый",
        "две тысячи десятого",
        "2010-й",
        "2010-го",
        "2010го",
    ]);
    assert_same(&[
        "1985",
        "тысяча девятьсот восемьдесят пятого",
        "одна тысяча девятьсот восемьдесят пять",
    ]);
    assert_same(&["2000 год", "двухтысячный год", "двухтысячного год"]);
}

#[test]
fn digits_said_one_by_one_stay_one_by_one() {
    assert_same(&["007", "ноль ноль семь", "нөл нөл жеті", "00 7"]);
    assert_same(&["8 701 1234567", "восемь семьсот один 123 45 67"]);
    assert_different("007", "7");
    assert_different("20100", "2010");
}

#[test]
fn one_number_is_never_another() {
    for (one, other) in [
        ("двести десять", "двадцать десять"),
        ("екі жүз он", "екі мың он"),
        ("жүз бес", "бес жүз"),
        ("он бес", "бес он"),
        ("пятнадцать", "пятьдесят"),
        ("двенадцать", "двадцать"),
        ("сто пять", "сто пятьдесят"),
    ] {
        assert_different(one, other);
    }
}

#[test]
fn a_number_word_within_a_word_is_no_number() {
    for word in [
        "одинокий",
        "стол",
        "алтын",
        "трибуна",
        "телефон",
        "жүзік",
        "бесік",
        "онлайн",
        "столица",
        "мыңдаған",
    ] {
        assert!(folded(word).chars().all(char::is_alphabetic), "{word}");
    }
}

#[test]
fn a_phrase_of_signs_alone_is_empty() {
    assert!(fold("—!…«» \u{200d}🌞").is_empty());
    assert_eq!(readings("...").len(), 1);
}

#[test]
fn a_folded_phrase_cannot_be_printed() {
    assert_eq!(format!("{:?}", fold("құпия")), "Folded(..)");
}

#[test]
fn a_phrase_on_the_wrong_keys_is_read_by_the_right_ones() {
    assert_heard("Алтын күн 2010", "fknsy rey 2010", Heard::KeyboardEnToRu);
    assert_heard("Алтын күн 2010", "fknsy r8y 2010", Heard::KeyboardEnToKz);
    assert_heard("Алтын күн 2010", "алтын rey 2010", Heard::KeyboardEnToRu);
    assert_heard("Жүйрік, Бөрі", ":8qh3r? <-h3", Heard::KeyboardEnToKz);
    assert_heard("Әже, көктем", "2же, к-ктем", Heard::KeyboardRuToKz);
    assert_heard("Қыз-жігіт", ")ыз-ж3г3т", Heard::KeyboardRuToKz);
    assert_heard("golden sun 2010", "пщдвут ыгт 2010", Heard::KeyboardRuToEn);
    assert_heard("gqlden", "пи\u{306}двут", Heard::KeyboardRuToEn);
    assert_heard("golden sun 2010", "пщдвут ыгт ә0\"0", Heard::KeyboardRuToEn);
    assert_heard("күн 2024", "күн әқәң", Heard::KeyboardKzDigits);
    assert_heard("күн 1967", "күн \"ұ,.", Heard::KeyboardKzDigits);
    assert_heard("МОСКВА", "MOCKBA", Heard::LookAlike);
}

#[test]
fn attested_russian_spellings_are_heard() {
    for (kazakh, russian) in [
        ("Әділ", "Адиль"),
        ("Іңкәр", "Инкар"),
        ("Екібастұз", "Экибастуз"),
        ("Гүлнәр", "Гульнар"),
    ] {
        assert_heard(kazakh, russian, Heard::Folded);
    }
    for (kazakh, russian) in [
        ("Ұзынағаш", "Узунагач"),
        ("Іле", "Или"),
        ("Қайырбек", "Каирбек"),
        ("Бауыржан", "Бауржан"),
        ("Қызылорда", "Кзыл-Орда"),
        ("Таң", "Танг"),
    ] {
        assert_heard(kazakh, russian, Heard::RussianSpelling);
        assert_heard(russian, kazakh, Heard::RussianSpelling);
    }
}

#[test]
fn russian_letters_for_kazakh_ones_are_heard_by_rule() {
    for (kazakh, russian) in [
        ("Күлтегін", "Кюльтегин"),
        ("Гүлнәр", "Гульняр"),
        ("Тоқтар", "Тохтар"),
        ("Ләйлім", "Ляйлим"),
        ("Құрманғазы күйі", "Курмангазы кюйи"),
        ("Гүлнәр мен Тоқтар", "Гульняр мен Тохтар"),
        ("Ибраһим", "Ибрагим"),
    ] {
        for (registered, typed) in [(kazakh, russian), (russian, kazakh)] {
            let stored = folded(registered);
            let mut found = readings(typed).into_iter();
            let how = found.find(|(_, text)| *text == stored);
            assert!(
                matches!(
                    how,
                    Some((Heard::RussianSpelling | Heard::RussianLetters, _))
                ),
                "{registered}, {typed}: {how:?}"
            );
        }
    }
}

#[test]
fn russian_words_are_not_respelled() {
    for (one, other) in [
        ("зелёный люк", "зелёный лук"),
        ("муха", "мука"),
        ("грехи", "греки"),
        ("ряд", "рад"),
        ("сюда", "суда"),
        ("хан", "қан"),
        ("донёс", "донос"),
        ("буря", "бура"),
    ] {
        for (registered, typed) in [(one, other), (other, one)] {
            let stored = folded(registered);
            let is_heard = readings(typed).iter().any(|(_, text)| *text == stored);
            assert!(!is_heard, "{registered}, {typed}");
        }
    }
}

#[test]
fn the_pairs_of_the_spelling_list_differ_after_folding() {
    let mut seen = std::collections::HashSet::new();
    for (kazakh, russian) in PAIRS {
        assert_different(kazakh, russian);
        assert!(seen.insert((kazakh, russian)), "{kazakh} is listed twice");
    }
}

#[test]
fn a_number_word_joined_to_its_neighbour_is_heard() {
    assert_heard("алтын күн екі мың он", "алтынкүнекімыңон", Heard::Folded);
    assert_heard("Қызыл алма 7", "қызылалмажеті", Heard::JoinedNumber);
}

#[test]
fn an_unknown_fold_version_is_none() {
    assert!(fold_as(FOLD_VERSION, "күн").is_some());
    assert!(fold_as(FOLD_VERSION + 1, "күн").is_none());
    assert!(candidates(0, "күн").is_none());
}

#[test]
fn a_new_fold_leaves_the_old_one_as_it_was() {
    let next = REHEARSAL.version();
    assert_eq!(next, FOLD_VERSION + 1);
    for text in ["Алтын күн екі мың он", "2О1О"] {
        let old = REHEARSAL.fold_as(FOLD_VERSION, text).expect("kept");
        let new = REHEARSAL.fold_as(next, text).expect("rehearsed");
        assert_eq!(old.as_str(), fold(text).as_str());
        assert_ne!(old.as_str(), new.as_str());
    }
}

#[test]
fn the_phrases_by_which_refusals_are_timed_have_one_variant_and_three() {
    // `tests/rehearsals/timing.py` holds their refusals to take the same time.
    assert_eq!(readings("синий кот лежит").len(), 2);
    assert_eq!(readings("2сел қызыл алма").len(), 4);
}
