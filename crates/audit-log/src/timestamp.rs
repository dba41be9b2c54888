//! The one spelling of a time in an entry: `YYYY-MM-DDThh:mm:ss.ffffffZ`, UTC, always six decimals.

use time::{Date, Month, OffsetDateTime, Time};

/// Writes a time, cut to microseconds.
#[must_use]
pub fn format(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let (date, clock) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second(),
        clock.microsecond()
    )
}

/// Reads the one spelling; nothing else.
#[must_use]
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let bytes = text.as_bytes();
    if bytes.len() != 27 {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u32> {
        bytes[from..to]
            .iter()
            .try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    let fixed = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (26, b'Z')];
    if fixed.iter().any(|(position, byte)| bytes[*position] != *byte) {
        return None;
    }
    let small = |from: usize, to: usize| number(from, to).and_then(|value| u8::try_from(value).ok());
    let month = Month::try_from(small(5, 7)?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(number(0, 4)?).ok()?, month, small(8, 10)?).ok()?;
    let clock = Time::from_hms_micro(small(11, 13)?, small(14, 16)?, small(17, 19)?, number(20, 26)?).ok()?;
    Some(date.with_time(clock).assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_and_refuses_other_spellings() {
        let text = "2026-11-20T17:45:01.000042Z";
        assert_eq!(format(parse(text).unwrap()), text);
        for bad in [
            "2026-11-20T17:45:01Z",
            "2026-13-20T17:45:01.000000Z",
            "2026-11-20T24:45:01.000000Z",
            "2026-11-20 17:45:01.000000Z",
            "2026-11-20T17:45:01.00000üZ",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
