//! Pages on networks.

use shared::resume::json::Profile;

use crate::parse::field::url;
use crate::parse::word::{WORDS, fold};

/// The profile an address points to, when its host is a known network.
pub fn of(address: &str) -> Option<Profile> {
    let (host, path) = url::parts(address);
    let network = WORDS
        .networks
        .iter()
        .find(|(known, _)| host == **known || host.ends_with(&format!(".{known}")))?
        .1;
    let path = path.trim_end_matches('/');
    let user = path.rsplit('/').next().filter(|user| !user.is_empty());
    Some(Profile {
        network: Some(network.clone()),
        username: user.map(|user| user.trim_start_matches('@').to_owned()),
        url: Some(address.to_owned()),
        ..Profile::default()
    })
}

/// The network whose name is the whole text.
pub fn network_name(text: &str) -> Option<&'static str> {
    let text = fold(text);
    WORDS.networks.values().find(|name| fold(name) == text).map(String::as_str)
}

/// `user (GitHub)`.
pub fn bracketed(text: &str) -> Option<Profile> {
    let (user, network) = text.strip_suffix(')')?.rsplit_once(" (")?;
    let network = network_name(network)?;
    Some(named(network, user, None))
}

/// A user name on a network named beside it.
pub fn named(network: &str, user: &str, address: Option<String>) -> Profile {
    Profile {
        network: Some(network.to_owned()),
        username: Some(user.trim_start_matches('@').to_owned()),
        url: address,
        ..Profile::default()
    }
}
