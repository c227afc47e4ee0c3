//! The trail as lines of JSON.

use std::io::Write;
use std::sync::mpsc::{SyncSender, sync_channel};

/// Lines that wait to be written. When so many do, whoever is answered next waits for the writer.
const MAX_WAITING: usize = 16 * 1024;

/// A thread that writes lines, so that no request waits for a disk.
pub(super) struct Lines(SyncSender<Message>);

enum Message {
    Line(String),
    Flush(SyncSender<()>),
}

impl Lines {
    /// The thread ends when this is dropped. Once writing has failed, further lines are lost: the services go on.
    pub(super) fn to(mut writer: Box<dyn Write + Send>) -> Self {
        let (lines, waiting) = sync_channel(MAX_WAITING);
        std::thread::spawn(move || {
            let mut works = true;
            for message in waiting {
                match message {
                    Message::Line(line) if works => works = writeln!(writer, "{line}").is_ok(),
                    Message::Line(_) => {}
                    Message::Flush(done) => {
                        works = works && writer.flush().is_ok();
                        done.send(()).ok();
                    }
                }
            }
            writer.flush().ok();
        });
        Self(lines)
    }

    pub(super) fn write(&self, line: String) {
        self.0.send(Message::Line(line)).ok();
    }

    pub(super) fn flush(&self) {
        let (done, is_done) = sync_channel(1);
        if self.0.send(Message::Flush(done)).is_ok() {
            is_done.recv().ok();
        }
    }
}
