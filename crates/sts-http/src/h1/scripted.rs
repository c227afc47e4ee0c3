//! Answers out of memory, in whatever pieces: for property tests and the fuzzer of `tests/fuzz`. Not in any program.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, Method, Uri};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::client::Message;
use crate::error::Broken;
use crate::stream::Stream;

/// The far end of a connection. It takes a request, says its answer and closes.
pub(crate) struct Scripted {
    left: Vec<u8>,
    /// How long the pieces are, the last first.
    steps: Vec<usize>,
    said: Arc<AtomicUsize>,
    /// Every other time there is nothing to read yet.
    is_ready: bool,
    hears: bool,
}

impl Scripted {
    fn new(answer: &[u8], steps: &[usize]) -> Self {
        let (left, steps) = (answer.to_vec(), steps.iter().rev().copied().collect());
        Self { left, steps, said: Arc::default(), is_ready: false, hears: true }
    }
}

impl AsyncRead for Scripted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.is_ready = !self.is_ready;
        if self.is_ready {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        // After the last step comes all the rest.
        let step = self.steps.pop().unwrap_or(usize::MAX).max(1);
        let piece: Vec<u8> = {
            let length = step.min(self.left.len()).min(buf.remaining());
            self.left.drain(..length).collect()
        };
        self.said.fetch_add(piece.len(), Ordering::Relaxed);
        buf.put_slice(&piece);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Scripted {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(if self.hears { Ok(buf.len()) } else { Err(io::ErrorKind::BrokenPipe.into()) })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What came of an exchange.
struct Outcome {
    /// Status, body, and whether the connection may be used again.
    answer: Result<(u16, Vec<u8>, bool), Broken>,
    /// How much of the answer was read.
    read: usize,
}

fn exchange(peer: Scripted, method: &Method, limit: usize) -> Outcome {
    let said = Arc::clone(&peer.said);
    let (uri, headers) = (Uri::from_static("http://h/"), HeaderMap::new());
    let message = Message::new(method, &uri, &headers, b"a=1");
    let mut stream = Stream::scripted(peer);
    let mut exchange = pin!(super::exchange(&mut stream, &message, limit));
    // It ends: every second poll reads something, and then comes the end.
    let answer = loop {
        if let Poll::Ready(answer) = exchange.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            break answer;
        }
    };
    let answer = answer
        .map(|(response, reusable)| (response.status().as_u16(), response.into_body().to_vec(), reusable));
    Outcome { answer, read: said.load(Ordering::Relaxed) }
}

/// Checks what a fuzzer made up: the first byte chooses method and bound, the second how many bytes tell the pieces, and
/// then come those and the answer.
#[cfg_attr(not(fuzzing), expect(unreachable_pub, reason = "it leaves the crate for the fuzzer alone"))]
pub fn check_input(input: &[u8]) {
    let [choice, pieces, rest @ ..] = input else { return };
    let (pieces, answer) = rest.split_at(usize::from(pieces % 16).min(rest.len()));
    let steps: Vec<usize> = pieces.iter().map(|piece| usize::from(*piece)).collect();
    let limit = match (choice >> 1) % 4 {
        0 => 0,
        1 => 5,
        2 => 100,
        _ => 10_000,
    };
    check(answer, &steps, choice % 2 == 1, limit);
}

/// Reads `answer` whole and in pieces of so many bytes, and panics where a rule is broken:
///
/// * the pieces make no difference;
/// * a body has at most `limit` bytes, and what is read for it is bounded too;
/// * a connection is used again only after exactly one answer, of which all agree where it ends.
fn check(answer: &[u8], steps: &[usize], is_head: bool, limit: usize) {
    let method = if is_head { Method::HEAD } else { Method::POST };
    let [whole, pieces] =
        [&[][..], steps].map(|steps| exchange(Scripted::new(answer, steps), &method, limit));
    let told =
        |outcome: &Outcome| outcome.answer.as_ref().ok().map(|(status, body, _)| (*status, body.clone()));
    assert_eq!(told(&whole), told(&pieces), "it depends on the pieces");
    for Outcome { answer: outcome, read } in [whole, pieces] {
        // The smallest chunk has six bytes for one.
        assert!(read <= 7 * limit + 100_000, "{read} bytes were read");
        let Ok((_, body, reusable)) = outcome else { continue };
        assert!(body.len() <= limit, "the body has {} bytes", body.len());
        if reusable {
            let text: String = answer.iter().take(read).copied().map(char::from).collect();
            let body: String = body.into_iter().map(char::from).collect();
            assert_eq!(only_body(&text, is_head), Some(body), "the connection is used again");
        }
    }
}

/// The body in `text` if that is one final answer, nothing besides it, and its end is beyond doubt. Goes by lines and knows nothing of the
/// reader that it judges.
fn only_body(text: &str, is_head: bool) -> Option<String> {
    let text = text.trim_start_matches(['\r', '\n']);
    let end = [text.find("\n\r\n").map(|at| at + 3), text.find("\n\n").map(|at| at + 2)];
    let (head, rest) = text.split_at_checked(end.into_iter().flatten().min()?)?;
    let mut lines = head.lines();
    let (version, after) = lines.next()?.split_once(' ')?;
    let status = after.get(..3)?;
    if status.starts_with('1') && status != "101" {
        return only_body(rest, is_head);
    }
    let headers: Vec<(String, &str)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let items = |wanted: &'static str| {
        let values = headers.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| *value);
        values.flat_map(|value| value.split(',')).map(|item| item.trim().to_ascii_lowercase())
    };
    let mut lengths = items("content-length");
    let length = match lengths.next() {
        Some(first) => {
            let digits = first.bytes().all(|b| b.is_ascii_digit());
            let number = |text: &str| text.parse::<u64>().ok();
            let agreed = lengths.all(|other| number(&other) == number(&first));
            Some(number(&first).filter(|_| digits && agreed)?)
        }
        None => None,
    };
    let coding = items("transfer-encoding").next_back();
    let closes = items("connection").any(|option| option == "close");
    if version != "HTTP/1.1" || closes || status == "101" || (length.is_some() && coding.is_some()) {
        return None;
    }
    if status == "204" && (coding.is_some() || length.is_some_and(|length| length > 0)) {
        return None;
    }
    if is_head || matches!(status, "204" | "304") {
        return rest.is_empty().then(String::new);
    }
    match (length, coding.as_deref()) {
        (Some(length), None) => (rest.chars().count() as u64 == length).then(|| rest.to_owned()),
        (None, Some("chunked")) => only_chunks(rest),
        _ => None,
    }
}

fn only_chunks(mut rest: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (line, after) = rest.split_once("\r\n")?;
        let size = line.split(';').next()?.trim_end_matches([' ', '\t']);
        let size = usize::from_str_radix(size, 16).ok().filter(|_| !size.starts_with('+'))?;
        if size == 0 {
            rest = after;
            break;
        }
        // Characters, of which each stands for a byte.
        let end = after.char_indices().nth(size)?.0;
        body.push_str(after.get(..end)?);
        rest = after.get(end..)?.strip_prefix("\r\n")?;
    }
    loop {
        let (line, after) = rest.split_once("\r\n")?;
        rest = after;
        if line.is_empty() {
            return rest.is_empty().then_some(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANSWERS: [&str; 8] = [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 No\r\ncontent-length: 2\r\nx: y\r\n\r\n{}",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n",
        "HTTP/1.1 200\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nt: u\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 200 OK\ncontent-length: 3, 3\n\nabc",
    ];

    const TOKENS: [&str; 28] = [
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        " ",
        "\t",
        ",",
        ";",
        ":",
        "0",
        "1",
        "5",
        "+",
        "-",
        "\0",
        "\u{b}",
        "x",
        "ffffffffffffffff",
        "99999999999999999999",
        "chunked",
        "content-length: 5\r\n",
        "transfer-encoding: chunked\r\n",
        "connection: close\r\n",
        "0\r\n\r\n",
        "HTTP/1.1 100 C\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.0",
        " folded\r\n",
    ];

    #[derive(Clone, Debug)]
    enum Change {
        Insert(&'static str),
        Replace(&'static str),
        Delete(usize),
        Repeat(usize),
        Flip(u8),
    }

    fn changed(mut answer: Vec<u8>, changes: &[(prop::sample::Index, Change)]) -> Vec<u8> {
        for (place, change) in changes {
            let at = place.index(answer.len() + 1);
            let to = |length: usize| (at + length).min(answer.len());
            match change {
                Change::Insert(token) => drop(answer.splice(at..at, token.bytes())),
                Change::Replace(token) => drop(answer.splice(at..to(token.len()), token.bytes())),
                Change::Delete(length) => drop(answer.drain(at..to(*length))),
                Change::Repeat(length) => {
                    let part = answer[at..to(*length)].to_vec();
                    drop(answer.splice(at..at, part));
                }
                Change::Flip(bits) => answer.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bits),
            }
        }
        answer
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            4 => prop::sample::select(&TOKENS[..]).prop_map(Change::Insert),
            2 => prop::sample::select(&TOKENS[..]).prop_map(Change::Replace),
            1 => (1_usize..8).prop_map(Change::Delete),
            1 => (1_usize..30).prop_map(Change::Repeat),
            1 => any::<u8>().prop_map(Change::Flip),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn whatever_comes_is_bounded_and_no_connection_is_used_again_in_doubt(
            answer in prop::sample::select(&ANSWERS[..]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), change()), 0..5),
            steps in prop::collection::vec(1_usize..30, 0..20),
            is_head in prop::bool::weighted(0.1),
            limit in prop::sample::select(vec![0_usize, 4, 5, 1000]),
        ) {
            check(&changed(answer.into(), &changes), &steps, is_head, limit);
        }

        #[test]
        fn nothing_makes_it_panic(answer in prop::collection::vec(any::<u8>(), 0..200), limit in 0_usize..50) {
            check(&answer, &[3, 1], false, limit);
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the seeds are files")]
    fn the_seeds_of_the_fuzzer_hold() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fuzz/corpus/http1_response");
        let mut count = 0;
        for seed in std::fs::read_dir(folder).unwrap() {
            let path = seed.unwrap().path();
            let input = std::fs::read(&path).unwrap();
            let outcome = std::panic::catch_unwind(|| check_input(&input));
            assert!(outcome.is_ok(), "{} breaks it", path.display());
            count += 1;
        }
        assert!(count > 0, "{folder} is empty");
    }

    /// Else the check of reuse would hold for want of reuse.
    #[test]
    fn the_answers_by_themselves() {
        let reused = |answer: &str| {
            let outcome = exchange(Scripted::new(answer.as_bytes(), &[]), &Method::POST, 100);
            outcome.answer.is_ok_and(|(_, _, reusable)| reusable)
        };
        assert_eq!(ANSWERS.map(reused), [true, true, true, true, true, true, false, true]);
    }

    /// What TLS has sent of a piece when it fails in the middle of it is not known.
    #[test]
    fn under_tls_nothing_counts_as_unsent() {
        let deaf = Scripted { hears: false, ..Scripted::new(b"", &[]) };
        assert!(exchange(deaf, &Method::POST, 100).answer.is_err_and(|broken| !broken.unsent));
    }
}
