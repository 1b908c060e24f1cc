//! Properties of every phrase: it is judged without panic, and consistently.

use proptest::prelude::*;

use super::{tests::AIGERIM, *};
use crate::domain::heard;

/// Phrases of the pieces that the rules look for, so that random tests meet them.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "ахметова",
        "Айгерім",
        "серік",
        "7012",
        "004512",
        "2345678",
        "1990",
        "алма",
        "самовар",
        "мой",
        "ломбард",
        "қаңтар",
        "qwe",
        "123",
        "а",
        "жан",
        "тау",
        "люблю",
        "KL",
        "77",
    ]);
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), name in any::<String>()) {
        let about = About {
            family_name: &name,
            given_name: &text,
            patronymic: Some(&name),
            phone: &name,
            client_number: &text,
        };
        let judgement = judge(&text, &about, &StrengthRules::default());
        prop_assert!(judgement.guesses_log10 >= 0.0);
        prop_assert_eq!(judgement.acceptable(), judgement.weaknesses.is_empty());
    }

    #[test]
    fn only_the_folded_phrase_counts(text in prop_oneof![any::<String>(), pieces()]) {
        let folded = heard::fold(&text);
        let mut entered = judge(&text, &AIGERIM, &StrengthRules::default());
        let mut said = judge(folded.as_str(), &AIGERIM, &StrengthRules::default());
        for judgement in [&mut entered, &mut said] {
            judgement.weaknesses.retain(|weakness| *weakness != Weakness::TooLong);
        }
        for judgement in [&mut entered, &mut said] {
            let kept = |weakness: &Weakness| !matches!(weakness, Weakness::Guessable { .. });
            judgement.weaknesses.retain(kept);
        }
        prop_assert_eq!(entered, said);
    }

    #[test]
    fn to_know_the_client_never_makes_a_phrase_acceptable(text in pieces(), known in 0_u8..32) {
        let part = |bit: u8, value: &'static str| if known & bit == 0 { "" } else { value };
        let about = About {
            family_name: part(1, AIGERIM.family_name),
            given_name: part(2, AIGERIM.given_name),
            patronymic: AIGERIM.patronymic.filter(|_| known & 4 != 0),
            phone: part(8, AIGERIM.phone),
            client_number: part(16, AIGERIM.client_number),
        };
        let all = judge(&text, &AIGERIM, &StrengthRules::default());
        let some = judge(&text, &about, &StrengthRules::default());
        let none = judge(&text, &About::default(), &StrengthRules::default());
        prop_assert!(!all.acceptable() || some.acceptable());
        prop_assert!(!some.acceptable() || none.acceptable());
        prop_assert!(all.guesses_log10 <= some.guesses_log10);
        prop_assert!(some.guesses_log10 <= none.guesses_log10);
    }
}
