//! Frames on a stream to the agent: one byte of kind, four bytes of length (big endian), the payload.
//! The same bytes travel from the IDE backend through the runner's WebSocket, in chunks of any size, to the agent.

/// Bytes before the payload.
pub const HEADER_BYTES: usize = 5;
/// Longest payload. Longer data is sent in several frames.
pub const MAX_PAYLOAD_BYTES: usize = 256 * 1024;

/// What a frame's payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A JSON document: a request, a reply or an event.
    Message = 0,
    /// Content: of a file, or what a terminal or standard output carries.
    Data = 1,
    /// What a command wrote to standard error.
    ErrorData = 2,
    /// The end of one content; the payload is empty.
    End = 3,
}

/// A header that no correct peer sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the peer sent a frame of an unknown kind or of more than {MAX_PAYLOAD_BYTES} bytes")]
pub struct InvalidFrame;

/// The header of a frame with `length` payload bytes.
///
/// # Errors
/// [`InvalidFrame`] when `length` is over [`MAX_PAYLOAD_BYTES`].
pub fn header(kind: Kind, length: usize) -> Result<[u8; HEADER_BYTES], InvalidFrame> {
    let length = u32::try_from(length).ok().filter(|n| *n as usize <= MAX_PAYLOAD_BYTES).ok_or(InvalidFrame)?;
    let [a, b, c, d] = length.to_be_bytes();
    Ok([kind as u8, a, b, c, d])
}

/// Kind and payload length of a header.
///
/// # Errors
/// [`InvalidFrame`] when the kind is unknown or the length is over [`MAX_PAYLOAD_BYTES`].
pub fn parse_header(header: [u8; HEADER_BYTES]) -> Result<(Kind, usize), InvalidFrame> {
    let [kind, a, b, c, d] = header;
    let kind = match kind {
        0 => Kind::Message,
        1 => Kind::Data,
        2 => Kind::ErrorData,
        3 => Kind::End,
        _ => return Err(InvalidFrame),
    };
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if length > MAX_PAYLOAD_BYTES { Err(InvalidFrame) } else { Ok((kind, length)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_round_trips_and_bounds_the_length() {
        for kind in [Kind::Message, Kind::Data, Kind::ErrorData, Kind::End] {
            let bytes = header(kind, 70_000).expect("within bounds");
            assert_eq!(parse_header(bytes), Ok((kind, 70_000)));
        }
        assert_eq!(header(Kind::Data, MAX_PAYLOAD_BYTES + 1), Err(InvalidFrame));
        assert_eq!(parse_header([1, 0xff, 0, 0, 0]), Err(InvalidFrame));
        assert_eq!(parse_header([9, 0, 0, 0, 0]), Err(InvalidFrame));
    }
}
