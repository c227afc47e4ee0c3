//! SHA-256, of which the signatures of ACS3 and OSS V4 are made, and those of RPC v1 that ask for it.

use super::{BLOCK, Hash};
use sha2::digest::generic_array::GenericArray;

pub(crate) struct Sha256;

impl Hash for Sha256 {
    type State = [u32; 8];
    type Output = [u8; 32];

    // FIPS 180-4, section 5.3.3.
    const INITIAL: [u32; 8] = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];

    #[inline]
    fn compress(state: &mut [u32; 8], block: &[u8; BLOCK]) {
        sha2::compress256(state, std::slice::from_ref(GenericArray::from_slice(block)));
    }

    #[inline]
    fn output(state: &[u32; 8]) -> [u8; 32] {
        let mut output = [0; 32];
        let places = output.as_chunks_mut().0;
        places.iter_mut().zip(state).for_each(|(place, word)| *place = word.to_be_bytes());
        output
    }
}
