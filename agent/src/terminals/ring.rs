//! The last output of a terminal. Whoever is attached reads from here at their own pace, by position: there are no queues
//! that could grow.

use std::collections::VecDeque;

/// How much output is kept for whoever attaches later, in bytes.
pub(crate) const SCROLLBACK_BYTES: usize = 256 * 1024;
/// How far into the scrollback a whole line is looked for, in bytes.
const LINE_BYTES: usize = 4 * 1024;

#[derive(Debug)]
pub(crate) struct Ring {
    bytes: VecDeque<u8>,
    /// Position of the byte after the last one; the first byte that the shell ever wrote has position 0.
    end: u64,
}

/// What a reader gets next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) bytes: Vec<u8>,
    /// Where to go on.
    pub(crate) next: u64,
    /// Whether output between the reader's position and this piece is lost.
    pub(crate) skipped: bool,
}

impl Ring {
    pub(crate) fn new() -> Self {
        Self { bytes: VecDeque::with_capacity(SCROLLBACK_BYTES), end: 0 }
    }

    pub(crate) fn push(&mut self, output: &[u8]) {
        let kept = &output[output.len().saturating_sub(SCROLLBACK_BYTES)..];
        let excess = (self.bytes.len() + kept.len()).saturating_sub(SCROLLBACK_BYTES);
        self.bytes.drain(..excess);
        self.bytes.extend(kept);
        self.end += output.len() as u64;
    }

    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    fn start(&self) -> u64 {
        self.end - self.bytes.len() as u64
    }

    /// Where the replay for a new reader begins: at the beginning of a line where older output is lost, so that no
    /// escape sequence is cut in two.
    pub(crate) fn replay_position(&self) -> u64 {
        if self.start() == 0 {
            return 0;
        }
        let line = self.bytes.iter().take(LINE_BYTES).position(|b| *b == b'\n');
        self.start() + line.map_or(0, |newline| newline as u64 + 1)
    }

    /// Up to `most` bytes from `position` on. A reader whose position is lost is sent back to the replay's beginning.
    pub(crate) fn read(&self, position: u64, most: usize) -> Piece {
        let skipped = position < self.start();
        let from = if skipped { self.replay_position() } else { position };
        let offset = usize::try_from(from - self.start()).unwrap_or(usize::MAX);
        let bytes: Vec<u8> = self.bytes.range(offset.min(self.bytes.len())..).take(most).copied().collect();
        Piece { next: from + bytes.len() as u64, bytes, skipped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_go_on_where_they_were() {
        let mut ring = Ring::new();
        ring.push(b"one ");
        let first = ring.read(ring.replay_position(), 100);
        assert_eq!(first.bytes, b"one ");
        ring.push(b"two");
        let second = ring.read(first.next, 2);
        assert_eq!((second.bytes.as_slice(), second.skipped), (&b"tw"[..], false));
        let third = ring.read(second.next, 100);
        assert_eq!((third.bytes.as_slice(), third.next), (&b"o"[..], ring.end()));
    }

    #[test]
    fn keeps_the_last_bytes_and_starts_a_replay_at_a_line() {
        let mut ring = Ring::new();
        ring.push(b"gone\nhalf a ");
        ring.push(b"line\nwhole\n");
        ring.push(&vec![b'x'; SCROLLBACK_BYTES - 12]);
        assert_eq!(ring.bytes.len(), SCROLLBACK_BYTES);
        let piece = ring.read(0, 6);
        assert_eq!((piece.bytes.as_slice(), piece.skipped), (&b"whole\n"[..], true));
    }

    #[test]
    fn one_write_larger_than_the_ring_keeps_its_end() {
        let mut ring = Ring::new();
        let mut output = vec![b'a'; SCROLLBACK_BYTES];
        output.extend_from_slice(b"end");
        ring.push(&output);
        assert_eq!(ring.end(), SCROLLBACK_BYTES as u64 + 3);
        let all = ring.read(0, usize::MAX);
        assert_eq!(all.bytes.len(), SCROLLBACK_BYTES);
        assert!(all.bytes.ends_with(b"end"));
    }
}
