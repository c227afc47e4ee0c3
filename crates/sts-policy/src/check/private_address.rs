//! Addresses that are no one's outside a network of one's own.

use crate::value::address::Block;

/// 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16, of RFC 1918.
const PRIVATE: [(u32, u32); 3] =
    [(0x0a00_0000, 0xff00_0000), (0xac10_0000, 0xfff0_0000), (0xc0a8_0000, 0xffff_0000)];

/// Whether all addresses of a block are private.
pub(super) fn is_private(block: &Block) -> bool {
    match *block {
        Block::V4 { network, mask } => {
            PRIVATE.iter().any(|(start, range)| mask & range == *range && network & range == *start)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, is_private};

    #[test]
    fn private_blocks() {
        for (text, expected) in [
            ("10.0.0.0/8", true),
            ("10.10.10.10", true),
            ("172.31.0.0/16", true),
            ("172.32.0.0/16", false),
            ("192.168.1.0/24", true),
            ("192.0.2.0/24", false),
            ("0.0.0.0/0", false),
            ("8.0.0.0/5", false),
            ("fd00::/8", false),
        ] {
            assert_eq!(is_private(&Block::parse(text).unwrap().block), expected, "{text}");
        }
    }
}
