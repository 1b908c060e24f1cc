use std::collections::BTreeSet;

use strum::EnumCount;

use super::*;
use crate::{
    app::{
        clock::Clock,
        settings::{Flags, Settings},
    },
    domain::loan::{Standing, standing},
    flows::sign_in::{self, AccountKind},
    secrets::rng::SystemRng,
};

async fn played(folder: &std::path::Path) -> (App, Demonstration) {
    // Cheap hashes: this tests the data, not the cost.
    let cheap = [
        ("QUPIA_HASH__MEMORY_KIB", "1024"),
        ("QUPIA_HASH__WORKERS", "1"),
    ];
    let cheap = cheap.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let settings =
        Settings::read_for_demonstration(&Flags::default(), cheap.into_iter(), folder).unwrap();
    let clock = Clock::frozen(DateTime::from_timestamp(1_800_000_000, 0).unwrap());
    let app = App::build(settings, clock, SystemRng::seeded(1))
        .await
        .unwrap();
    let made = lay_out(&app).await.unwrap();
    (app, made)
}

#[tokio::test]
async fn everybody_of_the_cast_signs_in_and_needs_no_other_password() {
    let folder = tempfile::tempdir().unwrap();
    let (app, made) = played(folder.path()).await;
    for who in &made.staff {
        let kind = if who.role == Role::LoanSystem {
            AccountKind::Service
        } else {
            AccountKind::Person
        };
        let login = Login::parse(who.login).unwrap();
        let secret = SecretString::from(who.secret.as_str());
        let origin = Origin::own("test");
        let session = sign_in::sign_in(&app, &origin, kind, Some(login), secret).await;
        let session = session.unwrap_or_else(|refusal| panic!("{}: {refusal:?}", who.login));
        let token = session.token.expose_secret().to_owned();
        let known = sign_in::recognise(&app, &token).await.unwrap();
        assert!(!known.must_change_password, "{}", who.login);
        assert_eq!(known.actor.role, who.role);
    }
    let roles: BTreeSet<_> = made.staff.iter().map(|who| who.role.name()).collect();
    assert_eq!(roles.len(), Role::ALL.len());
}

#[test]
fn the_loans_stand_as_they_are_said_to_and_in_every_way() {
    let today: NaiveDate = "2026-06-15".parse().unwrap();
    let mut seen = BTreeSet::new();
    for loan in CLIENTS.iter().flat_map(|client| client.loans) {
        let due_on = today + TimeDelta::days(loan.due_in_days);
        let stands = standing(due_on, loan.grace_days, today).standing;
        assert_eq!(stands.name(), loan.standing, "{}", loan.ticket);
        seen.insert(stands.name());
    }
    assert_eq!(seen.len(), Standing::COUNT);
}
