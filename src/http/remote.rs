//! From which address a request came, through the proxies that are trusted.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The caller's address: the peer's, or where the peer is a proxy that is trusted, the last address
/// that was told which is not such a proxy itself. What a stranger writes there counts nothing.
///
/// `X-Forwarded-For` is read, and only where there is none, `Forwarded` (RFC 7239): most proxies write
/// the former and pass the latter on as a stranger sent it.
#[must_use]
pub fn caller(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let told = if headers.contains_key(X_FORWARDED_FOR) {
        let lines = lines(headers, X_FORWARDED_FOR);
        lines.flat_map(|line| elements(line, ',')).collect()
    } else {
        let lines = lines(headers, FORWARDED);
        let elements = lines.flat_map(|line| elements(line, ','));
        elements.map(for_whom).collect::<Vec<_>>()
    };
    // Read from the end: each proxy wrote who it was asked by behind what it was sent.
    let mut nearest = peer;
    for node in told.into_iter().rev() {
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

fn lines(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name);
    lines.filter_map(|line| line.to_str().ok())
}

/// What stands between separators that are not within quotes. Empty elements are passed over
/// (RFC 9110 §5.6.1).
fn elements(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = text.split(move |c| {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => return c == separator && !is_quoted,
        }
        false
    });
    let parts = parts.map(str::trim);
    parts.filter(|part| !unquoted(part).is_empty())
}

/// The node behind `for=` of an element of `Forwarded`; nothing where it says none.
fn for_whom(element: &str) -> &str {
    let pairs = elements(element, ';').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    named.next().map_or("", |(_, node)| node.trim())
}

fn unquoted(text: &str) -> &str {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text).trim()
}

/// The address of a node: bare, in brackets, with a port, in quotes. None of what hides itself, such as
/// `unknown` and `_proxy` (RFC 7239 §6.3).
fn address(node: &str) -> Option<IpAddr> {
    let node = unquoted(node);
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
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn told(name: HeaderName, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_str(line).unwrap();
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
            // What cannot be read hides whatever stands before it.
            ("203.0.113.7, unknown", PROXY),
            ("203.0.113.7, 10.0.0.2, _hidden", PROXY),
            ("203.0.113.7, garbage, 10.0.0.2", "10.0.0.2"),
            ("", PROXY),
        ] {
            assert_eq!(told(X_FORWARDED_FOR, &[line]), expected, "{line}");
        }
        let lines = ["198.51.100.1", "203.0.113.7:1", "10.0.0.2"];
        assert_eq!(told(X_FORWARDED_FOR, &lines), "203.0.113.7");
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
            assert_eq!(told(FORWARDED, &[line]), expected, "{line}");
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
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "[ -~]{0,80}") {
            let _ = told(X_FORWARDED_FOR, &[&line]);
            let _ = told(FORWARDED, &[&line]);
        }

        #[test]
        fn every_address_is_read_in_every_form(bits in any::<u128>(), port in any::<u16>()) {
            let six = std::net::Ipv6Addr::from(bits);
            let plain = IpAddr::V6(six).to_canonical();
            for form in [format!("{six}"), format!("[{six}]"), format!("\"[{six}]:{port}\"")] {
                prop_assert_eq!(address(&form), Some(plain));
            }
        }
    }
}
