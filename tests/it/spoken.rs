//! The sentences that a specialist reads out: of each loan, and of what came of the verification.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    stand_in::{Says, qupia, stand_in},
    support::{
        Answer, PHRASE, Person, World,
        cast::WRONG,
        world::{BUSY, on_each_database},
    },
};

on_each_database! {
    loans_are_said_in_the_language_that_was_asked_for with BUSY,
    where_no_language_is_asked_for_nothing_is_said with BUSY,
    a_refusal_is_said_again_in_another_language with BUSY,
    attempts_and_a_lock_are_said with BUSY,
    the_end_of_all_attempts_is_said with BUSY,
    where_there_is_no_passphrase_or_it_is_blocked_that_is_said with BUSY,
    a_language_that_is_not_spoken_is_named_by_its_field_and_is_no_attempt with BUSY,
    what_may_be_out_of_date_is_said_first with BUSY,
    a_loan_system_that_is_away_is_said_first with qupia(),
    a_replay_says_nothing_of_loans with BUSY,
}

/// A client with [`PHRASE`], and a specialist.
async fn caller(world: &World, number: &str) -> (Person, String, Person) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, number).await;
    let specialist = world.staff("call_center").await;
    (branch, client, specialist)
}

/// Today is 31 January 2026, eleven in the morning in Almaty; this was known an hour before.
async fn push(feed: &Person, ticket: &str, amount: &str, due_on: &str, grace_days: Value) {
    let loan = json!({
        "client_number": "K-1", "product": "Алтын 585", "due_on": due_on,
        "balance": {"amount": amount, "currency": "KZT"}, "grace_days": grace_days,
        "status": "open", "as_of": "2026-01-31T05:00:00Z",
    });
    let path = format!("/v1/loan-system/loans/{ticket}");
    feed.put(&path, loan).await.expect(201);
}

fn heard(client: &str, phrase: &str, spoken: &Value) -> Value {
    json!({"client_id": client, "passphrase": phrase, "call_id": "call-1", "spoken": spoken})
}

async fn verify(specialist: &Person, client: &str, phrase: &str, spoken: &str) -> Answer {
    let body = heard(client, phrase, &json!(spoken));
    specialist.post("/v1/verifications", body).await.expect(201)
}

/// The sentences of an answer: of each loan, then its own.
#[track_caller]
fn said(answer: &Answer) -> Vec<String> {
    let loans = answer["loans"].as_array().expect("loans");
    let loans = loans.iter().map(|loan| &loan["spoken"]);
    let all = loans.chain([&answer["spoken"]]);
    all.map(|said| said.as_str().expect("a sentence").to_owned())
        .collect()
}

async fn loans_are_said_in_the_language_that_was_asked_for(world: &World) {
    let (_, client, specialist) = caller(world, "K-1").await;
    let feed = world.loan_system().await;
    push(&feed, "ЗБ-1", "125000", "2026-11-17", json!(20)).await;
    push(&feed, "ЗБ-2", "48500.50", "2026-01-29", json!(7)).await;
    push(&feed, "ЗБ-3", "1.01", "2026-01-20", json!(5)).await;
    push(&feed, "ЗБ-4", "21000", "2026-01-31", Value::Null).await;
    let kazakh = verify(&specialist, &client, PHRASE, "kk").await;
    assert_eq!(
        said(&kazakh),
        [
            "«Алтын бес жүз сексен бес» микрокредиті, ЗБ-3 нөмірлі кепіл билеті: өтеу мерзімі екі мың жиырма \
             алтыншы жылғы жиырмасыншы қаңтарда өтті, берешектің қалдығы — бір теңге бір тиын; күтудің кепілді \
             кезеңі екі мың жиырма алтыншы жылғы жиырма бесінші қаңтарда аяқталды.",
            "«Алтын бес жүз сексен бес» микрокредиті, ЗБ-2 нөмірлі кепіл билеті: өтеу мерзімі екі мың жиырма \
             алтыншы жылғы жиырма тоғызыншы қаңтарда өтті, берешектің қалдығы — қырық сегіз мың бес жүз теңге \
             елу тиын; қазір күтудің кепілді кезеңі жүріп жатыр, кепіл заты екі мың жиырма алтыншы жылғы бесінші \
             ақпанға дейін, сол күнді қоса алғанда, сақталады, бес күн қалды.",
            "«Алтын бес жүз сексен бес» микрокредиті, ЗБ-4 нөмірлі кепіл билеті: өтеу күні — бүгін, екі мың \
             жиырма алтыншы жылғы отыз бірінші қаңтар, берешектің қалдығы — жиырма бір мың теңге; күтудің кепілді \
             кезеңі белгісіз, оны бөлімшеден нақтылауыңызды сұраймыз.",
            "«Алтын бес жүз сексен бес» микрокредиті, ЗБ-1 нөмірлі кепіл билеті: өтеу күні — екі мың жиырма \
             алтыншы жылғы он жетінші қараша, берешектің қалдығы — жүз жиырма бес мың теңге; кепіл заты күтудің \
             кепілді кезеңі бойы, екі мың жиырма алтыншы жылғы жетінші желтоқсанға дейін, сол күнді қоса алғанда, \
             сақталады.",
            "Рақмет, құпия сөз дұрыс; Сізде қолданыстағы төрт микрокредит бар, мәліметтер бір сағат бұрын \
             жаңартылған.",
        ]
    );
    let path = format!("/v1/verifications/{}/loans?spoken=ru", kazakh.text("id"));
    let russian = specialist.get(&path).await.expect(200);
    assert_eq!(
        said(&russian),
        [
            "Микрокредит «Алтын пятьсот восемьдесят пять», залоговый билет номер ЗБ-3: срок погашения истёк \
             двадцатого января две тысячи двадцать шестого года, остаток задолженности — один тенге один тиын; \
             гарантированный срок ожидания закончился двадцать пятого января две тысячи двадцать шестого года.",
            "Микрокредит «Алтын пятьсот восемьдесят пять», залоговый билет номер ЗБ-2: срок погашения истёк \
             двадцать девятого января две тысячи двадцать шестого года, остаток задолженности — сорок восемь \
             тысяч пятьсот тенге пятьдесят тиынов; идёт гарантированный срок ожидания, залог сохраняется до \
             пятого февраля две тысячи двадцать шестого года включительно, осталось пять дней.",
            "Микрокредит «Алтын пятьсот восемьдесят пять», залоговый билет номер ЗБ-4: дата погашения — сегодня, \
             тридцать первое января две тысячи двадцать шестого года, остаток задолженности — двадцать одна \
             тысяча тенге; гарантированный срок ожидания неизвестен, его нужно уточнить в отделении.",
            "Микрокредит «Алтын пятьсот восемьдесят пять», залоговый билет номер ЗБ-1: дата погашения — \
             семнадцатое ноября две тысячи двадцать шестого года, остаток задолженности — сто двадцать пять \
             тысяч тенге; залог сохраняется в течение гарантированного срока ожидания, до седьмого декабря две \
             тысячи двадцать шестого года включительно.",
            "Сейчас у Вас четыре действующих микрокредита, сведения обновлены один час назад.",
        ]
    );
}

async fn where_no_language_is_asked_for_nothing_is_said(world: &World) {
    let (_, client, specialist) = caller(world, "K-1").await;
    push(
        &world.loan_system().await,
        "T-1",
        "1",
        "2026-03-01",
        json!(20),
    )
    .await;
    let right = specialist.verify(&client, PHRASE).await.expect(201);
    let path = format!("/v1/verifications/{}", right.text("id"));
    let read = specialist.get(&format!("{path}/loans")).await.expect(200);
    let null = heard(&client, PHRASE, &Value::Null);
    let null = specialist.post("/v1/verifications", null).await.expect(201);
    for reply in [&right, &read, &null] {
        assert_eq!(reply["loans"][0]["ticket_number"], "T-1");
        assert!(!reply.text.contains("spoken"), "{}", reply.text);
    }
    let wrong = specialist.verify(&client, WRONG).await.expect(201);
    assert!(!wrong.text.contains("spoken"), "{}", wrong.text);
    // What came of it is said once, with the answer.
    let asked = verify(&specialist, &client, PHRASE, "ru").await;
    let path = format!("/v1/verifications/{}", asked.text("id"));
    let read = specialist.get(&path).await.expect(200);
    assert!(!read.text.contains("spoken"), "{}", read.text);
}

/// What came of each attempt in turn, and how it is said.
async fn says(
    specialist: &Person,
    client: &str,
    phrase: &str,
    outcome: &str,
    sentences: &[(&str, &str)],
) {
    for (language, sentence) in sentences {
        let answer = verify(specialist, client, phrase, language).await;
        assert_eq!(answer["outcome"], outcome, "{}", answer.text);
        assert_eq!(answer["spoken"], *sentence);
    }
}

async fn attempts_and_a_lock_are_said(world: &World) {
    let (_, client, specialist) = caller(world, "K-1").await;
    let sentences = [
        (
            "kk",
            "Рақмет, құпия сөз дұрыс; Сізде қолданыстағы микрокредит жоқ.",
        ),
        (
            "ru",
            "Спасибо, секретное слово верно; действующих микрокредитов у Вас нет.",
        ),
    ];
    says(&specialist, &client, PHRASE, "verified", &sentences).await;
    let sentences = [
        (
            "kk",
            "Өкінішке қарай, құпия сөз дұрыс емес, тағы екі рет айтып көруге болады; қайталап айтуыңызды \
             сұраймыз.",
        ),
        (
            "ru",
            "К сожалению, секретное слово неверно, осталась одна попытка; назовите его, пожалуйста, ещё раз.",
        ),
        (
            "ru",
            "К сожалению, секретное слово неверно, попыток не осталось, и оно временно заблокировано до \
             одиннадцати часов пятнадцати минут; после этого позвоните нам, пожалуйста, ещё раз.",
        ),
    ];
    says(&specialist, &client, WRONG, "rejected", &sentences).await;
    let sentences = [
        (
            "kk",
            "Құпия сөз бүгін сағат он бірден он бес минут өткенге дейін уақытша құлыпталған; содан кейін бізге \
             қайта хабарласуыңызды сұраймыз.",
        ),
        (
            "ru",
            "Секретное слово временно заблокировано до одиннадцати часов пятнадцати минут; после этого позвоните \
             нам, пожалуйста, ещё раз.",
        ),
    ];
    says(&specialist, &client, PHRASE, "locked", &sentences).await;
}

async fn the_end_of_all_attempts_is_said(world: &World) {
    let (_, client, specialist) = caller(world, "K-1").await;
    // Three lock for a quarter, three more for an hour, three more for a day; the tenth disables.
    for lock in [0, 15, 60] {
        world.wait(TimeDelta::minutes(lock));
        let specialist = specialist.again(world.line()).await;
        for _ in 0..3 {
            specialist.verify(&client, WRONG).await.expect(201);
        }
    }
    let sentences = [(
        "ru",
        "Секретное слово временно заблокировано до двенадцати часов пятнадцати минут первого февраля; после этого \
         позвоните нам, пожалуйста, ещё раз.",
    )];
    says(&specialist, &client, PHRASE, "locked", &sentences).await;
    world.wait(TimeDelta::hours(24));
    let specialist = specialist.again(world.line()).await;
    let sentences = [(
        "kk",
        "Өкінішке қарай, құпия сөз дұрыс емес, бұдан әрі мүмкіндік қалмады; жеке басыңызды куәландыратын құжатпен \
         бөлімшеге келуіңізді сұраймыз.",
    )];
    says(&specialist, &client, WRONG, "rejected", &sentences).await;
    let sentences = [
        (
            "kk",
            "Құпия сөз бірнеше рет қате айтылғандықтан өшірілген; жаңасын белгілеу үшін жеке басыңызды \
             куәландыратын құжатпен бөлімшеге келуіңізді сұраймыз.",
        ),
        (
            "ru",
            "Секретное слово отключено, так как его много раз назвали неверно; чтобы установить новое, приходите, \
             пожалуйста, в отделение с документом, удостоверяющим личность.",
        ),
    ];
    says(&specialist, &client, PHRASE, "disabled", &sentences).await;
}

async fn where_there_is_no_passphrase_or_it_is_blocked_that_is_said(world: &World) {
    let (branch, client, specialist) = caller(world, "K-1").await;
    let unset = branch.enter_client("K-2").await;
    let sentences = [
        (
            "kk",
            "Құпия сөз белгіленбеген; оны белгілеу үшін жеке басыңызды куәландыратын құжатпен бөлімшеге келуіңізді \
             сұраймыз.",
        ),
        (
            "ru",
            "Секретное слово не установлено; чтобы установить его, приходите, пожалуйста, в отделение с \
             документом, удостоверяющим личность.",
        ),
    ];
    says(&specialist, &unset, PHRASE, "unset", &sentences).await;
    let block = format!("/v1/clients/{client}/passphrase/block");
    let reason = json!({"reason": "asked"});
    specialist.post(&block, reason).await.expect(200);
    let sentences = [
        (
            "kk",
            "Құпия сөз бұғатталған, сондықтан мәліметтер телефон арқылы берілмейді; жеке басыңызды куәландыратын \
             құжатпен бөлімшеге келуіңізді сұраймыз.",
        ),
        (
            "ru",
            "Секретное слово заблокировано, и по телефону сведения не предоставляются; приходите, пожалуйста, в \
             отделение с документом, удостоверяющим личность.",
        ),
    ];
    says(&specialist, &client, PHRASE, "blocked", &sentences).await;
}

async fn a_refusal_is_said_again_in_another_language(world: &World) {
    let (_, client, specialist) = caller(world, "K-1").await;
    let refused = verify(&specialist, &client, WRONG, "ru").await;
    let path = format!("/v1/verifications/{}", refused.text("id"));
    let ask = |query: &str| specialist.get(&format!("{path}{query}"));
    let again = ask("?spoken=ru").await.expect(200);
    assert_eq!(again["spoken"], refused["spoken"]);
    let other = ask("?spoken=kk").await.expect(200);
    assert!(other.text("spoken").contains("құпия сөз дұрыс емес"));
    assert!(ask("").await.expect(200).body.get("spoken").is_none());
    ask("?spoken=en")
        .await
        .refused_field(422, "spoken", "not_one_of");
    let verified = verify(&specialist, &client, PHRASE, "ru").await;
    let path = format!("/v1/verifications/{}?spoken=ru", verified.text("id"));
    let read = specialist.get(&path).await.expect(200);
    assert!(read.body.get("spoken").is_none(), "it goes with the loans");
}

async fn a_language_that_is_not_spoken_is_named_by_its_field_and_is_no_attempt(world: &World) {
    let (_, client, specialist) = caller(world, "K-1").await;
    for unknown in ["", "en", "KK", "kk,ru", " ru", "қазақша"] {
        let body = heard(&client, WRONG, &json!(unknown));
        let refused = specialist.post("/v1/verifications", body).await;
        refused.refused_field(422, "/spoken", "not_one_of");
    }
    let first = verify(&specialist, &client, WRONG, "kk").await;
    assert_eq!(first["attempts_left"], 2, "none before was an attempt");
    let opened = verify(&specialist, &client, PHRASE, "kk").await;
    let path = format!("/v1/verifications/{}/loans", opened.text("id"));
    for unknown in ["?spoken=", "?spoken", "?spoken=en", "?spoken=RU"] {
        let refused = specialist.get(&format!("{path}{unknown}")).await;
        refused.refused_field(422, "spoken", "not_one_of");
    }
    let twice = specialist.get(&format!("{path}?spoken=kk&spoken=ru")).await;
    twice.refused(400, "unknown_parameter");
}

async fn what_may_be_out_of_date_is_said_first(world: &World) {
    let (_, client, specialist) = caller(world, "K-1").await;
    push(
        &world.loan_system().await,
        "T-1",
        "1",
        "2026-03-01",
        json!(20),
    )
    .await;
    world.wait(TimeDelta::hours(24));
    let specialist = specialist.again(world.line()).await;
    let first = verify(&specialist, &client, PHRASE, "ru").await;
    assert_eq!(
        first["spoken"],
        "Обратите внимание: сведения могли устареть, последнее обновление — вчера, тридцать первого января две \
         тысячи двадцать шестого года; секретное слово верно; у Вас один действующий микрокредит."
    );
    let path = format!("/v1/verifications/{}/loans?spoken=kk", first.text("id"));
    let again = specialist.get(&path).await.expect(200);
    assert_eq!(
        again["spoken"],
        "Назар аударыңыз: мәліметтер ескірген болуы мүмкін, олар соңғы рет кеше, екі мың жиырма алтыншы жылғы отыз \
         бірінші қаңтарда жаңартылған; Сізде қолданыстағы бір микрокредит бар."
    );
}

async fn a_loan_system_that_is_away_is_said_first(world: &World) {
    let number = format!("spoken-{:?}-{}", world.kind, std::process::id());
    let (_, client, specialist) = caller(world, &number).await;
    let source = format!("clients/{number}/loans");
    stand_in().says(&source, Says::Json(500, String::new()));
    let none = verify(&specialist, &client, PHRASE, "kk").await;
    assert_eq!(
        none["spoken"],
        "Назар аударыңыз: несиелік жүйе қазір қолжетімсіз, сондықтан мәліметтер ескірген болуы мүмкін; құпия сөз \
         дұрыс; қолда бар мәліметтер бойынша Сізде қолданыстағы микрокредит жоқ."
    );
    let loan = json!({
        "ticket_number": format!("T-{number}"), "product": "Алтын", "due_on": "2026-02-10",
        "balance": {"amount": "5.00", "currency": "KZT"}, "grace_days": 20,
    });
    stand_in().states(&source, json!({"loans": [loan]}));
    world.wait(TimeDelta::minutes(1));
    let path = format!("/v1/verifications/{}/loans?spoken=ru", none.text("id"));
    let reply = specialist.get(&path).await.expect(200);
    assert_eq!(
        reply["spoken"],
        "Сейчас у Вас один действующий микрокредит, сведения обновлены только что."
    );
    stand_in().says(&source, Says::Json(500, String::new()));
    world.wait(TimeDelta::minutes(2));
    let away = specialist.get(&path).await.expect(200);
    assert_eq!(
        away["spoken"],
        "Обратите внимание: кредитная система сейчас недоступна, поэтому сведения могли устареть, последнее \
         обновление — две минуты назад; у Вас один действующий микрокредит."
    );
}

async fn a_replay_says_nothing_of_loans(world: &World) {
    let (_, client, specialist) = caller(world, "K-1").await;
    push(
        &world.loan_system().await,
        "T-1",
        "1",
        "2026-03-01",
        json!(20),
    )
    .await;
    let ask = async |phrase: &str| {
        let body = heard(&client, phrase, &json!("ru"));
        let asked = specialist.post("/v1/verifications", body);
        asked
            .header("idempotency-key", phrase.len().to_string().as_str())
            .await
            .expect(201)
    };
    let right = ask(PHRASE).await;
    assert_eq!(said(&right).len(), 2);
    let again = ask(PHRASE).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again["id"], right["id"]);
    assert!(!again.text.contains("spoken"), "{}", again.text);
    // What tells of no loans is kept.
    let wrong = ask(WRONG).await;
    let again = ask(WRONG).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.text("spoken"), wrong.text("spoken"));
}
