//! The trail as it comes, for whoever wants to see it at once.

use std::sync::mpsc::{SyncSender, sync_channel};

use super::RequestRecord;

/// Records that wait to be seen. When so many do, whoever is answered next waits.
const MAX_WAITING: usize = 16 * 1024;

/// Called with each record.
pub(crate) type Observer = Box<dyn FnMut(&RequestRecord) + Send>;

/// A thread that shows records to their observer, so that no request waits for a disk.
pub(super) struct Observed(SyncSender<Message>);

enum Message {
    Record(RequestRecord),
    Flush(SyncSender<()>),
}

impl Observed {
    /// The thread ends when this is dropped.
    pub(super) fn by(mut observer: Observer) -> Self {
        let (records, waiting) = sync_channel(MAX_WAITING);
        std::thread::spawn(move || {
            for message in waiting {
                match message {
                    Message::Record(record) => observer(&record),
                    Message::Flush(done) => {
                        done.send(()).ok();
                    }
                }
            }
        });
        Self(records)
    }

    pub(super) fn show(&self, record: RequestRecord) {
        // An observer that panicked sees no more.
        self.0.send(Message::Record(record)).ok();
    }

    /// Waits until all that came before has been seen.
    pub(super) fn flush(&self) {
        let (done, is_done) = sync_channel(1);
        if self.0.send(Message::Flush(done)).is_ok() {
            is_done.recv().ok();
        }
    }
}
