//! From which address a request came, through the proxies that are trusted.

use std::net::{IpAddr, SocketAddr};

use actix_web::{
    HttpRequest,
    http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue},
    web,
};
use ipnet::IpNet;

use crate::app::App;

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The caller's address: the peer's, or where the peer is a trusted proxy, the last listed address that
/// is not a trusted proxy itself. What anybody else writes into the headers is ignored.
///
/// `X-Forwarded-For` is read, and only where there is none, `Forwarded` (RFC 7239): most proxies write
/// the former and pass the latter on as it was sent.
pub(crate) fn caller(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    if headers.contains_key(X_FORWARDED_FOR) {
        let elements = lines_from_the_end(headers, X_FORWARDED_FOR)
            .flat_map(|line| line.rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii))
            .filter(|element| !unquoted(element).is_empty());
        nearest(peer, elements, is_trusted)
    } else {
        let elements = lines_from_the_end(headers, FORWARDED)
            .flat_map(|line| elements_from_the_end(line, b','))
            .map(for_whom);
        nearest(peer, elements, is_trusted)
    }
}

/// Whether the caller's connection is encrypted: by the service itself, or by a trusted proxy.
pub(crate) fn is_secure(request: &HttpRequest) -> bool {
    let app = request.app_data::<web::Data<App>>();
    request.app_config().secure()
        || app.is_some_and(|app| is_https(request, &app.settings.trusted_proxies))
}

/// Whether a trusted proxy says that its caller came by HTTPS. The last word is the one that it wrote itself.
fn is_https(request: &HttpRequest, trusted: &[IpNet]) -> bool {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let is_trusted = peer.is_some_and(|peer| trusted.iter().any(|net| net.contains(&peer)));
    let mut words = lines_from_the_end(request.headers(), X_FORWARDED_PROTO)
        .flat_map(|line| line.rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii));
    is_trusted
        && words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case(b"https"))
}

/// The first of these nodes, which are listed from the end, that is no trusted proxy. One that cannot be
/// read hides all before it.
fn nearest<'a>(
    peer: IpAddr,
    nodes: impl Iterator<Item = &'a [u8]>,
    is_trusted: impl Fn(&IpAddr) -> bool,
) -> IpAddr {
    let mut nearest = peer;
    for node in nodes {
        let Some(address) = address(node) else {
            break;
        };
        nearest = address;
        if !is_trusted(&nearest) {
            break;
        }
    }
    nearest
}

/// Each proxy appends the address that called it, on the same line or on a new one. So all is read from
/// the end, as bytes: nothing before what the proxy appended, such as an open quote or a byte that is not
/// UTF-8, changes how that is read.
fn lines_from_the_end(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    headers.get_all(name).rev().map(HeaderValue::as_bytes)
}

/// The parts between separators that are not in quotes, the last first. Empty elements are skipped
/// (RFC 9110 §5.6.1).
fn elements_from_the_end(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut is_quoted = false;
    let mut separators = Vec::new();
    for (at, byte) in text.iter().enumerate().rev() {
        // A quote that ends a quoted string is met first, and one within it is escaped.
        if *byte == b'"' && !(is_quoted && is_escaped(text, at)) {
            is_quoted = !is_quoted;
        } else if *byte == separator && !is_quoted {
            separators.push(at);
        }
    }
    let mut end = text.len();
    let starts = separators.into_iter().map(Some).chain([None]);
    let parts = starts.map(move |separator| {
        let part = &text[separator.map_or(0, |at| at + 1)..end];
        end = separator.unwrap_or(0);
        part.trim_ascii()
    });
    parts.filter(|part| !unquoted(part).is_empty())
}

/// Whether an odd number of backslashes is before this position.
fn is_escaped(text: &[u8], at: usize) -> bool {
    let before = text[..at].iter().rev();
    before.take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// The node after `for=` of an element of `Forwarded`; empty where there is none.
fn for_whom(element: &[u8]) -> &[u8] {
    let named = elements_from_the_end(element, b';').find_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (name, node) = (pair[..at].trim_ascii(), &pair[at + 1..]);
        name.eq_ignore_ascii_case(b"for").then(|| node.trim_ascii())
    });
    named.unwrap_or_default()
}

fn unquoted(text: &[u8]) -> &[u8] {
    let inner = text
        .strip_prefix(b"\"")
        .and_then(|text| text.strip_suffix(b"\""));
    inner.unwrap_or(text).trim_ascii()
}

/// The address of a node: plain, in brackets, with a port, in quotes. `None` for an obfuscated one, such as
/// `unknown` and `_proxy` (RFC 7239 §6.3).
fn address(node: &[u8]) -> Option<IpAddr> {
    let node = std::str::from_utf8(unquoted(node)).ok()?;
    let address = if let Ok(address) = node.parse::<IpAddr>() {
        address
    } else if let Some(inner) = node
        .strip_prefix('[')
        .and_then(|node| node.strip_suffix(']'))
    {
        IpAddr::V6(inner.parse().ok()?)
    } else if let Ok(socket) = node.parse::<SocketAddr>() {
        socket.ip()
    } else {
        // A port may be hidden as well (RFC 7239 §6.2).
        let (host, port) = node.rsplit_once(":_")?;
        let is_hidden = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if port.is_empty() || !port.chars().all(is_hidden) {
            return None;
        }
        match host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
        {
            Some(inner) => IpAddr::V6(inner.parse().ok()?),
            None => IpAddr::V4(host.parse().ok()?),
        }
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn caller_of(name: HeaderName, lines: &[impl AsRef<[u8]>]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_bytes(line.as_ref()).unwrap();
            headers.append(name.clone(), line);
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        caller(&headers, PROXY.parse().unwrap(), &trusted).to_string()
    }

    #[test]
    fn an_address_is_read_with_a_port_in_brackets_and_in_quotes() {
        for (line, expected) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:51008", "203.0.113.7"),
            ("2001:db8::5", "2001:db8::5"),
            ("[2001:db8::5]", "2001:db8::5"),
            ("[2001:db8::5]:443", "2001:db8::5"),
            ("\"203.0.113.7\"", "203.0.113.7"),
            ("\"[2001:db8::5]:443\"", "2001:db8::5"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("203.0.113.7, \"\"", "203.0.113.7"),
            ("203.0.113.7, ", "203.0.113.7"),
            ("203.0.113.7,,10.0.0.2,", "203.0.113.7"),
            ("198.51.100.1, 203.0.113.7, fd00::2", "203.0.113.7"),
            // What cannot be read hides all before it.
            ("203.0.113.7, unknown", PROXY),
            ("203.0.113.7, 10.0.0.2, _hidden", PROXY),
            ("203.0.113.7, garbage, 10.0.0.2", "10.0.0.2"),
            ("", PROXY),
        ] {
            assert_eq!(caller_of(X_FORWARDED_FOR, &[line]), expected, "{line}");
        }
        let lines = ["198.51.100.1", "203.0.113.7:1", "10.0.0.2"];
        assert_eq!(caller_of(X_FORWARDED_FOR, &lines), "203.0.113.7");
    }

    #[test]
    fn forwarded_is_read_as_its_standard_has_it() {
        for (line, expected) in [
            ("for=203.0.113.7", "203.0.113.7"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=203.0.113.7;proto=http;by=203.0.113.43", "203.0.113.7"),
            ("by=203.0.113.43; FOR = 203.0.113.7", "203.0.113.7"),
            ("for=\"203.0.113.7:_port\"", "203.0.113.7"),
            ("for=\"[2001:db8::5]:_x\"", "2001:db8::5"),
            (
                "for=198.51.100.1, for=203.0.113.7, for=10.0.0.2",
                "203.0.113.7",
            ),
            (
                "for=203.0.113.7;host=\"a,b;for=198.51.100.1\"",
                "203.0.113.7",
            ),
            ("host=\"a\\\",\";for=203.0.113.7", "203.0.113.7"),
            ("for=203.0.113.7, ,", "203.0.113.7"),
            ("for=203.0.113.7, for=unknown", PROXY),
            ("for=203.0.113.7, for=_SEVKISEK", PROXY),
            ("for=203.0.113.7, proto=https", PROXY),
        ] {
            assert_eq!(caller_of(FORWARDED, &[line]), expected, "{line}");
        }
    }

    #[test]
    fn what_a_stranger_writes_counts_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert(X_FORWARDED_FOR, HeaderValue::from_static("203.0.113.7"));
        headers.insert(FORWARDED, HeaderValue::from_static("for=198.51.100.9"));
        let stranger: IpAddr = "192.0.2.1".parse().unwrap();
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        assert_eq!(caller(&headers, stranger, &trusted), stranger);
        assert_eq!(caller(&headers, stranger, &[]), stranger);
        // Nor does a header that the proxy does not write.
        let proxy: IpAddr = PROXY.parse().unwrap();
        assert_eq!(caller(&headers, proxy, &trusted).to_string(), "203.0.113.7");
        // Nor what is before the part that the proxy appended.
        for strange in ["\"", "\"198.51.100.1", "é", "\"\\", "198.51.100.1, \"é"] {
            let line = format!("{strange}, 203.0.113.7");
            assert_eq!(
                caller_of(X_FORWARDED_FOR, &[&line]),
                "203.0.113.7",
                "{line}"
            );
            let (line, then) = (format!("{strange}, 10.0.0.3"), "203.0.113.7, 10.0.0.2");
            assert_eq!(caller_of(X_FORWARDED_FOR, &[&*line, then]), "203.0.113.7");
        }
        for strange in [
            "for=\"x",
            "for=\"",
            "for=é",
            "host=\"\\",
            "for=198.51.100.1;by=\"",
        ] {
            for node in ["203.0.113.7", "\"203.0.113.7:443\""] {
                let line = format!("{strange}, for={node};host=\"a\\\",b\"");
                assert_eq!(caller_of(FORWARDED, &[&line]), "203.0.113.7", "{line}");
            }
        }
        // A line that cannot be read counts, and hides all before it.
        for (name, before) in [
            (X_FORWARDED_FOR, "198.51.100.1"),
            (FORWARDED, "for=198.51.100.1"),
        ] {
            assert_eq!(caller_of(name, &[before, "é"]), PROXY);
        }
    }

    /// Bytes that a header may hold, among them often those that mean something here.
    fn strange_line() -> impl Strategy<Value = Vec<u8>> {
        let meant = proptest::sample::select(b"\"\\,;= for1.".to_vec());
        let any = any::<u8>().prop_map(|byte| {
            if byte < 0x20 || byte == 0x7f {
                b'"'
            } else {
                byte
            }
        });
        proptest::collection::vec(prop_oneof![meant, any], 0..60)
    }

    proptest! {
        #[test]
        fn whatever_stands_before_it_the_last_address_that_was_appended_counts(
            strange in strange_line(),
            more in strange_line(),
            bits in any::<u32>(),
            port in any::<u16>(),
            is_own_line in any::<bool>(),
        ) {
            let address = IpAddr::V4(bits.into());
            let expected = address.to_string();
            let appended = |written: &str| -> Vec<Vec<u8>> {
                let written = written.as_bytes();
                if is_own_line {
                    vec![more.clone(), strange.clone(), written.to_vec()]
                } else {
                    vec![more.clone(), [&strange, &b", "[..], written].concat()]
                }
            };
            // An address of a trusted proxy only shows that it was called.
            prop_assume!(!expected.starts_with("10."));
            for node in [format!("{address}"), format!("{address}:{port}"), format!("\"{address}\"")] {
                let address = caller_of(X_FORWARDED_FOR, &appended(&node));
                prop_assert_eq!(address, &*expected);
            }
            for element in [
                format!("for={address}"),
                format!("by=_x;for=\"{address}:{port}\";proto=https"),
                format!("for={address};host=\"a\\\\\\\",;b\\\\\""),
            ] {
                let address = caller_of(FORWARDED, &appended(&element));
                prop_assert_eq!(address, &*expected);
            }
        }

        #[test]
        fn no_line_makes_it_panic(line in strange_line()) {
            let _ = caller_of(X_FORWARDED_FOR, &[&line]);
            let _ = caller_of(FORWARDED, &[&line]);
        }

        #[test]
        fn every_address_is_read_in_every_form(bits in any::<u128>(), port in any::<u16>()) {
            let six = std::net::Ipv6Addr::from(bits);
            let plain = IpAddr::V6(six).to_canonical();
            for form in [format!("{six}"), format!("[{six}]"), format!("\"[{six}]:{port}\"")] {
                prop_assert_eq!(address(form.as_bytes()), Some(plain));
            }
        }
    }
}
