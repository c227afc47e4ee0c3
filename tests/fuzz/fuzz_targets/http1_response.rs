//! The reader of HTTP/1.1 responses: no panic, no unbounded reading, no connection used again in doubt.

#![no_main]

use libfuzzer_sys::fuzz_target;

// The first byte chooses method and bound, the next how many bytes tell the pieces.
fuzz_target!(|data: &[u8]| {
    let [choice, pieces, rest @ ..] = data else { return };
    let (pieces, answer) = rest.split_at(usize::from(pieces % 16).min(rest.len()));
    let steps: Vec<usize> = pieces.iter().map(|piece| usize::from(*piece)).collect();
    let limit = [0, 5, 100, 10_000][usize::from(choice >> 1) % 4];
    sts_http::check_response(answer, &steps, choice % 2 == 1, limit);
});
