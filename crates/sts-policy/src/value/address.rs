//! IP addresses and blocks of them.

use std::net::IpAddr;

/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 (`::ffff:10.0.0.1`) *is* the IPv4 address: a dual-stack
/// listener shows the same caller in either form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    V4(u32),
    V6(u128),
}

impl Address {
    /// Reads `10.0.0.1` or `2001:db8::1`. No zone, no port, no leading zero in IPv4 (some read it as octal).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // What is no address is mostly told by its first character, and all values of a request come by here.
        let first = text.bytes().next()?;
        if !(first.is_ascii_hexdigit() || first == b':') {
            return None;
        }
        Some(match text.parse::<IpAddr>().ok()?.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6(address.to_bits()),
        })
    }
}

/// What a condition lists: all addresses that agree with one in so many leading bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    V4 { network: u32, mask: u32 },
    V6 { network: u128, mask: u128 },
    Any,
}

/// A block as written, and what there is to say about its spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ParsedBlock {
    pub(crate) block: Block,
    /// Whether bits beyond the prefix were set, as in `10.0.0.1/8`. They do not count.
    pub(crate) has_host_bits: bool,
    /// Whether it is a block of IPv6, not a single address.
    pub(crate) is_ipv6_block: bool,
}

impl Block {
    /// Reads an address, an address with a prefix length (`10.0.0.0/8`, `2001:db8::/32`), or `*` for any address. A
    /// block of mapped addresses with a prefix of at least 96 is the IPv4 block; a shorter one holds IPv6 addresses only.
    pub(crate) fn parse(text: &str) -> Option<ParsedBlock> {
        if text == "*" {
            return Some(ParsedBlock { block: Self::Any, has_host_bits: false, is_ipv6_block: false });
        }
        let Some((address, prefix)) = text.split_once('/') else {
            let block = match Address::parse(text)? {
                Address::V4(network) => Self::V4 { network, mask: u32::MAX },
                Address::V6(network) => Self::V6 { network, mask: u128::MAX },
            };
            return Some(ParsedBlock { block, has_host_bits: false, is_ipv6_block: false });
        };
        let prefix = prefix_length(prefix)?;
        let parsed = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => Self::ipv4(address.to_bits(), prefix)?,
            IpAddr::V6(address) => match (address.to_ipv4_mapped(), prefix.checked_sub(96)) {
                (Some(address), Some(prefix)) => Self::ipv4(address.to_bits(), prefix)?,
                _ => Self::ipv6(address.to_bits(), prefix)?,
            },
        };
        Some(parsed)
    }

    fn ipv4(address: u32, prefix: u32) -> Option<ParsedBlock> {
        let mask = mask_bits(u32::BITS, prefix)?;
        let mask = u32::try_from(mask).ok()?;
        let network = address & mask;
        let block = Self::V4 { network, mask };
        Some(ParsedBlock { block, has_host_bits: network != address, is_ipv6_block: false })
    }

    fn ipv6(address: u128, prefix: u32) -> Option<ParsedBlock> {
        let mask = mask_bits(u128::BITS, prefix)?;
        let network = address & mask;
        let block = Self::V6 { network, mask };
        Some(ParsedBlock { block, has_host_bits: network != address, is_ipv6_block: true })
    }

    #[inline]
    pub(crate) fn contains(&self, address: Address) -> bool {
        match (self, address) {
            (Self::V4 { network, mask }, Address::V4(address)) => address & mask == *network,
            (Self::V6 { network, mask }, Address::V6(address)) => address & mask == *network,
            (Self::Any, _) => true,
            _ => false,
        }
    }
}

/// Digits only: a sign is none of them.
fn prefix_length(text: &str) -> Option<u32> {
    let is_length = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_length { text.parse().ok() } else { None }
}

/// So many ones at the top of so many bits.
fn mask_bits(bits: u32, prefix: u32) -> Option<u128> {
    let hosts = bits.checked_sub(prefix)?;
    let all = u128::MAX >> (u128::BITS - bits);
    Some(all & u128::MAX.checked_shl(hosts).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{Address, Block};
    use proptest::prelude::*;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    fn contains(block: &str, address: &str) -> bool {
        let address = Address::parse(address).unwrap_or_else(|| panic!("{address}"));
        Block::parse(block).unwrap_or_else(|| panic!("{block}")).block.contains(address)
    }

    #[test]
    fn blocks_hold_their_addresses() {
        for (block, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("192.168.0.1", "192.168.0.1", true),
            ("192.168.0.1", "192.168.0.2", false),
            ("198.51.100.0/24", "198.51.100.255", true),
            ("198.51.100.7/32", "198.51.100.7", true),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "10.0.0.1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("2001:db8::1", "2001:DB8:0::1", true),
            ("::1/128", "::1", true),
            // Mapped addresses are the IPv4 ones.
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("::ffff:10.0.0.0/104", "10.1.2.3", true),
            ("::ffff:0:0/96", "1.2.3.4", true),
            ("::ffff:0:0/95", "1.2.3.4", false),
            ("::ffff:10.0.0.1", "10.0.0.1", true),
            ("*", "10.0.0.1", true),
            ("*", "::1", true),
            // Host bits do not count.
            ("10.1.2.3/8", "10.9.9.9", true),
        ] {
            assert_eq!(contains(block, address), expected, "{address} in {block}");
        }
    }

    #[test]
    fn spelling_is_told() {
        assert!(Block::parse("10.0.0.1/8").unwrap().has_host_bits);
        assert!(!Block::parse("10.0.0.0/8").unwrap().has_host_bits);
        assert!(!Block::parse("10.0.0.1").unwrap().has_host_bits);
        assert!(Block::parse("2001:db8::1/32").unwrap().has_host_bits);
        assert!(Block::parse("2001:db8::/32").unwrap().is_ipv6_block);
        assert!(!Block::parse("2001:db8::1").unwrap().is_ipv6_block);
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for text in [
            "",
            "/",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.0/8/8",
            "10.0.0/8",
            "10.*",
            "010.0.0.1",
            "::1/129",
            "::1%eth0",
            "[::1]",
            "42.120.XX.X/24",
            "10.0.0.0/255.0.0.0",
            " 10.0.0.1",
            "*/8",
            "::ffff:10.0.0.0/129",
            "10.0.0.0/0008",
        ] {
            assert_eq!(Block::parse(text), None, "{text}");
        }
    }

    proptest! {
        /// By counting equal leading bits, text and all.
        #[test]
        fn an_ipv4_block_is_its_leading_bits(network in any::<u32>(), flipped in 0_u32..32, prefix in 0_u32..=32) {
            let address = network ^ (1 << flipped);
            let expected = (network ^ address).leading_zeros() >= prefix;
            let block = format!("{}/{prefix}", Ipv4Addr::from_bits(network));
            prop_assert_eq!(contains(&block, &Ipv4Addr::from_bits(address).to_string()), expected);
        }

        #[test]
        fn an_ipv6_block_is_its_leading_bits(network in any::<u128>(), flipped in 0_u32..128, prefix in 0_u32..=128) {
            let address = network ^ (1 << flipped);
            let expected = (network ^ address).leading_zeros() >= prefix;
            let (network, address) = (Ipv6Addr::from_bits(network), Ipv6Addr::from_bits(address));
            prop_assume!(network.to_ipv4_mapped().is_none() && address.to_ipv4_mapped().is_none());
            prop_assert_eq!(contains(&format!("{network}/{prefix}"), &address.to_string()), expected);
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,40}|[0-9a-f.:/*]{0,40}") {
            prop_assert_eq!(Address::parse(&text).is_some(), text.parse::<IpAddr>().is_ok());
            let _ = Block::parse(&text);
        }
    }
}
