//! Quotas of a specialist: what is refused for them is never an attempt.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::{
    Answer, PHRASE, Person, World,
    cast::{WRONG, somebody},
    world::{on_each_database, on_postgresql},
};

on_each_database! {
    the_eleventh_verification_of_a_minute_is_refused_and_is_no_attempt,
    replays_are_not_counted,
    the_sixty_first_client_of_an_hour_is_refused,
    a_search_that_finds_nobody_touches_nobody,
    a_branch_serves_whoever_comes,
    of_thirty_verifications_at_once_ten_are_recorded,
    one_client_touched_many_times_at_once_is_one_client with FEW,
    of_clients_touched_at_once_no_more_than_the_quota_are_seen with FEW,
    a_block_touches_its_client_and_costs_nothing_once_touched with ONE,
    searches_that_find_nobody_are_bounded_for_everybody,
    of_searches_that_find_nobody_no_more_than_the_quota_are_answered_at_once,
    a_used_up_quota_does_not_tell_who_is_known with ONE,
}
on_postgresql! {
    two_instances_count_one_quota,
    two_instances_count_searches_that_find_nobody_together,
}

const ONE: &[(&str, &str)] = &[("QUPIA_LIMITS__CLIENTS_PER_HOUR", "1")];
const FEW: &[(&str, &str)] = &[("QUPIA_LIMITS__CLIENTS_PER_HOUR", "3")];

fn is_limited(answer: Answer, policy: &str, name: &str) -> u64 {
    let answer = answer.refused(429, "rate_limited");
    assert_eq!(answer.header("ratelimit-policy"), Some(policy));
    let wait = answer.header("retry-after").expect("a wait").to_owned();
    let rate = format!("\"{name}\";r=0;t={wait}");
    assert_eq!(answer.header("ratelimit"), Some(rate.as_str()));
    wait.parse().expect("seconds")
}

async fn the_eleventh_verification_of_a_minute_is_refused_and_is_no_attempt(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..10 {
        world.wait(TimeDelta::seconds(1));
        assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
    }
    let before = world.hash_jobs();
    for _ in 0..5 {
        let wait = is_limited(
            specialist.verify(&client, WRONG).await,
            "\"verifications\";q=10;w=60",
            "verifications",
        );
        assert!((50..=52).contains(&wait), "{wait}");
    }
    assert_eq!(world.hash_jobs(), before);
    let status = branch
        .get(&format!("/v1/clients/{client}/passphrase"))
        .await
        .expect(200);
    assert_eq!(status["failed_attempts"], 0);
    // Another specialist has a quota of their own; and with the time there is room again.
    let other = world.staff("supervisor").await;
    assert_eq!(other.outcome(&client, PHRASE).await, "verified");
    world.wait(TimeDelta::seconds(51));
    assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
    specialist
        .verify(&client, PHRASE)
        .await
        .refused(429, "rate_limited");
}

async fn replays_are_not_counted(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    let body = json!({"client_id": client, "passphrase": PHRASE, "call_id": "c"});
    for _ in 0..20 {
        let ask = specialist.post("/v1/verifications", body.clone());
        ask.header("idempotency-key", "one").await.expect(201);
    }
    for _ in 0..9 {
        specialist.verify(&client, PHRASE).await.expect(201);
    }
    specialist
        .verify(&client, PHRASE)
        .await
        .refused(429, "rate_limited");
}

async fn the_sixty_first_client_of_an_hour_is_refused(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let mut clients = Vec::new();
    for number in 0..61 {
        clients.push(branch.enter_client(&format!("K-{number}")).await);
    }
    let (last, first) = clients.split_last().expect("clients");
    for (number, client) in first.iter().enumerate() {
        match number % 3 {
            0 => drop(
                specialist
                    .get(&format!("/v1/clients/{client}"))
                    .await
                    .expect(200),
            ),
            1 => drop(search(&specialist, number).await.expect(200)),
            _ if number % 2 == 0 => drop(specialist.verify(client, PHRASE).await.expect(201)),
            _ => drop(
                specialist
                    .get(&format!("/v1/clients/{client}"))
                    .await
                    .expect(200),
            ),
        }
        world.wait(TimeDelta::seconds(10));
    }
    let policy = "\"clients\";q=60;w=3600";
    is_limited(search(&specialist, 60).await, policy, "clients");
    is_limited(
        specialist.get(&format!("/v1/clients/{last}")).await,
        policy,
        "clients",
    );
    let wait = is_limited(specialist.verify(last, PHRASE).await, policy, "clients");
    assert!((2_999..=3_001).contains(&wait), "{wait}");
    // Those who were touched may be touched again.
    specialist
        .get(&format!("/v1/clients/{}", first[5]))
        .await
        .expect(200);
    specialist.verify(&first[0], PHRASE).await.expect(201);
    world
        .staff("supervisor")
        .await
        .get(&format!("/v1/clients/{last}"))
        .await
        .expect(200);
    world.wait(TimeDelta::minutes(60));
    specialist
        .get(&format!("/v1/clients/{last}"))
        .await
        .expect(200);
}

async fn search(specialist: &Person, number: usize) -> Answer {
    let body = json!({"client_number": format!("K-{number}")});
    specialist.post("/v1/clients/search", body).await
}

async fn a_search_that_finds_nobody_touches_nobody(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    for number in 0..70 {
        world.wait(TimeDelta::seconds(6));
        assert!(
            search(&specialist, number)
                .await
                .expect(200)
                .items()
                .is_empty()
        );
    }
    let client = branch.enter_client("K-1").await;
    specialist
        .get(&format!("/v1/clients/{client}"))
        .await
        .expect(200);
}

async fn a_branch_serves_whoever_comes(world: &World) {
    let branch = world.staff("branch").await;
    for number in 0..65 {
        let client = branch
            .post("/v1/clients", somebody(&format!("K-{number}")))
            .await
            .expect(201);
        branch
            .get(&format!("/v1/clients/{}", client.text("id")))
            .await
            .expect(200);
    }
}

/// Verifies thirty times at once; gives how many were recorded and how many refused.
async fn thirty_at_once(callers: &[Person], client: &str) -> (usize, usize) {
    let tries = (0..30).map(|number| callers[number % callers.len()].verify(client, PHRASE));
    let answers = futures_util::future::join_all(tries).await;
    let count = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    (count(201), count(429))
}

async fn of_thirty_verifications_at_once_ten_are_recorded(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    assert_eq!(thirty_at_once(&[specialist], &client).await, (10, 20));
}

async fn two_instances_count_one_quota(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    let other = world.another_instance().await;
    let callers = [specialist.at(&other), specialist];
    assert_eq!(thirty_at_once(&callers, &client).await, (10, 20));
}

/// Enters clients with numbers from `first` on; gives where their cards are.
async fn cards(branch: &Person, first: usize, how_many: usize) -> Vec<String> {
    let mut paths = Vec::new();
    for number in first..first + how_many {
        let client = branch.enter_client(&format!("K-{number}")).await;
        paths.push(format!("/v1/clients/{client}"));
    }
    paths
}

async fn one_client_touched_many_times_at_once_is_one_client(world: &World) {
    let branch = world.staff("branch").await;
    for round in 0..5 {
        let specialist = world.staff("call_center").await;
        let paths = cards(&branch, 4 * round, 4).await;
        let looks = (0..10).map(|_| specialist.get(&paths[0]).into_future());
        for answer in futures_util::future::join_all(looks).await {
            answer.expect(200);
        }
        for path in &paths[1..3] {
            specialist.get(path).await.expect(200);
        }
        let fourth = specialist.get(&paths[3]).await;
        is_limited(fourth, "\"clients\";q=3;w=3600", "clients");
    }
}

async fn of_clients_touched_at_once_no_more_than_the_quota_are_seen(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let paths = cards(&branch, 0, 20).await;
    let looks = paths.iter().map(|path| specialist.get(path).into_future());
    let answers = futures_util::future::join_all(looks).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        3
    );
    // A telephone of many: a search that would touch too many shows none of them.
    let many = json!({"phone": "+77012345667"});
    specialist
        .post("/v1/clients/search", many)
        .await
        .refused(429, "rate_limited");
}

async fn a_block_touches_its_client_and_costs_nothing_once_touched(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let mut clients = Vec::new();
    for number in ["K-1", "K-2", "K-3"] {
        clients.push(branch.client_with_phrase(world, number).await);
    }
    let block = async |client: &str| {
        let path = format!("/v1/clients/{client}/passphrase/block");
        specialist.post(&path, json!({"reason": "asked"})).await
    };
    block("nobody").await.refused(404, "not_found");
    block(&clients[0]).await.expect(200);
    let policy = "\"clients\";q=1;w=3600";
    for client in &clients[1..] {
        is_limited(block(client).await, policy, "clients");
        let card = specialist.get(&format!("/v1/clients/{client}")).await;
        is_limited(card, policy, "clients");
        let status = branch.get(&format!("/v1/clients/{client}/passphrase"));
        assert_eq!(status.await.expect(200)["state"], "active");
    }
    // Whoever was touched is touched again for nothing.
    block(&clients[0]).await.expect(200);
    let card = specialist.get(&format!("/v1/clients/{}", clients[0]));
    card.await.expect(200);
    world.wait(TimeDelta::hours(1));
    block(&clients[1]).await.expect(200);
}

const IN_VAIN: &str = "\"empty_searches\";q=10;w=60";

async fn searches_that_find_nobody_are_bounded_for_everybody(world: &World) {
    let registrar = world.staff("branch").await;
    registrar.enter_client("K-1").await;
    for role in ["call_center", "branch", "supervisor"] {
        let person = world.staff(role).await;
        for number in 100..110 {
            search(&person, 1).await.expect(200);
            let nobody = search(&person, number).await.expect(200);
            assert!(nobody.items().is_empty());
            world.wait(TimeDelta::seconds(1));
        }
        let found = search(&person, 1).await;
        let wait = is_limited(found, IN_VAIN, "empty_searches");
        assert_eq!(wait, 50);
        let nobody = search(&person, 110).await;
        assert_eq!(is_limited(nobody, IN_VAIN, "empty_searches"), wait);
        // Others search on, and with the time there is room again.
        let other = world.staff(role).await;
        search(&other, 1).await.expect(200);
        world.wait(TimeDelta::seconds(50));
        assert_eq!(search(&person, 1).await.expect(200).items().len(), 1);
    }
    let events = "SELECT reason FROM audit_events WHERE action = 'limit.reached'";
    assert_eq!(world.database.texts(events), ["empty_searches"; 6]);
}

/// Thirty searches at once that find nobody; gives how many were answered.
async fn in_vain_at_once(people: &[Person]) -> usize {
    let searches = (100..130).map(|number| search(&people[number % people.len()], number));
    let answers = futures_util::future::join_all(searches).await;
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        is_limited(refused.clone(), IN_VAIN, "empty_searches");
    }
    answers.iter().filter(|answer| answer.status == 200).count()
}

async fn of_searches_that_find_nobody_no_more_than_the_quota_are_answered_at_once(world: &World) {
    for role in ["call_center", "branch"] {
        assert_eq!(in_vain_at_once(&[world.staff(role).await]).await, 10);
    }
}

async fn two_instances_count_searches_that_find_nobody_together(world: &World) {
    let branch = world.staff("branch").await;
    branch.enter_client("K-1").await;
    let other = world.another_instance().await;
    let people = [branch.at(&other), branch];
    // What had begun on the other instance while there was room is answered.
    let answered = in_vain_at_once(&people).await;
    assert!((10..=11).contains(&answered), "{answered}");
    for person in &people {
        let found = search(person, 1).await;
        is_limited(found, IN_VAIN, "empty_searches");
    }
}

async fn a_used_up_quota_does_not_tell_who_is_known(world: &World) {
    let branch = world.staff("branch").await;
    for number in ["K-1", "K-2"] {
        branch.enter_client(number).await;
    }
    for role in ["call_center", "supervisor"] {
        let specialist = world.staff(role).await;
        search(&specialist, 1).await.expect(200);
        let policy = "\"clients\";q=1;w=3600";
        // However often either is asked for, it stays the same answer.
        for _ in 0..12 {
            let mut reply = Vec::new();
            for number in [2, 99] {
                let answer = search(&specialist, number).await;
                let mut body = answer.body.clone();
                body["request_id"] = json!(null);
                reply.push((body, is_limited(answer, policy, "clients")));
            }
            assert_eq!(reply[0], reply[1]);
        }
        assert_eq!(search(&specialist, 1).await.expect(200).items().len(), 1);
    }
}
