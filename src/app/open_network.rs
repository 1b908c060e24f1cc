//! Which addresses receivers of webhooks may have: public ones, unless a setting allows private ones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::domain::validation::ValidationError;

/// An allowed address: `https`, without user and password, and not private. Whether a name resolves to a
/// private address shows at the DNS query.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EndpointUrl(Url);

/// Maximum length of an address, bytes.
pub(crate) const MAX_URL: usize = 2_048;

impl EndpointUrl {
    /// `allow_private` also allows plain `http` and private addresses.
    ///
    /// # Errors
    /// [`ValidationError::NotAUrl`], [`ValidationError::TooLong`].
    pub(crate) fn parse(text: &str, allow_private: bool) -> Result<Self, ValidationError> {
        if text.len() > MAX_URL {
            return Err(ValidationError::TooLong { max: MAX_URL });
        }
        let url = Url::parse(text).map_err(|_| ValidationError::NotAUrl)?;
        let scheme_fits = url.scheme() == "https" || (allow_private && url.scheme() == "http");
        let is_bare =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let host_fits = match url.host() {
            None => false,
            Some(_) if allow_private => true,
            Some(Host::Ipv4(address)) => is_public(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => is_public(IpAddr::V6(address)),
            Some(Host::Domain(name)) => !is_local_name(name),
        };
        if scheme_fits && is_bare && host_fits {
            Ok(Self(url))
        } else {
            Err(ValidationError::NotAUrl)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The name that has to be resolved; `None` for an IP address.
    pub(crate) fn name(&self) -> Option<&str> {
        self.0.domain()
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether an address is public: in no private, loopback, link-local, shared, documentation, translated or
/// multicast range (the IANA special-purpose registries, RFC 6890).
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
    let is_benchmark = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || is_shared
        || is_protocol
        || is_benchmark)
}

/// Global unicast is 2000::/3, less protocol assignments, documentation, and what holds an IPv4
/// address within it (6to4); all else is not of the open network, NAT64 included.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_global = a & 0xe000 == 0x2000;
    let is_protocol = a == 0x2001 && b < 0x0200;
    let is_documentation = (a == 0x2001 && b == 0x0db8) || (a == 0x3fff && b < 0x1000);
    is_global && !is_protocol && !is_documentation && a != 0x2002
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn private_addresses_are_not_allowed() {
        for inside in [
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://10.1.2.3/",
            "https://172.31.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://localhost/",
            "https://a.LOCALHOST./",
        ] {
            assert!(EndpointUrl::parse(inside, false).is_err(), "{inside}");
            assert!(EndpointUrl::parse(inside, true).is_ok(), "{inside}");
        }
        for outside in [
            "https://hooks.example.kz/a?b=c",
            "https://8.8.8.8/",
            "https://[2a00:1450::1]/",
        ] {
            assert!(EndpointUrl::parse(outside, false).is_ok(), "{outside}");
        }
    }

    #[test]
    fn an_address_is_https_without_a_user_and_a_fragment() {
        for bad in [
            "http://hooks.example.kz/",
            "ftp://hooks.example.kz/",
            "https://user@hooks.example.kz/",
            "https://hooks.example.kz/#a",
            "hooks.example.kz",
            "",
        ] {
            assert!(EndpointUrl::parse(bad, false).is_err(), "{bad}");
        }
        assert!(EndpointUrl::parse("http://hooks.example.kz/", true).is_ok());
        let long = format!("https://hooks.example.kz/{}", "a".repeat(MAX_URL));
        let error = EndpointUrl::parse(&long, false).err();
        assert_eq!(error, Some(ValidationError::TooLong { max: MAX_URL }));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(https?://)?\\PC{0,60}") {
            let _ = EndpointUrl::parse(&text, false);
        }

        #[test]
        fn an_ipv4_address_is_as_public_when_it_is_mapped(bits in any::<u32>()) {
            let plain = Ipv4Addr::from(bits);
            let mapped = IpAddr::V6(plain.to_ipv6_mapped());
            prop_assert_eq!(is_public(IpAddr::V4(plain)), is_public(mapped));
        }
    }
}
