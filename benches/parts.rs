//! What the parts of one verification and one inquiry cost: the hash in each kind of
//! memory, the token check, the standing of a loan, one read and one audited read.

use std::hint::black_box;

use chrono::{DateTime, NaiveDate, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use qupia::{
    app::{
        App,
        clock::Clock,
        settings::{Flags, Settings},
    },
    domain::{
        audit::{Action, Event, Origin},
        loan::standing,
    },
    flows::first_run,
    secrets::{
        calibrate::{Blocks, measure, owasp_costs},
        keyring::Keyring,
        rng::SystemRng,
        token::{Claims, TokenSettings, Tokens},
    },
};

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time of this century")
}

fn hashing(criterion: &mut Criterion) {
    let [first, ..] = owasp_costs();
    let mut group = criterion.benchmark_group("hash, 46 MiB t=1, one core");
    group.sample_size(10);
    for (name, blocks) in [
        ("the workers' memory", Blocks::OfWorkers),
        ("reused memory", Blocks::Reused),
        ("fresh memory", Blocks::Fresh),
    ] {
        // The measuring itself hashes; what the harness is told is the time of its hashes alone.
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|hashes| {
                let rounds = usize::try_from(hashes).unwrap_or(usize::MAX);
                let measured = measure(first, 1, blocks, rounds).expect("46 MiB are to be had");
                std::time::Duration::from_secs_f64(rounds as f64 / measured.per_second)
            });
        });
    }
    group.finish();
}

fn tokens(criterion: &mut Criterion) {
    let keyring = Keyring::generate(&SystemRng::os(), noon());
    let claims = Claims {
        staff_id: "staff".into(),
        session_id: "session".into(),
        role: "call_center".to_owned(),
        issued_at: noon().timestamp(),
        expires_at: noon().timestamp() + 3_600,
    };
    let tokens = Tokens::new(&keyring, TokenSettings::default());
    let known = tokens.issue(&claims);
    criterion.bench_function("token, known", |bencher| {
        bencher.iter(|| tokens.check(black_box(&known), noon().timestamp()));
    });
    criterion.bench_function("token, first seen", |bencher| {
        bencher.iter_batched(
            || Tokens::new(&keyring, TokenSettings::default()),
            |fresh| fresh.check(black_box(&known), noon().timestamp()),
            criterion::BatchSize::SmallInput,
        );
    });
}

fn standings(criterion: &mut Criterion) {
    let due = NaiveDate::from_ymd_opt(2026, 2, 8).expect("a day of the calendar");
    let today = NaiveDate::from_ymd_opt(2026, 2, 20).expect("a day of the calendar");
    criterion.bench_function("standing of a loan", |bencher| {
        bencher.iter(|| standing(black_box(due), black_box(Some(20)), black_box(today)));
    });
}

fn database(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let flags = Flags {
        data_dir: Some(folder.path().join("data")),
        ..Flags::default()
    };
    let cheap = [("QUPIA_HASH__MEMORY_KIB".to_owned(), "64".to_owned())];
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = runtime.block_on(async {
        let settings = Settings::read(&flags, cheap.into_iter()).expect("these are settings");
        let app = App::build(settings, Clock::frozen(noon()), SystemRng::os())
            .await
            .expect("the app");
        first_run::make_first_admin(&app)
            .await
            .expect("the first admin");
        app
    });
    criterion.bench_function("one read", |bencher| {
        bencher.iter(|| runtime.block_on(app.store.read(|reader| reader.has_staff())));
    });
    let event = Event::of_nobody(&Origin::own("bench"), noon(), Action::InquiryMade)
        .client(&"client".into());
    criterion.bench_function("one audited read, alone in its commit", |bencher| {
        bencher.iter(|| runtime.block_on(app.store.record(event.clone())));
    });
}

criterion_group!(parts, hashing, tokens, standings, database);
criterion_main!(parts);
