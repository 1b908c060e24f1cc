//! The tables as Diesel knows them; one schema for both databases.

diesel::table! {
    branches (code) { code -> Text, name -> Text, city -> Nullable<Text>, created_at -> BigInt, }
}

diesel::table! {
    staff (id) {
        id -> Text,
        login -> Text,
        name_encrypted -> Binary,
        role -> Text,
        branch_code -> Nullable<Text>,
        is_active -> Bool,
        password_hash -> Text,
        one_time_until -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        staff_id -> Text,
        issued_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    clients (id) {
        id -> Text,
        client_number -> Text,
        family_name_encrypted -> Binary,
        given_name_encrypted -> Nullable<Binary>,
        patronymic_encrypted -> Nullable<Binary>,
        phone_encrypted -> Binary,
        phone_index -> Binary,
        as_of -> Nullable<BigInt>,
        created_at -> BigInt,
        last_push_encrypted -> Nullable<Binary>,
    }
}

diesel::table! {
    passphrases (client_id) {
        client_id -> Text,
        state -> Text,
        hash -> Nullable<Text>,
        fold_version -> Integer,
        exact_tag -> Nullable<Binary>,
        generation -> BigInt,
        failed_attempts -> Integer,
        locked_until -> Nullable<BigInt>,
        set_at -> BigInt,
        application_id -> Text,
    }
}

diesel::table! {
    attempts (id) {
        id -> Text,
        client_id -> Text,
        generation -> BigInt,
        place -> Integer,
        staff_id -> Text,
        call_id -> Text,
        request_id -> Text,
        counted_at -> BigInt,
    }
}

diesel::table! {
    applications (id) {
        id -> Text,
        number -> Text,
        kind -> Text,
        client_id -> Text,
        branch_code -> Text,
        drafted_by -> Text,
        drafted_at -> BigInt,
        identity_document -> Text,
        representative_encrypted -> Nullable<Binary>,
        progress -> Text,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
        signed_on -> Nullable<Text>,
        cancel_reason -> Nullable<Text>,
    }
}

diesel::table! {
    entry_links (id) {
        id -> Text,
        application_id -> Text,
        client_id -> Text,
        made_by -> Text,
        made_at -> BigInt,
        signed_on -> Text,
        code_index -> Binary,
        token_index -> Nullable<Binary>,
        expires_at -> BigInt,
        opened_at -> Nullable<BigInt>,
        tries -> Integer,
        ended_because -> Nullable<Text>,
    }
}

diesel::table! {
    verifications (id) {
        id -> Text,
        client_id -> Text,
        staff_id -> Text,
        call_id -> Text,
        outcome -> Text,
        opened_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        attempts_left -> Nullable<Integer>,
        locked_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    loans (ticket_number) {
        ticket_number -> Text,
        client_id -> Text,
        product -> Text,
        due_on -> Text,
        balance_minor_units -> BigInt,
        currency -> Text,
        grace_days -> Nullable<Integer>,
        is_open -> Bool,
        as_of -> BigInt,
    }
}

diesel::table! {
    audit_events (seq) {
        seq -> BigInt,
        at -> BigInt,
        actor_id -> Nullable<Text>,
        actor_login -> Nullable<Text>,
        actor_role -> Nullable<Text>,
        action -> Text,
        client_id -> Nullable<Text>,
        subject_id -> Nullable<Text>,
        call_id -> Nullable<Text>,
        outcome -> Nullable<Text>,
        reason -> Nullable<Text>,
        details -> Nullable<Text>,
        request_id -> Text,
        remote -> Nullable<Text>,
    }
}

diesel::table! {
    audit_seals (number) {
        number -> BigInt,
        last_seq -> BigInt,
        events -> BigInt,
        digest -> Binary,
        previous -> Binary,
        sealed_at -> BigInt,
        key_id -> Text,
        signature -> Binary,
        leaves -> Binary,
    }
}

diesel::table! {
    idempotency_records (id) {
        id -> Text,
        fingerprint -> Binary,
        started_at -> BigInt,
        renewed_at -> BigInt,
        claimed_by -> Text,
        answer_encrypted -> Nullable<Binary>,
    }
}

diesel::table! {
    rate_windows (subject) { subject -> Text, hits -> Text, last_hit -> BigInt, }
}

diesel::table! {
    throttled_sign_ins (login, action, since) {
        login -> Text,
        action -> Text,
        since -> BigInt,
        refusals -> BigInt,
        staff_id -> Nullable<Text>,
        request_id -> Text,
        remote -> Nullable<Text>,
    }
}

diesel::table! {
    leases (name) { name -> Text, holder -> Text, term -> BigInt, expires_at -> BigInt, }
}

diesel::table! {
    counters (name) { name -> Text, value -> BigInt, }
}

diesel::table! {
    key_checks (key_id) {
        key_id -> Text,
        purpose -> Text,
        check_value -> Text,
        active_since -> Nullable<BigInt>,
    }
}

diesel::joinable!(sessions -> staff (staff_id));
diesel::joinable!(passphrases -> clients (client_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, staff);
diesel::allow_tables_to_appear_in_same_query!(clients, passphrases, loans, verifications);

diesel::table! {
    seal_keys (key_id) { key_id -> Text, public_key -> Binary, }
}

diesel::table! {
    webhook_endpoints (id) {
        id -> Text,
        url_encrypted -> Binary,
        events -> Nullable<Text>,
        description -> Nullable<Text>,
        is_active -> Bool,
        disabled_because -> Nullable<Text>,
        created_at -> BigInt,
        rests_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_secrets (id) {
        id -> Text,
        endpoint_id -> Text,
        secret_encrypted -> Binary,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_deliveries (seq) {
        seq -> BigInt,
        endpoint_id -> Text,
        message_id -> Text,
        client_id -> Text,
        event -> Text,
        payload -> Text,
        state -> Text,
        attempts -> Integer,
        next_at -> BigInt,
        created_at -> BigInt,
        last_at -> Nullable<BigInt>,
        last_status -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        traceparent -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(webhook_deliveries, webhook_endpoints);
