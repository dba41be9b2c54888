//! The address that a request came from (T-39): what the connection says, or what a proxy that the settings name says it saw.

use std::net::{IpAddr, SocketAddr};

use actix_web::{HttpRequest, http::header::HeaderMap};
use ipnet::IpNet;

/// Starts at the connection and goes back through the proxies that are listed; the first address that is not listed is the client's.
/// What stands left of it was written by the client and counts for nothing.
pub(crate) fn client_address(request: &HttpRequest, proxies: &[IpNet]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    Some(behind(peer, request.headers(), proxies))
}

fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let listed = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut address = peer;
    // Some proxies add to the client's line, some add a line: lines in their order are one list.
    let lines: Vec<_> = headers.get_all("x-forwarded-for").collect();
    let mut hops = lines.iter().rev().flat_map(|line| line.to_str().unwrap_or("").rsplit(','));
    while listed(&address) {
        // A hop that is no address, like `unknown`, hides the rest: the last known proxy stands for what is behind it.
        let Some(hop) = hops.next().and_then(parse) else { break };
        address = hop;
    }
    address
}

/// An address, with a port or without, as proxies write it.
fn parse(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn seen(peer: &str, lines: &[&'static str], proxies: &[&str]) -> String {
        let mut request = TestRequest::default();
        for line in lines {
            request = request.append_header(("x-forwarded-for", *line));
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|network| network.parse().unwrap()).collect();
        behind(peer.parse().unwrap(), request.to_http_request().headers(), &proxies).to_string()
    }

    #[test]
    fn t_039_the_first_address_that_is_not_listed_is_the_clients() {
        const INNER: &[&str] = &["10.0.0.0/8", "fd00::/8"];
        for (peer, lines, proxies, client) in [
            // Nobody is listed, or somebody else is: what the client writes counts for nothing.
            ("198.51.100.7", &["1.1.1.1"][..], &[][..], "198.51.100.7"),
            ("198.51.100.7", &["1.1.1.1, 10.0.0.1"], INNER, "198.51.100.7"),
            // One proxy, then two, in one line or in several.
            ("10.0.0.1", &["203.0.113.9"], INNER, "203.0.113.9"),
            ("10.0.0.1", &["1.1.1.1, 203.0.113.9"], INNER, "203.0.113.9"),
            ("10.0.0.1", &["1.1.1.1", "203.0.113.9"], INNER, "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9, 10.2.0.5"], INNER, "203.0.113.9"),
            ("10.0.0.1", &["1.1.1.1, 203.0.113.9", "10.9.9.9,10.2.0.5"], INNER, "203.0.113.9"),
            // A listed address left of the client's own was made up by the client.
            ("10.0.0.1", &["10.0.0.66, 203.0.113.9, 10.2.0.5"], INNER, "203.0.113.9"),
            // Proxies only: the one farthest away.
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], INNER, "10.0.0.3"),
            ("10.0.0.1", &[], INNER, "10.0.0.1"),
            // Ports, brackets, IPv6, and IPv4 in IPv6's clothes.
            ("10.0.0.1", &["203.0.113.9:4711"], INNER, "203.0.113.9"),
            ("fd00::1", &["[2001:db8::7]:443"], INNER, "2001:db8::7"),
            ("fd00::1", &["[2001:db8::7]"], INNER, "2001:db8::7"),
            ("fd00::1", &["2001:db8::7, fd00::2"], INNER, "2001:db8::7"),
            ("10.0.0.1", &["203.0.113.9, ::ffff:10.0.0.2"], INNER, "203.0.113.9"),
            // What is no address hides what is behind it.
            ("10.0.0.1", &["203.0.113.9, unknown"], INNER, "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, "], INNER, "10.0.0.1"),
            ("10.0.0.1", &["evil\u{e9}"], INNER, "10.0.0.1"),
            ("10.0.0.1", &["010.1.1.1"], INNER, "10.0.0.1"),
            // A single address is a network of one.
            ("192.0.2.1", &["203.0.113.9, 192.0.2.2"], &["192.0.2.1/32"], "192.0.2.2"),
        ] {
            assert_eq!(seen(peer, lines, proxies), client, "{peer} {lines:?} {proxies:?}");
        }
    }
}
