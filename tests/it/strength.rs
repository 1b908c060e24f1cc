//! How strong a passphrase has to be: two corpora, of what people choose and of what must be refused,
//! and the setting between them.

use std::{collections::BTreeMap, path::Path};

use futures_util::FutureExt;
use qupia::{
    domain::{
        audit::Origin,
        heard,
        passphrase::Passphrase,
        role::{Actor, Proof, Register, Role},
        strength::{About, Judgement, MAX_LENGTH, StrengthRules, judge},
    },
    flows::passphrases,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::support::{
    Person, World,
    world::{BUSY, on_each_database, on_sqlite},
};

/// The lines of `tests/strength/…`: a phrase, and two marks.
fn corpus(file: &str) -> Vec<[String; 3]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/strength")
        .join(file);
    let text = std::fs::read_to_string(&path).expect("the corpus is there");
    text.lines()
        .map(|line| {
            let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
            fields
                .try_into()
                .unwrap_or_else(|_| panic!("{file}: three fields expected: {line}"))
        })
        .collect()
}

fn codes(judgement: &Judgement) -> Vec<&'static str> {
    let weaknesses = judgement.weaknesses.iter();
    weaknesses.map(|weakness| weakness.code()).collect()
}

/// The share of natural phrases that may be refused although they are long enough.
const MOST_REFUSED: f64 = 0.04;
/// The same for each language, of which there are fewer.
const MOST_REFUSED_OF_A_LANGUAGE: f64 = 0.05;

#[test]
fn of_natural_phrases_that_are_long_enough_hardly_one_in_thirty_is_refused() {
    let rules = StrengthRules::default();
    let mut counts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for [phrase, language, category] in corpus("natural.tsv") {
        let judgement = judge(&phrase, &About::default(), &rules);
        let is_short = heard::fold(&phrase).len_chars() < rules.min_length;
        let is_refused = !is_short && !judgement.acceptable();
        if is_refused {
            println!("{phrase} | {category} | {:?}", codes(&judgement));
        }
        let of_language = counts.entry(language).or_default();
        of_language[0] += 1;
        of_language[1] += usize::from(is_short);
        of_language[2] += usize::from(is_refused);
    }
    println!("\n| language | phrases | too short | else refused |\n|---|---:|---:|---:|");
    let mut all = [0; 3];
    for (language, count) in &counts {
        println!(
            "| {language} | {} | {} | {} |",
            count[0], count[1], count[2]
        );
        for (sum, part) in all.iter_mut().zip(count) {
            *sum += part;
        }
        assert!(count[0] >= 80, "{language}: {} phrases", count[0]);
        let share = count[2] as f64 / (count[0] - count[1]) as f64;
        assert!(
            share <= MOST_REFUSED_OF_A_LANGUAGE,
            "{language}: {share:.3}"
        );
    }
    println!("| **all** | {} | {} | {} |", all[0], all[1], all[2]);
    assert_eq!(counts.len(), 3);
    assert!(all[0] >= 470);
    let share = all[2] as f64 / (all[0] - all[1]) as f64;
    assert!(share <= MOST_REFUSED, "{share:.3}");
}

#[test]
fn what_is_truly_weak_is_refused_with_its_reason_however_it_is_written() {
    let client = About {
        family_name: "Ахметова",
        given_name: "Айгерім",
        patronymic: Some("Серікқызы"),
        phone: "+77012345678",
        client_number: "KL-004512",
    };
    let phrases = corpus("weak.tsv");
    assert!(phrases.len() >= 200);
    for [phrase, code, category] in phrases {
        let shout = phrase.to_uppercase();
        let joined = phrase.replace(' ', "-");
        for written in [&phrase, &shout, &joined] {
            let judgement = judge(written, &client, &StrengthRules::default());
            assert!(
                codes(&judgement).contains(&code.as_str()),
                "{written} ({category}): {judgement:?}"
            );
        }
    }
}

#[test]
fn a_natural_phrase_that_is_refused_as_guessable_does_with_the_words_it_is_said_to_lack() {
    for min_guesses_log10 in [6.0, 9.0] {
        let rules = StrengthRules {
            min_guesses_log10,
            ..StrengthRules::default()
        };
        let (mut asked, mut done) = (0, 0);
        for [phrase, ..] in corpus("natural.tsv").into_iter().step_by(3) {
            let judgement = judge(&phrase, &About::default(), &rules);
            let [weakness] = judgement.weaknesses[..] else {
                continue;
            };
            let qupia::domain::strength::Weakness::Guessable { more_words } = weakness else {
                continue;
            };
            let further = ["велосипед", "көгершін", "пианист"][..more_words].join(" ");
            let longer = format!("{phrase} {further}");
            asked += 1;
            done += usize::from(judge(&longer, &About::default(), &rules).acceptable());
        }
        assert!(asked > 0);
        assert_eq!(done, asked, "at {min_guesses_log10}");
    }
}

const STRICT: &[(&str, &str)] = &[("QUPIA_PASSPHRASE__MIN_GUESSES_LOG10", "6.5")];

on_each_database! {
    a_phrase_of_two_plain_words_is_taken_by_default with BUSY,
    an_installation_asks_for_more_guesses_and_says_what_would_do with STRICT,
}

on_sqlite! {
    whoever_serves_is_free_while_a_phrase_is_judged,
}

async fn whoever_serves_is_free_while_a_phrase_is_judged(world: &World) {
    let branch = world.staff("branch").await;
    let actor = Actor {
        id: branch.id.as_str().into(),
        login: branch.login.clone(),
        role: Role::Branch,
        branch_code: None,
        session_id: "a session".into(),
    };
    let proof = Proof::<Register>::of(actor).expect("they may");
    let longest = Zeroizing::new("көк түйе ".chars().cycle().take(MAX_LENGTH - 1).collect());
    let phrase = Passphrase::parse(longest).expect("it is one");
    let (app, origin) = (&world.first.app, Origin::own("a test"));
    let mut judging = Box::pin(passphrases::check(app, &proof, &origin, &phrase, None));
    assert!(judging.as_mut().now_or_never().is_none());
    assert!(judging.await.expect("it is judged").guesses_log10 > 0.0);
}

async fn check(branch: &Person, phrase: &str, language: &str) -> Value {
    let asked = branch
        .post("/v1/passphrases/check", json!({"passphrase": phrase}))
        .header("accept-language", language);
    asked.await.expect(200).body
}

async fn a_phrase_of_two_plain_words_is_taken_by_default(world: &World) {
    let branch = world.staff("branch").await;
    for phrase in [
        "Домбыра үні",
        "Бурабай көлі",
        "Жасыл ёлка",
        "Golden Gate",
        "Алтын балық",
        "Подсолнух 1974",
        "Весна сорок пятого года",
    ] {
        let answer = check(&branch, phrase, "ru").await;
        assert_eq!(answer["acceptable"], true, "{phrase}: {answer}");
        assert!(answer["guesses_log10"].as_f64().unwrap() >= 5.0, "{answer}");
    }
    for (phrase, code) in [
        ("Нұрсұлтан Назарбаев", "common_phrase"),
        ("сәлем әлем", "common_phrase"),
        ("1986 жылғы желтоқсан", "date_alone"),
    ] {
        let answer = check(&branch, phrase, "ru").await;
        assert_eq!(answer["acceptable"], false, "{phrase}: {answer}");
        let reasons = answer["reasons"].as_array().unwrap();
        let is_named = reasons.iter().any(|reason| reason["code"] == code);
        assert!(is_named, "{phrase}: {answer}");
    }
}

async fn an_installation_asks_for_more_guesses_and_says_what_would_do(world: &World) {
    let branch = world.staff("branch").await;
    for (language, words) in [
        ("kk", "тағы бір сөз"),
        ("ru", "ещё одно слово"),
        ("en", "one more word"),
    ] {
        let answer = check(&branch, "Подсолнух 1974", language).await;
        assert_eq!(answer["acceptable"], false, "{answer}");
        let reason = &answer["reasons"][0];
        assert_eq!(reason["code"], "guessable");
        let detail = reason["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{detail}");
    }
    let client = branch.enter_client("K-1").await;
    let application = branch.draft(&client).await;
    branch
        .complete(&application, "2026-01-31", "Подсолнух 1974")
        .await
        .refused_field(422, "/passphrase", "guessable");
    let answer = check(&branch, "Подсолнух 1974 велосипед", "ru").await;
    assert_eq!(answer["acceptable"], true, "{answer}");
    let offered = branch
        .post("/v1/passphrases/suggestions", json!({"language": "kk"}))
        .await
        .expect(200);
    assert!(!offered.items().is_empty());
}
