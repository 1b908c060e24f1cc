//! Tokens that somebody made up: all of them meet one and the same wall.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use qupia::secrets::{
    chance::Chance,
    keyring::{Keyring, Purpose},
    token::{Claims, TokenSettings, Tokens},
};
use serde_json::{Value, json};

use crate::support::{Person, World, world::on_each_database};

on_each_database! {
    every_forged_or_stale_token_meets_the_same_wall,
    a_token_is_no_good_under_another_scheme,
}

/// The parts of a token.
fn parts(token: &str) -> (Value, Value, String) {
    let part = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text).expect("base64url");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    let split: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = split[..] else {
        panic!("three parts")
    };
    (part(header), part(claims), signature.to_owned())
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// Tokens that differ from a good one in one thing.
fn forged(world: &World, good: &str) -> Vec<(&'static str, String)> {
    let (header, claims, signature) = parts(good);
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        format!("{}.{signature}", unsigned(&header, &claims))
    };
    let claiming = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        format!("{}.{signature}", unsigned(&header, &claims))
    };
    let mut none = header.clone();
    none["alg"] = json!("none");
    let mut forged = vec![
        (
            "no algorithm and no signature",
            format!("{}.", unsigned(&none, &claims)),
        ),
        ("no algorithm", with("alg", json!("none"))),
        ("an algorithm of another size", with("alg", json!("HS512"))),
        ("an algorithm of another kind", with("alg", json!("RS256"))),
        ("a curve", with("alg", json!("EdDSA"))),
        ("another type", with("typ", json!("JWT"))),
        ("an unknown key", with("kid", json!("k-0"))),
        (
            "a path for a key",
            with("kid", json!("../../../../dev/null")),
        ),
        (
            "a query for a key",
            with("kid", json!("x' UNION SELECT 'AA'--")),
        ),
        (
            "a key from elsewhere",
            with("jku", json!("https://example.com/keys")),
        ),
        (
            "a key in the header",
            with("jwk", json!({"kty": "oct", "k": "AA"})),
        ),
        ("a demand that is not known", with("crit", json!(["exp"]))),
        ("another subject", claiming("sub", json!(world.admin.id))),
        ("another role", claiming("role", json!("admin"))),
        ("a longer life", claiming("exp", json!(32_503_680_000_i64))),
        ("no signature", format!("{}.", unsigned(&header, &claims))),
        ("half a signature", good[..good.len() - 10].to_owned()),
        ("a part too many", format!("{good}.x")),
        ("padding", format!("{good}==")),
        ("nothing", String::new()),
        ("no token", "x".to_owned()),
        ("a very long one", "x".repeat(7_000)),
    ];
    forged.extend(issued_elsewhere(world, &claims));
    forged
}

/// Tokens with a good signature, or with one of another house, that say what is not so.
fn issued_elsewhere(world: &World, claims: &Value) -> Vec<(&'static str, String)> {
    let path = world.folder().join("keyring.toml");
    let own = Keyring::load(&path).expect("the keyring is there");
    let other = Keyring::generate(&Chance::seeded(1), world.clock.now());
    let text = |name: &str| claims[name].as_str().expect("a text").to_owned();
    let said = Claims {
        staff_id: text("sub"),
        session_id: text("jti"),
        role: text("role"),
        issued_at: claims["iat"].as_i64().expect("a time"),
        expires_at: claims["exp"].as_i64().expect("a time"),
    };
    let issue = |keyring: &Keyring, settings: TokenSettings, said: &Claims| {
        Tokens::new(keyring, settings).issue(said)
    };
    let settings = TokenSettings::default;
    let now = world.clock.now().timestamp();
    let mut ended = said.clone();
    ended.expires_at = now;
    let mut early = said.clone();
    early.issued_at = now + TokenSettings::default().leeway_seconds + 1;
    let mut nobody = said.clone();
    nobody.session_id = "no-such-session".to_owned();
    let audience = TokenSettings {
        audience: "another-api".to_owned(),
        ..settings()
    };
    let issuer = TokenSettings {
        issuer: "another-house".to_owned(),
        ..settings()
    };
    // A token of another house under the name of our key.
    let (mut header, forged_claims, signature) = parts(&issue(&other, settings(), &said));
    header["kid"] = json!(own.active(Purpose::Token).id());
    vec![
        ("another audience", issue(&own, audience, &said)),
        ("another issuer", issue(&own, issuer, &said)),
        ("a life that is over", issue(&own, settings(), &ended)),
        ("a life that has not begun", issue(&own, settings(), &early)),
        ("a session that never was", issue(&own, settings(), &nobody)),
        ("another house's key", issue(&other, settings(), &said)),
        (
            "a confused key",
            format!("{}.{signature}", unsigned(&header, &forged_claims)),
        ),
    ]
}

/// What the wall says, without the request's id.
async fn wall(world: &World, what: &str, token: &str) -> Value {
    let answer = world.line().with_token(token).get("/v1/staff/me").await;
    assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    let mut body = answer.refused(401, "unauthenticated").body;
    body["request_id"] = Value::Null;
    body
}

async fn every_forged_or_stale_token_meets_the_same_wall(world: &World) {
    let person: Person = world.staff("auditor").await;
    let revoked = person.again(world.line()).await;
    revoked.delete("/v1/sessions/current").await.expect(204);
    let first = wall(world, "a session that was ended", revoked.token()).await;
    for (what, token) in forged(world, person.token()) {
        assert_eq!(wall(world, what, &token).await, first, "{what}");
    }
    person.get("/v1/staff/me").await.expect(200);
    world.wait(TimeDelta::hours(12));
    let what = "a session that is over";
    assert_eq!(wall(world, what, person.token()).await, first);
}

async fn a_token_is_no_good_under_another_scheme(world: &World) {
    let token = world.admin.token();
    let ask = |value: String| {
        world
            .line()
            .get("/v1/staff/me")
            .header("authorization", &value)
    };
    for value in [
        format!("Basic {token}"),
        token.to_owned(),
        format!("Bearer{token}"),
    ] {
        ask(value).await.refused(401, "unauthenticated");
    }
    ask(format!("bearer {token}")).await.expect(200);
    let in_url = format!("/v1/staff/me?access_token={token}");
    world
        .line()
        .get(&in_url)
        .await
        .refused(401, "unauthenticated");
}
