use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn draft() -> Application {
    let draft = Draft {
        id: "a".into(),
        number: "A-1".into(),
        kind: ApplicationKind::Set,
        client_id: "c".into(),
        branch_code: "ALA".into(),
        drafted_by: "s".into(),
        drafted_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        identity_document: IdentityDocument::Passport,
        representative: None,
    };
    draft.into()
}

#[test]
fn a_draft_ends_by_itself_after_a_day_and_not_before() {
    let draft = draft();
    let end = draft.expires_at();
    let last = end - TimeDelta::microseconds(1);
    assert_eq!(draft.state(last), ApplicationState::Draft);
    assert_eq!(draft.state(end), ApplicationState::Expired);
    assert!(draft.complete(last, &"s".into(), day("2027-01-15")).is_ok());
    assert!(draft.complete(end, &"s".into(), day("2027-01-15")).is_err());
    assert!(draft.cancel(end, &"s".into(), "typo").is_err());
}

#[test]
fn what_has_ended_stays_as_it_ended() {
    let draft = draft();
    let at = draft.draft.drafted_at;
    let cancelled = draft
        .cancel(at, &"s".into(), "typo")
        .unwrap_or_else(|_| unreachable!());
    let completed = draft.complete(at, &"s".into(), day("2027-01-15"));
    let completed = completed.unwrap_or_else(|_| unreachable!());
    assert_eq!(cancelled.state(at), ApplicationState::Cancelled);
    assert_eq!(completed.state(at), ApplicationState::Completed);
    for ended in [cancelled, completed] {
        assert_eq!(ended.check_open(at), Err(NotOpen));
        assert!(ended.complete(at, &"s".into(), day("2027-01-15")).is_err());
        assert!(ended.cancel(at, &"s".into(), "typo").is_err());
    }
}

#[test]
fn the_paper_is_signed_between_its_draft_and_today() {
    let (draft, today) = (day("2026-03-01"), day("2026-03-02"));
    assert_eq!(
        Application::check_signed_on(day("2026-03-01"), draft, today),
        Ok(())
    );
    assert_eq!(
        Application::check_signed_on(day("2026-03-02"), draft, today),
        Ok(())
    );
    assert_eq!(
        Application::check_signed_on(day("2026-03-03"), draft, today),
        Err(ValidationError::DayAhead)
    );
    assert_eq!(
        Application::check_signed_on(day("2026-02-28"), draft, today),
        Err(ValidationError::BeforeDraft)
    );
}

#[test]
fn a_mandate_holds_from_its_date_to_its_last_day() {
    let representative = Representative {
        full_name: PersonName::parse("Сәуле").unwrap_or_else(|_| unreachable!()),
        mandate: Mandate::PowerOfAttorney,
        document_number: "7".into(),
        document_date: day("2026-01-01"),
        valid_until: Some(day("2026-03-01")),
    };
    for held in ["2026-01-01", "2026-03-01"] {
        assert_eq!(representative.errors_on(day(held)), [], "{held}");
    }
    assert_eq!(
        representative.errors_on(day("2025-12-31")),
        [FieldError::at(
            "/representative/document_date",
            ValidationError::DayAhead
        )]
    );
    assert_eq!(
        representative.errors_on(day("2026-03-02")),
        [FieldError::at(
            "/representative/valid_until",
            ValidationError::DocumentExpired
        )]
    );
}
