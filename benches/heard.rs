//! What folding costs: 64 characters, the longest phrase that is taken.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use qupia::domain::heard::{FOLD_VERSION, candidates, fold};

const PHRASES: [(&str, &str); 4] = [
    (
        "kazakh",
        "Қызыл алмалы бақта бір мың тоғыз жүз сексен бесінші жылғы көктем",
    ),
    (
        "russian",
        "Весёлый мельник у реки тысяча девятьсот восемьдесят пятого лета!",
    ),
    (
        "latin",
        "Qyzyl almaly baqta bır myñ toğyz jüz seksen besınşı jyl köktemde",
    ),
    (
        "wrong_layout",
        "0spsk fkvfks ,f0nf ,3h vs4 nj5sp ;8p ctrcty ,tc3yi3 ;sk5s r-rntv",
    ),
];

fn heard(c: &mut Criterion) {
    for (name, phrase) in PHRASES {
        assert_eq!(phrase.chars().count(), 64, "{name}");
        c.bench_function(&format!("fold_64_chars/{name}"), |b| {
            b.iter(|| fold(black_box(phrase)));
        });
        c.bench_function(&format!("candidates_64_chars/{name}"), |b| {
            b.iter(|| candidates(FOLD_VERSION, black_box(phrase)));
        });
    }
    for length in [64, 640, 6400] {
        let long = PHRASES[0].1.repeat(length / 64);
        c.bench_function(&format!("fold_is_linear/{length}"), |b| {
            b.iter(|| fold(black_box(&long)));
        });
    }
}

criterion_group!(benches, heard);
criterion_main!(benches);
