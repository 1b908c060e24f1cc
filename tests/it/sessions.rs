//! Signing in and out: one-time passwords, revocation at once, throttling, the last admin.

use chrono::TimeDelta;
use qupia::secrets::hasher::Admission;
use serde_json::{Value, json};

use crate::support::{
    Answer, Person, World,
    cast::{ask_for_token, sign_in},
    telephone::Line,
    world::{FIRST_PASSWORD, on_each_database, on_postgresql},
};

on_each_database! {
    a_one_time_password_signs_in_until_it_is_changed_and_for_72_hours_at_most,
    a_new_password_is_long_uncommon_and_without_the_login,
    whoever_changes_their_password_stays_and_their_other_sessions_end,
    a_password_that_an_admin_makes_meanwhile_is_the_one_that_holds,
    of_five_changes_of_one_password_at_once_one_holds,
    signing_out_ends_one_session_and_no_other,
    a_session_ends_after_its_hours,
    whoever_is_disabled_gets_another_role_or_another_password_is_out_at_once,
    an_unknown_login_a_wrong_password_and_a_disabled_account_are_one_answer_at_one_cost,
    logins_are_throttled_by_login_and_not_by_address,
    the_last_active_admin_can_be_neither_disabled_nor_demoted,
    of_two_admins_who_disable_each_other_at_once_one_stays,
    service_accounts_and_people_sign_in_each_in_their_own_way,
    a_token_is_asked_for_as_the_standard_says,
    a_login_is_the_same_in_any_case_and_taken_once,
    staff_of_a_branch_have_one_and_it_has_to_be_known,
    a_service_account_gets_a_new_secret_and_the_old_one_ends,
    a_sign_in_that_is_refused_for_load_uses_up_none_of_the_quota with NO_QUEUE,
    a_change_of_password_that_is_refused_for_load_uses_up_none_of_the_quota with NO_QUEUE,
    whoever_is_throttled_takes_no_place_in_the_line with NO_QUEUE,
    a_password_is_one_however_its_letters_are_composed,
    a_password_that_was_kept_as_it_was_typed_is_renewed_at_success,
}

/// Whoever finds no free worker is refused at once.
const NO_QUEUE: &[(&str, &str)] = &[("QUPIA_HASH__QUEUE", "0")];

on_postgresql! {
    what_ends_on_one_instance_has_ended_on_the_other,
}

async fn me(line: &Line) -> Answer {
    line.get("/v1/staff/me").await
}

async fn is_out(person: &Person) {
    me(person).await.refused(401, "unauthenticated");
}

async fn a_one_time_password_signs_in_until_it_is_changed_and_for_72_hours_at_most(world: &World) {
    sign_in(world.line(), "admin", FIRST_PASSWORD)
        .await
        .refused(401, "bad_credentials");
    let entered = world.enter_staff("auditor").await;
    let (login, password) = (entered.text("login"), entered.text("password"));
    let almost = TimeDelta::hours(72) - TimeDelta::microseconds(1);
    for wait in [TimeDelta::zero(), almost] {
        world.wait(wait);
        let session = sign_in(world.line(), &login, &password).await.expect(201);
        assert_eq!(session["staff"]["password_change_required"], true);
    }
    world.wait(TimeDelta::microseconds(1));
    sign_in(world.line(), &login, &password)
        .await
        .refused(401, "bad_credentials");
    let admin = world.admin.again(world.line()).await;
    let path = format!("/v1/staff/{}/password", entered.text("id"));
    let again = admin.post(&path, json!({})).await.expect(201);
    assert_ne!(again.text("password"), password);
    sign_in(world.line(), &login, &again.text("password"))
        .await
        .expect(201);
}

async fn a_new_password_is_long_uncommon_and_without_the_login(world: &World) {
    let person = world.staff("auditor").await;
    let change = async |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        person.post("/v1/staff/me/password", body).await
    };
    let own = person.password.clone();
    let good = "lantern marmot orchard";
    change("not the current one", good).await.refused_field(
        422,
        "/current_password",
        "wrong_password",
    );
    change(&own, "k3-9vPq-zxw")
        .await
        .refused_field(422, "/new_password", "too_short");
    change(&own, "password1234")
        .await
        .refused_field(422, "/new_password", "weak_password");
    change(&own, &own)
        .await
        .refused_field(422, "/new_password", "weak_password");
    change(&own, &"длинный ".repeat(40))
        .await
        .refused_field(422, "/new_password", "too_long");
    change(&own, good).await.expect(204);
    sign_in(world.line(), &person.login, &own)
        .await
        .refused(401, "bad_credentials");
    sign_in(world.line(), &person.login, good).await.expect(201);
}

async fn whoever_changes_their_password_stays_and_their_other_sessions_end(world: &World) {
    let person = world.staff("auditor").await;
    let elsewhere = person.again(world.line()).await;
    me(&elsewhere).await.expect(200);
    let body =
        json!({"current_password": person.password, "new_password": "lantern marmot orchard"});
    person.post("/v1/staff/me/password", body).await.expect(204);
    me(&person).await.expect(200);
    is_out(&elsewhere).await;
}

async fn a_password_that_an_admin_makes_meanwhile_is_the_one_that_holds(world: &World) {
    let other = "lantern marmot orchard";
    for _ in 0..8 {
        let person = world.staff("auditor").await;
        let body = json!({"current_password": person.password, "new_password": other});
        let path = format!("/v1/staff/{}/password", person.id);
        let (changed, made) = futures_util::future::join(
            person.post("/v1/staff/me/password", body).into_future(),
            world.admin.post(&path, json!({})).into_future(),
        )
        .await;
        assert!(
            [204, 401, 422].contains(&changed.status),
            "{}",
            changed.text
        );
        let made = made.expect(201).text("password");
        sign_in(world.line(), &person.login, &made)
            .await
            .expect(201);
        is_out(&person).await;
    }
}

async fn of_five_changes_of_one_password_at_once_one_holds(world: &World) {
    let person = world.staff("auditor").await;
    let new = |number: usize| format!("lantern marmot orchard {number}");
    let changes = (0..5).map(|number| {
        let body = json!({"current_password": person.password, "new_password": new(number)});
        person.post("/v1/staff/me/password", body).into_future()
    });
    let answers = futures_util::future::join_all(changes).await;
    let done: Vec<_> = (0..5)
        .filter(|number| answers[*number].status == 204)
        .collect();
    assert_eq!(done.len(), 1, "{answers:?}");
    sign_in(world.line(), &person.login, &new(done[0]))
        .await
        .expect(201);
}

async fn signing_out_ends_one_session_and_no_other(world: &World) {
    let person = world.staff("auditor").await;
    let elsewhere = person.again(world.line()).await;
    person.delete("/v1/sessions/current").await.expect(204);
    is_out(&person).await;
    person
        .delete("/v1/sessions/current")
        .await
        .refused(401, "unauthenticated");
    me(&elsewhere).await.expect(200);
}

async fn a_session_ends_after_its_hours(world: &World) {
    let person = world.staff("auditor").await;
    let session = sign_in(world.line(), &person.login, &person.password)
        .await
        .expect(201);
    let seconds = session["expires_in"].as_i64().expect("seconds");
    let line = world.line().with_token(&session.text("access_token"));
    world.wait(TimeDelta::seconds(seconds - 1));
    me(&line).await.expect(200);
    world.wait(TimeDelta::seconds(1));
    me(&line).await.refused(401, "unauthenticated");
}

async fn whoever_is_disabled_gets_another_role_or_another_password_is_out_at_once(world: &World) {
    ends_at_once(world, world.line(), world.line()).await;
}

async fn what_ends_on_one_instance_has_ended_on_the_other(world: &World) {
    let other = world.another_instance().await;
    ends_at_once(world, world.line(), &other.line).await;
    ends_at_once(world, &other.line, world.line()).await;
    let person = world.staff("auditor").await;
    let there = person.at(&other);
    me(&there).await.expect(200);
    person.delete("/v1/sessions/current").await.expect(204);
    is_out(&there).await;
}

/// Ends sessions by what an admin does at `here`, and looks for them at `there`.
async fn ends_at_once(world: &World, here: &Line, there: &Line) {
    let admin = here.with_token(world.admin.token());
    let changes = [
        json!({"status": "disabled"}),
        json!({"role": "supervisor"}),
        json!({"role": "auditor", "status": "disabled"}),
    ];
    for change in changes {
        let person = world.staff("auditor").await;
        let seen = there.with_token(person.token());
        me(&seen).await.expect(200);
        admin
            .patch(&format!("/v1/staff/{}", person.id), change)
            .await
            .expect(200);
        me(&seen).await.refused(401, "unauthenticated");
    }
    let person = world.staff("auditor").await;
    let seen = there.with_token(person.token());
    // What changes neither role nor status ends nothing.
    let path = format!("/v1/staff/{}", person.id);
    admin
        .patch(&path, json!({"name": "Әлия Серік", "role": "auditor"}))
        .await
        .expect(200);
    assert_eq!(me(&seen).await.expect(200)["name"], "Әлия Серік");
    admin
        .post(&format!("{path}/password"), json!({}))
        .await
        .expect(201);
    me(&seen).await.refused(401, "unauthenticated");
    sign_in(there, &person.login, &person.password)
        .await
        .refused(401, "bad_credentials");
    // Whoever is enabled again signs in anew; the old token stays dead.
    let person = world.staff("auditor").await;
    let path = format!("/v1/staff/{}", person.id);
    admin
        .patch(&path, json!({"status": "disabled"}))
        .await
        .expect(200);
    sign_in(there, &person.login, &person.password)
        .await
        .refused(401, "bad_credentials");
    admin
        .patch(&path, json!({"status": "active"}))
        .await
        .expect(200);
    me(&there.with_token(person.token()))
        .await
        .refused(401, "unauthenticated");
    me(&*person.again(there).await).await.expect(200);
}

async fn an_unknown_login_a_wrong_password_and_a_disabled_account_are_one_answer_at_one_cost(
    world: &World,
) {
    let known = world.staff("auditor").await;
    let disabled = world.staff("auditor").await;
    let status = json!({"status": "disabled"});
    world
        .admin
        .patch(&format!("/v1/staff/{}", disabled.id), status)
        .await
        .expect(200);
    let tries = [
        (known.login.as_str(), "not the password"),
        ("nobody.at.all", "not the password"),
        ("қате логин", "not the password"),
        (&disabled.login, &disabled.password),
    ];
    let mut reply = Vec::new();
    for (login, password) in tries {
        let before = world.hash_jobs();
        let answer = sign_in(world.line(), login, password)
            .await
            .refused(401, "bad_credentials");
        assert_eq!(world.hash_jobs() - before, 1, "{login}");
        let mut body = answer.body.clone();
        body["request_id"] = Value::Null;
        reply.push((body, answer.header("www-authenticate").map(str::to_owned)));
    }
    assert!(reply.windows(2).all(|pair| pair[0] == pair[1]), "{reply:?}");
}

async fn logins_are_throttled_by_login_and_not_by_address(world: &World) {
    let (one, other) = (world.staff("auditor").await, world.staff("auditor").await);
    world.wait(TimeDelta::minutes(1));
    for login in [one.login.as_str(), "nobody"] {
        for _ in 0..10 {
            sign_in(world.line(), login, "wrong")
                .await
                .refused(401, "bad_credentials");
        }
        let before = world.hash_jobs();
        let limited = sign_in(world.line(), login, &one.password).await;
        let limited = limited.refused(429, "rate_limited");
        assert_eq!(
            limited.header("ratelimit-policy"),
            Some("\"logins\";q=10;w=60")
        );
        sign_in(world.line(), &login.to_uppercase(), "x")
            .await
            .refused(429, "rate_limited");
        assert_eq!(world.hash_jobs(), before, "a throttled login costs no hash");
    }
    sign_in(world.line(), &other.login, &other.password)
        .await
        .expect(201);
    world.wait(TimeDelta::seconds(60));
    sign_in(world.line(), &one.login, &one.password)
        .await
        .expect(201);
}

async fn the_last_active_admin_can_be_neither_disabled_nor_demoted(world: &World) {
    let path = format!("/v1/staff/{}", world.admin.id);
    for change in [json!({"status": "disabled"}), json!({"role": "auditor"})] {
        world
            .admin
            .patch(&path, change)
            .await
            .refused(409, "last_admin");
    }
    let second = world.staff("admin").await;
    world
        .admin
        .patch(&path, json!({"role": "auditor"}))
        .await
        .expect(200);
    is_out(&world.admin).await;
    let own = format!("/v1/staff/{}", second.id);
    second
        .patch(&own, json!({"status": "disabled"}))
        .await
        .refused(409, "last_admin");
}

async fn of_two_admins_who_disable_each_other_at_once_one_stays(world: &World) {
    let mut admin = world.admin.clone();
    for _ in 0..5 {
        world.wait(TimeDelta::minutes(1));
        let entered = json!({"login": format!("a{}", world.clock.now().timestamp()), "name": "A", "role": "admin"});
        let entered = admin.post("/v1/staff", entered).await.expect(201);
        let (login, password) = (entered.text("login"), entered.text("password"));
        let other = crate::support::cast::settle_in(world.line(), &login, &password).await;
        let disable = json!({"status": "disabled"});
        let one_way = format!("/v1/staff/{}", other.id);
        let other_way = format!("/v1/staff/{}", admin.id);
        let (first, second) = futures_util::future::join(
            admin.patch(&one_way, disable.clone()).into_future(),
            other.patch(&other_way, disable).into_future(),
        )
        .await;
        let done = [first.status, second.status]
            .iter()
            .filter(|status| **status == 200)
            .count();
        assert_eq!(done, 1, "{} {}", first.text, second.text);
        admin = if first.status == 200 { admin } else { other };
        me(&admin).await.expect(200);
    }
}

async fn service_accounts_and_people_sign_in_each_in_their_own_way(world: &World) {
    let person = world.staff("auditor").await;
    let service = world.loan_system().await;
    sign_in(world.line(), &service.login, &service.password)
        .await
        .refused(401, "bad_credentials");
    let refused = ask_for_token(
        world.line(),
        &person.login,
        &person.password.replace(' ', "+"),
    )
    .await;
    assert_eq!(
        (refused.status, &refused["error"]),
        (401, &json!("invalid_client"))
    );
    let path = format!("/v1/staff/{}", person.id);
    let change = json!({"role": "loan_system"});
    world
        .admin
        .patch(&path, change)
        .await
        .refused_field(422, "/role", "contradiction");
}

async fn a_token_is_asked_for_as_the_standard_says(world: &World) {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let service = world.loan_system().await;
    let form = "application/x-www-form-urlencoded";
    let ask = || world.line().ask("POST", "/v1/oauth/token");
    let basic = STANDARD.encode(format!("{}:{}", service.login, service.password));
    let basic = format!("Basic {basic}");
    let token = ask()
        .header("authorization", &basic)
        .body(form, "grant_type=client_credentials")
        .await
        .expect(200);
    assert_eq!(token["token_type"], "Bearer");
    assert!(
        token["expires_in"]
            .as_i64()
            .is_some_and(|seconds| seconds > 0)
    );
    let wrong = ask_for_token(world.line(), &service.login, "wrong").await;
    assert_eq!(
        (wrong.status, &wrong["error"]),
        (401, &json!("invalid_client"))
    );
    let wrong = STANDARD.encode(format!("{}:wrong", service.login));
    let wrong = ask()
        .header("authorization", &format!("Basic {wrong}"))
        .body(form, "grant_type=client_credentials")
        .await;
    assert_eq!(
        (wrong.status, &wrong["error"]),
        (401, &json!("invalid_client"))
    );
    assert!(
        wrong
            .header("www-authenticate")
            .is_some_and(|scheme| scheme.starts_with("Basic"))
    );
    let refusals = [
        (
            "grant_type=password&username=a&password=b",
            "unsupported_grant_type",
        ),
        ("client_id=a&client_secret=b", "invalid_request"),
        ("", "invalid_request"),
    ];
    for (body, error) in refusals {
        let refused = ask().body(form, body).await;
        assert_eq!(
            (refused.status, &refused["error"]),
            (400, &json!(error)),
            "{}",
            refused.text
        );
    }
    // Two ways of authenticating at once are refused (RFC 6749 §2.3).
    let both = format!(
        "grant_type=client_credentials&client_id={}&client_secret=x",
        service.login
    );
    let both = ask().header("authorization", &basic).body(form, both).await;
    assert_eq!(
        (both.status, &both["error"]),
        (400, &json!("invalid_request")),
        "{}",
        both.text
    );
}

async fn a_login_is_the_same_in_any_case_and_taken_once(world: &World) {
    let body = |login: &str| json!({"login": login, "name": "Айгүл", "role": "auditor"});
    let entered = world
        .admin
        .post("/v1/staff", body("Aigul.B"))
        .await
        .expect(201);
    assert_eq!(entered["login"], "aigul.b");
    world
        .admin
        .post("/v1/staff", body("AIGUL.b"))
        .await
        .refused(409, "login_taken");
    sign_in(world.line(), "AIGUL.B", &entered.text("password"))
        .await
        .expect(201);
    for bad in ["a/b", "", "Әсел", "a b", &"x".repeat(65)] {
        world
            .admin
            .post("/v1/staff", body(bad))
            .await
            .refused_field(422, "/login", "not_an_identifier");
    }
}

async fn staff_of_a_branch_have_one_and_it_has_to_be_known(world: &World) {
    let body = json!({"login": "b1", "name": "Айгүл", "role": "branch"});
    world
        .admin
        .post("/v1/staff", body.clone())
        .await
        .refused_field(422, "/branch_code", "missing");
    let mut with_branch = body;
    with_branch["branch_code"] = json!("AST-2");
    world
        .admin
        .post("/v1/staff", with_branch.clone())
        .await
        .refused_field(422, "/branch_code", "unknown_branch");
    world.open_branch("ast-2").await;
    let again = json!({"code": "AST-2", "name": "Астана"});
    world
        .admin
        .post("/v1/branches", again)
        .await
        .refused(409, "branch_code_taken");
    let entered = world.admin.post("/v1/staff", with_branch).await.expect(201);
    assert_eq!(entered["branch_code"], "AST-2");
    let path = format!("/v1/staff/{}", entered.text("id"));
    let without = json!({"branch_code": null});
    world
        .admin
        .patch(&path, without)
        .await
        .refused_field(422, "/branch_code", "missing");
    world
        .admin
        .patch(&path, json!({}))
        .await
        .refused_field(422, "", "nothing_to_change");
    let admin = world.admin.patch(&path, json!({"status": "gone"})).await;
    admin.refused_field(422, "/status", "not_one_of");
}

async fn a_service_account_gets_a_new_secret_and_the_old_one_ends(world: &World) {
    let service = world.loan_system().await;
    let path = format!("/v1/staff/{}/password", service.id);
    let made = world.admin.post(&path, json!({})).await.expect(201);
    assert!(made.body.get("password").is_none(), "{}", made.text);
    let probe = service.put("/v1/loan-system/clients/K-1", json!({})).await;
    probe.refused(401, "unauthenticated");
    assert_eq!(
        ask_for_token(world.line(), &service.login, &service.password)
            .await
            .status,
        401
    );
    let secret = made.text("client_secret");
    ask_for_token(world.line(), &service.login, &secret)
        .await
        .expect(200);
}

/// Takes every worker, until what is given is dropped.
async fn all_workers(world: &World) -> Vec<Admission> {
    let hasher = &world.first.app.hasher;
    let mut taken = Vec::new();
    while let Ok(admission) = hasher.admit().await {
        taken.push(admission);
    }
    taken
}

async fn a_sign_in_that_is_refused_for_load_uses_up_none_of_the_quota(world: &World) {
    let person = world.staff("auditor").await;
    world.wait(TimeDelta::minutes(1));
    let busy = all_workers(world).await;
    for _ in 0..12 {
        let refused = sign_in(world.line(), &person.login, &person.password).await;
        refused.refused(503, "overloaded");
    }
    drop(busy);
    for _ in 0..10 {
        let session = sign_in(world.line(), &person.login, &person.password);
        session.await.expect(201);
    }
    let limited = sign_in(world.line(), &person.login, &person.password).await;
    limited.refused(429, "rate_limited");
}

async fn a_change_of_password_that_is_refused_for_load_uses_up_none_of_the_quota(world: &World) {
    let person = world.staff("auditor").await;
    world.wait(TimeDelta::minutes(1));
    let change = async |current: &str| {
        let new = "lantern marmot orchard";
        let body = json!({"current_password": current, "new_password": new});
        person.post("/v1/staff/me/password", body).await
    };
    let busy = all_workers(world).await;
    for _ in 0..12 {
        change(&person.password).await.refused(503, "overloaded");
    }
    // One free worker is enough for a change: nothing is refused halfway.
    let mut busy = busy;
    for _ in 0..9 {
        drop(busy.pop());
        let wrong = change("not the current one").await;
        wrong.refused_field(422, "/current_password", "wrong_password");
        busy.extend(all_workers(world).await);
    }
    drop(busy.pop());
    change(&person.password).await.expect(204);
    let limited = change("not the current one").await;
    limited.refused(429, "rate_limited");
}

async fn whoever_is_throttled_takes_no_place_in_the_line(world: &World) {
    let person = world.staff("auditor").await;
    world.wait(TimeDelta::minutes(1));
    let change = async || {
        let body = json!({"current_password": "wrong", "new_password": "lantern marmot orchard"});
        person.post("/v1/staff/me/password", body).await
    };
    for _ in 0..10 {
        sign_in(world.line(), &person.login, "wrong").await;
        change().await;
    }
    // With no worker free and no room in the line, whoever lined up would be told of the load.
    let busy = all_workers(world).await;
    let refused = sign_in(world.line(), &person.login, "wrong").await;
    refused.refused(429, "rate_limited");
    change().await.refused(429, "rate_limited");
    let other = sign_in(world.line(), "somebody.else", "wrong").await;
    other.refused(503, "overloaded");
    drop(busy);
}

async fn a_password_is_one_however_its_letters_are_composed(world: &World) {
    let (composed, decomposed) = (
        "йогурт мен ёлка қайық",
        "и\u{306}огурт мен е\u{308}лка қаи\u{306}ық",
    );
    for (set, typed) in [(composed, decomposed), (decomposed, composed)] {
        let person = world.staff("auditor").await;
        let body = json!({"current_password": person.password, "new_password": set});
        person.post("/v1/staff/me/password", body).await.expect(204);
        for password in [set, typed] {
            let session = sign_in(world.line(), &person.login, password);
            session.await.expect(201);
        }
        let body = json!({"current_password": typed, "new_password": set});
        let same = person.post("/v1/staff/me/password", body).await;
        same.refused_field(422, "/new_password", "weak_password");
        let body = json!({"current_password": typed, "new_password": "lantern marmot orchard"});
        person.post("/v1/staff/me/password", body).await.expect(204);
    }
}

async fn a_password_that_was_kept_as_it_was_typed_is_renewed_at_success(world: &World) {
    let (composed, decomposed) = ("йогурт мен ёлка", "и\u{306}огурт мен е\u{308}лка");
    let person = world.staff("auditor").await;
    let hash = format!("SELECT password_hash FROM staff WHERE id = '{}'", person.id);
    let kept = || world.database.texts(&hash).concat();
    for typed in [composed, decomposed] {
        let secret = decomposed.as_bytes().to_vec().into();
        let admission = world.first.app.hasher.admit().await.expect("there is room");
        let old = admission.make(secret, None).await.expect("a hash").phc;
        let put = format!(
            "UPDATE staff SET password_hash = '{old}' WHERE id = '{}'",
            person.id
        );
        world.database.execute(&put);
        let wrong = sign_in(world.line(), &person.login, "и\u{306}огурт").await;
        wrong.refused(401, "bad_credentials");
        assert_eq!(kept(), old);
        sign_in(world.line(), &person.login, typed)
            .await
            .expect(201);
        let renewed = kept();
        assert_ne!(renewed, old);
        for typed in [composed, decomposed] {
            sign_in(world.line(), &person.login, typed)
                .await
                .expect(201);
        }
        assert_eq!(kept(), renewed, "what is of today is not renewed");
        world.wait(TimeDelta::minutes(1));
    }
}
