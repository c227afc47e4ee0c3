//! SHA-1, of which the signatures of RPC v1, ROA and OSS V1 are made.

use super::{BLOCK, Hash};
use sha1::digest::generic_array::GenericArray;

/// Too weak for new designs; as a keyed hash not broken, and what the service asks for.
pub(crate) struct Sha1;

impl Hash for Sha1 {
    type State = [u32; 5];
    type Output = [u8; 20];

    // FIPS 180-4, section 5.3.1.
    const INITIAL: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

    #[inline]
    fn compress(state: &mut [u32; 5], block: &[u8; BLOCK]) {
        sha1::compress(state, std::slice::from_ref(GenericArray::from_slice(block)));
    }

    #[inline]
    fn output(state: &[u32; 5]) -> [u8; 20] {
        let mut output = [0; 20];
        let places = output.as_chunks_mut().0;
        places.iter_mut().zip(state).for_each(|(place, word)| *place = word.to_be_bytes());
        output
    }
}
