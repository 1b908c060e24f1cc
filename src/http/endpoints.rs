//! Every endpoint. The router tries them in this order, so that the most frequent come first.
//! `endpoint.rs` says how to add one.

use std::sync::LazyLock;

use super::{
    applications, audit, audit_seals, batches, branches, clients,
    code::Code,
    endpoint::{AnswerHeaders, Endpoint, RouteGroup, endpoint},
    entry, entry_links, form, health, loan_system, passphrases, reports, sessions, signals, staff,
    tokens, verifications, webhooks,
};

static ENDPOINTS: LazyLock<Vec<Endpoint>> = LazyLock::new(declared);

/// Every endpoint.
pub fn endpoints() -> &'static [Endpoint] {
    &ENDPOINTS
}

#[rustfmt::skip]
fn declared() -> Vec<Endpoint> {
    use Code::*;
    vec![
        endpoint!(verifications::verify).refuses(&[NotFound, RateLimited]),
        endpoint!(verifications::read),
        endpoint!(verifications::loans).refuses(&[NotVerified, VerificationOver]),
        endpoint!(verifications::close),

        endpoint!(sessions::open_session).refuses(&[BadCredentials, RateLimited]),
        endpoint!(sessions::close_session),
        endpoint!(sessions::me),
        endpoint!(sessions::change_password).refuses(&[RateLimited]),
        endpoint!(tokens::issue_token).refuses(&[RateLimited]),

        endpoint!(staff::enter_staff).refuses(&[LoginTaken]),
        endpoint!(staff::list_staff),
        endpoint!(staff::read_staff),
        endpoint!(staff::change_staff).refuses(&[LastAdmin]),
        endpoint!(staff::reset_password),
        endpoint!(branches::open_branch).refuses(&[BranchCodeTaken]),
        endpoint!(branches::list_branches),

        endpoint!(clients::enter).refuses(&[ClientNumberTaken]),
        endpoint!(clients::search).refuses(&[RateLimited]).without_key(),
        endpoint!(clients::read).refuses(&[RateLimited]),
        endpoint!(clients::amend),
        endpoint!(clients::accesses),

        endpoint!(applications::draft).refuses(&[ApplicationAlreadyOpen, UnknownClient]),
        endpoint!(applications::read),
        endpoint!(applications::list),
        endpoint!(applications::print).headers(form::HEADERS),
        endpoint!(applications::complete)
            .refuses(&[ApplicationNotOpen, PassphrasesDiffer, PassphraseRefused]),
        endpoint!(applications::cancel).refuses(&[ApplicationNotOpen]),

        endpoint!(entry_links::make).refuses(&[BadRequest, ApplicationNotOpen]).without_key(),
        endpoint!(entry_links::read),
        endpoint!(entry::open).refuses(&[BadEntryCode, RateLimited]),
        endpoint!(entry::check).refuses(&[ApplicationNotOpen, RateLimited]).without_key(),
        endpoint!(entry::suggest),
        endpoint!(entry::complete)
            .refuses(&[ApplicationNotOpen, PassphrasesDiffer, PassphraseRefused]),

        endpoint!(passphrases::status),
        endpoint!(passphrases::block).refuses(&[NoPassphrase, RateLimited]),
        endpoint!(passphrases::unlock).refuses(&[NoPassphrase, NotLocked]),
        endpoint!(passphrases::destroy).refuses(&[NoPassphrase]),
        endpoint!(passphrases::check).refuses(&[UnknownClient]).without_key(),
        endpoint!(passphrases::suggest).without_key(),

        endpoint!(loan_system::put_client),
        endpoint!(loan_system::put_loan).refuses(&[UnknownClient]),
        endpoint!(batches::push).refuses(&[BadRequest, RequestTimeout, UnsupportedMediaType]),

        endpoint!(audit::events),
        endpoint!(signals::list),
        endpoint!(reports::today),
        endpoint!(audit_seals::seals),
        endpoint!(audit_seals::verify),

        endpoint!(webhooks::register).refuses(&[TooManyWebhooks]),
        endpoint!(webhooks::list),
        endpoint!(webhooks::read),
        endpoint!(webhooks::change),
        endpoint!(webhooks::remove),
        endpoint!(webhooks::rotate),
        endpoint!(webhooks::deliveries),
        endpoint!(webhooks::replay),
        endpoint!(webhooks::replay_dead),

        endpoint!(health::lives).in_group(RouteGroup::Probes),
        endpoint!(health::is_ready).refuses(&[Unavailable]).in_group(RouteGroup::Probes),
        endpoint!(health::metrics).in_group(RouteGroup::Metrics),
        endpoint!(health::document).headers(AnswerHeaders::DOCUMENTATION).in_group(RouteGroup::Root),
    ]
}
