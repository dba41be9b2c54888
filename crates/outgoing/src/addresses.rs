//! Which addresses are the public internet, and which are somebody's own network. The standard library's word for it is neither
//! stable nor enough: it calls translated and tunnelled forms of loopback global.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

use ipnet::{Ipv4Net, Ipv6Net};

/// What kind of place an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The internet.
    Public,
    /// This machine or a network of its owner: reached only by a target that the settings allow.
    Private,
    /// Nothing that a request should ever reach, whatever a name resolves to: neighbours of the machine that hand out its
    /// credentials, many receivers at once, addresses that stand for another one, addresses that nobody has.
    Never,
}

const V4_PRIVATE: [(u32, u8); 5] = [
    (0x0a00_0000, 8),  // 10.0.0.0
    (0x6440_0000, 10), // 100.64.0.0, shared by a provider's customers
    (0x7f00_0000, 8),  // 127.0.0.0
    (0xac10_0000, 12), // 172.16.0.0
    (0xc0a8_0000, 16), // 192.168.0.0
];
const V4_NEVER: [(u32, u8); 11] = [
    (0x0000_0000, 8),  // 0.0.0.0: this machine on many systems
    (0xa9fe_0000, 16), // 169.254.0.0: link-local, metadata services
    (0xc000_0000, 24), // 192.0.0.0
    (0xc000_0200, 24), // 192.0.2.0, documentation
    (0xc058_6300, 24), // 192.88.99.0, 6to4 relays
    (0xc612_0000, 15), // 198.18.0.0, measurements
    (0xc633_6400, 24), // 198.51.100.0, documentation
    (0xcb00_7100, 24), // 203.0.113.0, documentation
    (0xe000_0000, 4),  // 224.0.0.0, many receivers
    (0xf000_0000, 4),  // 240.0.0.0, reserved, with 255.255.255.255
    (0xa83f_8110, 32), // 168.63.129.16: looks public and is the host of a virtual machine in Azure
];
/// The only part of IPv6 that is the internet.
const V6_GLOBAL: (u128, u8) = (0x2000 << 112, 3);
const V6_NOT_GLOBAL: [(u128, u8); 4] = [
    (0x2001 << 112, 23),     // Teredo, ORCHID, measurements
    (0x2001_0db8 << 96, 32), // documentation
    (0x2002 << 112, 16),     // 6to4: an IPv4 address inside
    (0x3fff << 112, 20),     // documentation
];
const V6_PRIVATE: [(u128, u8); 2] = [
    (1, 128),           // loopback
    (0xfc00 << 112, 7), // unique local
];
/// The metadata service of Amazon's machines, inside the unique local range.
const V6_METADATA: u128 = 0xfd00_0ec2_0000_0000_0000_0000_0000_0254;

struct Lists {
    v4_private: Vec<Ipv4Net>,
    v4_never: Vec<Ipv4Net>,
    v6_global: Option<Ipv6Net>,
    v6_not_global: Vec<Ipv6Net>,
    v6_private: Vec<Ipv6Net>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let v4 = |list: &[(u32, u8)]| {
        list.iter().filter_map(|(bits, len)| Ipv4Net::new(Ipv4Addr::from_bits(*bits), *len).ok()).collect()
    };
    let v6 = |list: &[(u128, u8)]| -> Vec<Ipv6Net> {
        list.iter().filter_map(|(bits, len)| Ipv6Net::new(Ipv6Addr::from_bits(*bits), *len).ok()).collect()
    };
    Lists {
        v4_private: v4(&V4_PRIVATE),
        v4_never: v4(&V4_NEVER),
        v6_global: v6(&[V6_GLOBAL]).first().copied(),
        v6_not_global: v6(&V6_NOT_GLOBAL),
        v6_private: v6(&V6_PRIVATE),
    }
});

/// The kind of place that `address` is. An IPv4 address in an IPv6 coat is never a place to go to: nobody writes one by accident.
#[must_use]
pub fn place(address: IpAddr) -> Place {
    match address {
        IpAddr::V4(v4) if LISTS.v4_never.iter().any(|net| net.contains(&v4)) => Place::Never,
        IpAddr::V4(v4) if LISTS.v4_private.iter().any(|net| net.contains(&v4)) => Place::Private,
        IpAddr::V4(_) => Place::Public,
        IpAddr::V6(v6) if v6.to_bits() == V6_METADATA => Place::Never,
        IpAddr::V6(v6) if LISTS.v6_private.iter().any(|net| net.contains(&v6)) => Place::Private,
        IpAddr::V6(v6) => {
            let global = LISTS.v6_global.is_some_and(|net| net.contains(&v6));
            let excepted = LISTS.v6_not_global.iter().any(|net| net.contains(&v6));
            if global && !excepted { Place::Public } else { Place::Never }
        }
    }
}
