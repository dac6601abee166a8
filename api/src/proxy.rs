//! Where a request really comes from: what its connection says, and what proxies say whose word counts.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use poem::Request;
use poem::http::HeaderMap;
use shared::config::http::IpNet;

#[derive(Clone, Debug)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    pub fn new(trusted: Vec<IpNet>) -> Self {
        Self(trusted.into())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of whoever calls: the last one in `X-Forwarded-For` that is not a proxy of ours.
    pub fn address(&self, request: &Request) -> IpAddr {
        self.behind(peer(request), request.headers())
    }

    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let forwarded = headers.get_all("x-forwarded-for").iter();
        let forwarded: Vec<&str> = forwarded
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let mut client = peer;
        for hop in forwarded.into_iter().rev() {
            // What comes before a hop that cannot be read was not written by a proxy of ours.
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    /// Whether the caller came by HTTPS. `None`: no proxy whose word counts has said so.
    pub fn https(&self, request: &Request) -> Option<bool> {
        if !self.trusts(peer(request)) {
            return None;
        }
        request.header("x-forwarded-proto").map(|scheme| scheme.eq_ignore_ascii_case("https"))
    }
}

fn peer(request: &Request) -> IpAddr {
    let address = request.remote_addr().as_socket_addr().map(|address| address.ip().to_canonical());
    address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use poem::http::HeaderMap;

    use super::Proxies;

    #[test]
    fn only_proxies_of_ours_are_believed_and_only_what_they_have_added() {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let cases = [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "", "10.0.0.1"),
        ];

        for (peer, forwarded, expected) in cases {
            let headers = HeaderMap::from_iter([(
                "x-forwarded-for".parse().unwrap(),
                forwarded.parse().unwrap(),
            )]);
            let address = proxies.behind(peer.parse().unwrap(), &headers);
            assert_eq!(address, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded}");
        }
    }
}
