//! Where the database is, read from its URL, and how that is shown: without any part of a password,
//! however oddly the URL is written.
//!
//! PostgreSQL's client reads a URL by rules of its own and quotes what it does not understand, so a URL
//! that it would stumble over is refused here first, in words that quote nothing.

use std::path::Path;

/// Which database, read from its URL.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// a file
    Sqlite(String),
    /// a server
    Postgres(String),
}

const ENCODE: &str = "a character of user, password or database that has a meaning in a URL (: / ? # \
    [ ] @ & = %, a blank) is written percent-encoded, such as %40 for @";

impl DatabaseUrl {
    /// Reads `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// A sentence for whoever wrote the setting, which quotes nothing of it.
    pub fn parse(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return sqlite(path.strip_prefix("//").unwrap_or(path));
        }
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err("a database URL is `sqlite:PATH` or `postgres://…`".to_owned());
        }
        match PostgresUrl::read(url) {
            Ok(read) if read.asks_for_tls() && !cfg!(feature = "postgres-tls") => {
                Err(format!("a URL of PostgreSQL cannot be served: {NO_TLS}"))
            }
            Ok(_) => Ok(Self::Postgres(url.to_owned())),
            Err(why) => Err(format!("a URL of PostgreSQL cannot be read so: {why}")),
        }
    }

    /// SQLite's database in a file, whatever its name looks like.
    #[must_use]
    pub(crate) fn file(path: &Path) -> Self {
        let path = path.display().to_string();
        // SQLite takes a name that begins so for a URI.
        Self::Sqlite(if path.starts_with("file:") {
            format!("./{path}")
        } else {
            path
        })
    }

    /// The URL without a password and without parameters, for people to read.
    #[must_use]
    pub(crate) fn masked(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{path}"),
            Self::Postgres(url) => PostgresUrl::read(url)
                .map_or_else(|_| "postgres://***".to_owned(), |url| url.masked()),
        }
    }
}

fn sqlite(path: &str) -> Result<DatabaseUrl, String> {
    let refused = |why: &str| Err(format!("a database URL is `sqlite:PATH`: {why}"));
    if path.is_empty() || path.contains('\0') {
        return refused("it needs a path");
    }
    if path == ":memory:" {
        return refused(
            "a database in memory would be another one for each connection; name a file",
        );
    }
    if path.starts_with("file:") {
        return refused("it takes a path and no URI; leave `file:` out");
    }
    if path.contains('?') {
        return refused("it takes no parameters; leave the `?` and what follows it out");
    }
    Ok(DatabaseUrl::Sqlite(path.to_owned()))
}

/// The parts of a URL of PostgreSQL that may be shown.
struct PostgresUrl<'a> {
    scheme: &'a str,
    /// the user, and whether a password follows
    login: Option<(&'a str, bool)>,
    /// hosts, ports and database
    address: &'a str,
    /// what stands behind the question mark, where there is one
    parameters: Option<&'a str>,
}

/// The hosts of a URL of PostgreSQL with their ports, and what stands behind the question mark.
pub(super) fn hosts_and_parameters(url: &str) -> (&str, Option<&str>) {
    PostgresUrl::read(url).map_or(("", None), |url| {
        let (hosts, _) = url.address.split_once('/').unwrap_or((url.address, ""));
        (hosts, url.parameters)
    })
}

impl<'a> PostgresUrl<'a> {
    /// Cuts a URL where PostgreSQL's client does, and refuses what it would not understand, or would
    /// understand otherwise than whoever wrote it.
    fn read(url: &'a str) -> Result<Self, &'static str> {
        let (scheme, rest) = url.split_once("://").ok_or("it has no scheme")?;
        if rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(ENCODE);
        }
        if !is_percent_encoded(rest) {
            return Err(
                "after % two hexadecimal digits follow, of which not both are 0; a % itself is %25",
            );
        }
        let (login, rest) = match rest.split_once('@') {
            Some((login, rest)) => (Some(login), rest),
            None => (None, rest),
        };
        let is_ambiguous =
            |login: &str| login.contains('/') || login.contains('?') && login.contains(['=', '&']);
        if rest.contains('@') || login.is_some_and(is_ambiguous) {
            return Err(ENCODE);
        }
        let login = login.map(|login| match login.split_once(':') {
            Some((user, _)) => (user, true),
            None => (login, false),
        });
        if login.is_some_and(|(user, _)| user.contains(['?', '#', '[', ']', '&', '='])) {
            return Err(ENCODE);
        }
        let (address, parameters) = match rest.split_once('?') {
            Some((address, parameters)) => (address, Some(parameters)),
            None => (rest, None),
        };
        check_address(address)?;
        parameters.map_or(Ok(()), check_parameters)?;
        Ok(Self {
            scheme,
            login,
            address,
            parameters,
        })
    }

    fn asks_for_tls(&self) -> bool {
        let mut given = self.parameters.unwrap_or_default().split('&');
        given.any(|given| {
            given
                .split_once('=')
                .is_some_and(|given| NEEDS_TLS.contains(&given))
        })
    }

    fn masked(&self) -> String {
        let Self {
            scheme,
            login,
            address,
            ..
        } = self;
        match login {
            Some((user, true)) => format!("{scheme}://{user}:***@{address}"),
            Some((user, false)) => format!("{scheme}://{user}@{address}"),
            None => format!("{scheme}://{address}"),
        }
    }
}

fn is_percent_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let digits = after.as_bytes().get(..2).unwrap_or_default();
        digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit) && digits != b"00"
    })
}

/// `HOST[:PORT],…[/DATABASE]`
fn check_address(address: &str) -> Result<(), &'static str> {
    let (hosts, database) = address.split_once('/').unwrap_or((address, ""));
    if database.contains(['#', '[', ']', '&', '=']) {
        return Err(ENCODE);
    }
    for host in hosts.split(',') {
        let (name, port) = match host.strip_prefix('[') {
            Some(rest) => rest.split_once(']').ok_or("an address in [ ] has no end")?,
            None => match host.find(':') {
                Some(colon) => host.split_at(colon),
                None => (host, ""),
            },
        };
        if !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-_~%:".contains(c))
        {
            return Err(ENCODE);
        }
        let has_port = match port.strip_prefix(':') {
            Some(number) => number.parse::<u16>().is_ok_and(|number| number > 0),
            None => port.is_empty(),
        };
        if !has_port {
            return Err(
                "the port is a number from 1 to 65535; where that was meant for a part of the password, \
                 its : / ? # @ are written %3A %2F %3F %23 %40",
            );
        }
    }
    Ok(())
}

/// What PostgreSQL's client knows; it quotes any other name in its error.
const PARAMETERS: &[&str] = &[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "require_auth",
    "requirepeer",
    "scram_client_key",
    "scram_server_key",
    "service",
    "ssl",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// What only a build with TLS to PostgreSQL can do.
const NEEDS_TLS: &[(&str, &str)] = &[
    ("sslmode", "require"),
    ("sslmode", "verify-ca"),
    ("sslmode", "verify-full"),
    ("sslnegotiation", "direct"),
    ("ssl", "true"),
    ("channel_binding", "require"),
];
const NO_TLS: &str = "it asks for TLS, and this program was built without it, as `cargo demo` and the tests \
    are: build it with the feature `postgres-tls`, which is on by default";

fn check_parameters(parameters: &str) -> Result<(), &'static str> {
    if parameters.is_empty() {
        return Ok(());
    }
    for parameter in parameters.split('&') {
        match parameter.split_once('=') {
            Some((_, value)) if value.contains('=') => return Err(ENCODE),
            Some((name, _)) if PARAMETERS.contains(&name) => {}
            _ => {
                return Err(
                    "behind the ? stand NAME=VALUE pairs with & between them, of the names in \
                     PostgreSQL's manual (34.1.2); = and & within a value are written %3D and %26",
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
