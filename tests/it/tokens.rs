//! Tokens that somebody made up: all of them meet one and the same wall.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::{DateTime, TimeDelta};
use hmac::{Hmac, KeyInit, Mac};
use qupia::secrets::{
    keyring::Keyring,
    rng::SystemRng,
    seal::Seals,
    token::{Claims, TokenSettings, Tokens},
};
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};

use crate::support::{Person, World, world::on_each_database};

on_each_database! {
    every_forged_or_stale_token_meets_the_same_wall,
    every_way_of_revoking_leads_to_the_same_wall,
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

fn signed(message: &str, signature: &[u8]) -> String {
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn hs256(message: &str, key: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(message.as_bytes());
    signed(message, &mac.finalize().into_bytes())
}

fn hs512(message: &str, key: &[u8]) -> String {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("a key of any length");
    mac.update(message.as_bytes());
    signed(message, &mac.finalize().into_bytes())
}

/// The service's own keys, by which a token can be signed as the service itself signs it: only so
/// does a test show that what is refused is refused for the one thing that it is about.
struct Issuer {
    keyring: Keyring,
    file: toml::Table,
}

impl Issuer {
    fn of(world: &World) -> Self {
        let path = world.folder().join("keyring.toml");
        let text = std::fs::read_to_string(&path).expect("the keyring is there");
        Self {
            keyring: Keyring::load(&path).expect("the keyring is there"),
            file: text.parse().expect("TOML"),
        }
    }

    fn secret(&self, purpose: &str) -> Vec<u8> {
        let secret = self.file[purpose][0]["secret"].as_str().expect("a text");
        STANDARD.decode(secret).expect("base64")
    }

    /// One block of HKDF-Expand (RFC 5869), as `src/secrets/mac.rs` makes it.
    fn token_key(&self) -> Vec<u8> {
        let key = self.secret("token");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length");
        mac.update(b"qupia/1/token/hs256\x01");
        mac.finalize().into_bytes().to_vec()
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        hs256(&unsigned(header, claims), &self.token_key())
    }
}

/// The object with this field, or without it where nothing is given.
fn with(object: &Value, name: &str, value: impl Into<Option<Value>>) -> Value {
    let mut changed = object.clone();
    let fields = changed.as_object_mut().expect("an object");
    match value.into() {
        Some(value) => fields.insert(name.to_owned(), value),
        None => fields.remove(name),
    };
    changed
}

/// Tokens under a header that is not the service's, each signed as well as its header allows.
fn of_another_header(issuer: &Issuer, header: &Value, claims: &Value) -> Vec<(String, String)> {
    let mut made: Vec<(String, String)> = Vec::new();
    let mut add = |what: &str, token: String| made.push((what.to_owned(), token));
    let named = |name: &str, value: Option<Value>| with(header, name, value);
    let key = issuer.token_key();
    for alg in [
        "none", "None", "HS384", "RS256", "ES256", "PS256", "EdDSA", "hs256",
    ] {
        let other = named("alg", Some(json!(alg)));
        add(&format!("{alg}, signed"), issuer.sign(&other, claims));
        add(
            &format!("{alg}, unsigned"),
            format!("{}.", unsigned(&other, claims)),
        );
    }
    let longer = unsigned(&named("alg", Some(json!("HS512"))), claims);
    add("a longer digest", hs512(&longer, &key));
    add("no algorithm", issuer.sign(&named("alg", None), claims));
    for typ in [
        Some(json!("JWT")),
        Some(json!("id_token+jwt")),
        Some(json!(7)),
        None,
    ] {
        let other = named("typ", typ.clone());
        add(&format!("the type {typ:?}"), issuer.sign(&other, claims));
    }
    for kid in [
        "../../../../dev/null",
        "/dev/null",
        "keyring.toml",
        "x' UNION SELECT 'AA'--",
        "k-0",
        "",
    ] {
        let other = named("kid", Some(json!(kid)));
        add(&format!("the key {kid:?}"), issuer.sign(&other, claims));
        // What a file of nothing holds.
        add(
            &format!("the key {kid:?}, empty"),
            hs256(&unsigned(&other, claims), b""),
        );
    }
    add("no key", issuer.sign(&named("kid", None), claims));
    for (name, value) in [
        ("jku", json!("https://example.com/keys")),
        ("x5u", json!("https://example.com/keys")),
        ("jwk", json!({"kty": "oct", "k": "AA"})),
        ("crit", json!(["exp"])),
        ("cty", json!("JWT")),
        ("own", json!(1)),
    ] {
        let other = named(name, Some(value));
        add(&format!("{name} besides"), issuer.sign(&other, claims));
        add(
            &format!("{name}, empty"),
            hs256(&unsigned(&other, claims), b"\0"),
        );
    }
    made
}

/// Tokens with a key in a part that it was not made for.
fn of_a_confused_key(issuer: &Issuer, header: &Value, claims: &Value) -> Vec<(String, String)> {
    let seals = Seals::new(&issuer.keyring);
    let public = seals.public_key(seals.active_key_id()).expect("it signs");
    let hex = hex::encode(public);
    let mut made = Vec::new();
    for kid in [header["kid"].clone(), json!(seals.active_key_id())] {
        let own = with(header, "kid", kid.clone());
        let message = unsigned(&own, claims);
        let mut add = |what: &str, token| made.push((format!("{what}, as {kid}"), token));
        add("the public key as a secret", hs256(&message, &public));
        add(
            "the public key's text as a secret",
            hs256(&message, hex.as_bytes()),
        );
        add(
            "a secret that makes the key",
            hs256(&message, &issuer.secret("token")),
        );
        add(
            "the secret of webhooks",
            hs256(&message, &issuer.secret("webhook")),
        );
        let curve = unsigned(&with(&own, "alg", json!("EdDSA")), claims);
        add(
            "the seals' signature",
            signed(&curve, &seals.sign(curve.as_bytes()).1),
        );
        add(
            "the seals' signature, said otherwise",
            signed(&message, &seals.sign(message.as_bytes()).1),
        );
    }
    // A token of another issuer under the name of our key.
    let other = Keyring::generate(&SystemRng::seeded(1), DateTime::UNIX_EPOCH);
    let of_other = Tokens::new(&other, TokenSettings::default()).issue(&said(claims));
    let (_, others_claims, others_signature) = parts(&of_other);
    made.push(("another issuer's key".to_owned(), of_other));
    let message = unsigned(header, &others_claims);
    made.push((
        "another issuer's key, as ours".to_owned(),
        format!("{message}.{others_signature}"),
    ));
    made
}

/// The claims as the service issues them.
fn said(claims: &Value) -> Claims {
    let text = |name: &str| claims[name].as_str().expect("a text").to_owned();
    Claims {
        staff_id: text("sub").into(),
        session_id: text("jti").into(),
        role: text("role"),
        issued_at: claims["iat"].as_i64().expect("a time"),
        expires_at: claims["exp"].as_i64().expect("a time"),
    }
}

/// Tokens that the service itself signed, and that say what is not so.
fn of_other_claims(
    world: &World,
    issuer: &Issuer,
    header: &Value,
    claims: &Value,
) -> Vec<(String, String)> {
    let now = world.clock.now().timestamp();
    let leeway = TokenSettings::default().leeway_seconds;
    let ahead = Some(json!(now + leeway + 1));
    let variants = [
        ("aud", Some(json!("another-api"))),
        ("aud", Some(json!("qupia"))),
        ("aud", Some(json!(["another-api", "qupia-api"]))),
        ("aud", Some(json!([]))),
        ("aud", None),
        ("iss", Some(json!("another-issuer"))),
        ("iss", Some(json!(""))),
        ("iss", None),
        ("exp", Some(json!(now))),
        ("exp", Some(json!(now - 1))),
        ("exp", Some(json!(-1))),
        ("exp", Some(json!("32503680000"))),
        ("exp", None),
        ("nbf", ahead.clone()),
        ("nbf", None),
        ("iat", ahead),
        ("iat", None),
        ("sub", Some(json!(world.admin.id))),
        ("sub", Some(json!(""))),
        ("sub", None),
        ("jti", Some(json!("no-such-session"))),
        ("jti", None),
        ("role", Some(json!("admin"))),
        ("role", Some(json!("Auditor"))),
        ("role", None),
    ];
    let sign = |(name, value): (&str, Option<Value>)| {
        let what = format!("{name} {value:?}, signed by the service");
        (what, issuer.sign(header, &with(claims, name, value)))
    };
    variants.map(sign).into()
}

/// A good token, damaged or with something else put in it that nobody signed.
fn damaged(good: &str) -> Vec<(String, String)> {
    let (header, claims, signature) = parts(good);
    let claiming = |name: &str, value: Value| {
        format!(
            "{}.{signature}",
            unsigned(&header, &with(&claims, name, value))
        )
    };
    let named = |what: &str, token: String| (what.to_owned(), token);
    vec![
        named("another role", claiming("role", json!("admin"))),
        named("a longer life", claiming("exp", json!(32_503_680_000_i64))),
        named("no signature", format!("{}.", unsigned(&header, &claims))),
        named("half a signature", good[..good.len() - 10].to_owned()),
        named("a part too many", format!("{good}.x")),
        named("a part too few", unsigned(&header, &claims)),
        named("padding", format!("{good}==")),
        named("nothing", String::new()),
        named("no token", "x".to_owned()),
        named("points", "..".to_owned()),
        named("a very long one", "x".repeat(7_000)),
    ]
}

/// What the wall says, to the byte: everything but the request's id and the time of day.
async fn wall(world: &World, what: &str, token: &str) -> (Vec<(String, String)>, String) {
    let answer = world.line().with_token(token).get("/v1/staff/me").await;
    assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    let answer = answer.refused(401, "unauthenticated");
    let id = answer.header("x-request-id").expect("an id").to_owned();
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().expect("a text").to_owned()))
        .collect();
    headers.sort();
    (headers, answer.text.replace(&id, "ID"))
}

async fn every_forged_or_stale_token_meets_the_same_wall(world: &World) {
    let person: Person = world.staff("auditor").await;
    let revoked = person.again(world.line()).await;
    revoked.delete("/v1/sessions/current").await.expect(204);
    let first = wall(world, "a session that was ended", revoked.token()).await;
    assert!(first.1.contains("\"request_id\":\"ID\""), "{}", first.1);

    let issuer = Issuer::of(world);
    let (header, claims, _) = parts(person.token());
    // As good as the service's own: so whatever is refused below is refused for its one difference.
    let as_good = issuer.sign(&header, &claims);
    world
        .line()
        .with_token(&as_good)
        .get("/v1/staff/me")
        .await
        .expect(200);

    let mut forged = of_another_header(&issuer, &header, &claims);
    forged.extend(of_a_confused_key(&issuer, &header, &claims));
    forged.extend(of_other_claims(world, &issuer, &header, &claims));
    forged.extend(damaged(person.token()));
    for (what, token) in forged {
        assert_eq!(wall(world, &what, &token).await, first, "{what}");
    }
    person.get("/v1/staff/me").await.expect(200);
    world.wait(TimeDelta::hours(12));
    let what = "a session that is over";
    assert_eq!(wall(world, what, person.token()).await, first);
}

async fn every_way_of_revoking_leads_to_the_same_wall(world: &World) {
    let ended = world.staff("auditor").await;
    ended.delete("/v1/sessions/current").await.expect(204);
    let first = wall(world, "a session that was ended", ended.token()).await;
    let patch = |id: &str, body: Value| world.admin.patch(&format!("/v1/staff/{id}"), body);

    let disabled = world.staff("auditor").await;
    patch(&disabled.id, json!({"status": "disabled"}))
        .await
        .expect(200);
    let moved = world.staff("auditor").await;
    patch(&moved.id, json!({"role": "supervisor"}))
        .await
        .expect(200);
    let reset = world.staff("auditor").await;
    let path = format!("/v1/staff/{}/password", reset.id);
    world.admin.post(&path, json!({})).await.expect(201);
    let changed = world.staff("auditor").await;
    let elsewhere = changed.again(world.line()).await;
    let change = json!({"current_password": changed.password, "new_password": "nine lanterns of the harbour"});
    elsewhere
        .post("/v1/staff/me/password", change)
        .await
        .expect(204);

    for (what, person) in [
        ("disabled", disabled),
        ("another role", moved),
        ("a new one-time password", reset),
        ("a password changed elsewhere", changed),
    ] {
        assert_eq!(wall(world, what, person.token()).await, first, "{what}");
    }
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
