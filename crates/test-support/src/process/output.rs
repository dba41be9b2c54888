//! What the program writes: kept as a whole, with the address and the set-up link picked out.

use std::io::{BufRead as _, BufReader, Read};
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};

/// The output of a running child, read by threads that end with its pipes.
#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    lines: Arc<Mutex<Vec<Line>>>,
}

#[derive(Debug)]
struct Line {
    is_answer: bool,
    text: String,
}

impl Output {
    pub(super) fn of(child: &mut Child) -> Self {
        let output = Self::default();
        if let Some(pipe) = child.stdout.take() {
            output.read(pipe, true);
        }
        if let Some(pipe) = child.stderr.take() {
            output.read(pipe, false);
        }
        output
    }

    fn read(&self, pipe: impl Read + Send + 'static, is_answer: bool) {
        let output = self.clone();
        std::thread::spawn(move || {
            for text in BufReader::new(pipe).lines().map_while(Result::ok) {
                output.push(Line { is_answer, text });
            }
        });
    }

    fn push(&self, line: Line) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// Everything written so far, line by line.
    pub(super) fn written(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|line| format!("{}\n", line.text)).collect()
    }

    /// `http://HOST:PORT` of the first address on standard output.
    pub(super) fn address(&self) -> Option<String> {
        self.first_link(|_| true).map(|link| {
            let host_begin = link.find("://").map_or(0, |at| at + 3);
            let end = link[host_begin..].find('/').map_or(link.len(), |at| host_begin + at);
            link[..end].to_owned()
        })
    }

    /// The first link on standard output that leads to the set-up page.
    pub(super) fn setup_link(&self) -> Option<String> {
        self.first_link(|link| link.contains("/setup#"))
    }

    fn first_link(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let words = lines.iter().filter(|line| line.is_answer).flat_map(|line| line.text.split_whitespace());
        words
            .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
            .find(|word| wanted(word))
            .map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(lines: &[(bool, &str)]) -> Output {
        let output = Output::default();
        for &(is_answer, text) in lines {
            output.push(Line { is_answer, text: text.into() });
        }
        output
    }

    #[test]
    fn address_and_link_are_read_from_standard_output_only() {
        let output = output(&[
            (false, "proxy at http://10.0.0.1:1/setup#wrong"),
            (true, "Carrel is ready at http://127.0.0.1:4711/"),
            (true, "Make the first administrator: http://127.0.0.1:4711/setup#abc"),
        ]);
        assert_eq!(output.address().unwrap(), "http://127.0.0.1:4711");
        assert_eq!(output.setup_link().unwrap(), "http://127.0.0.1:4711/setup#abc");
        assert_eq!(output.written().lines().count(), 3);
    }

    #[test]
    fn nothing_is_read_from_other_lines() {
        let output = output(&[(true, "starting"), (false, "ready http://127.0.0.1:1")]);
        assert_eq!((output.address(), output.setup_link()), (None, None));
    }
}
