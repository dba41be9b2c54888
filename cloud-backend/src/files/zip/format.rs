//! The records of a ZIP archive (PKWARE APPNOTE 6.3.10), as far as a writer needs them that never goes back: contents as they are, sizes
//! and checksums behind each of them, ZIP64 where a number does not fit. Knows no files and no database.

use time::OffsetDateTime;

/// From here on a number stands in a ZIP64 record (APPNOTE 4.4.1.4).
const MAX32: u64 = 0xFFFF_FFFF;
/// From here on the number of entries does.
const MAX16: u64 = 0xFFFF;
/// Longest path in bytes: its length has 16 bits.
pub(super) const MAX_PATH: usize = 65_535;

/// Sizes and checksum stand behind the content (bit 3); the name is UTF-8 (bit 11).
const FILE_FLAGS: u16 = 0x0808;
const FOLDER_FLAGS: u16 = 0x0800;
const UNIX: u16 = 3 << 8;

/// What an archive says of a file or a folder.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Entry {
    /// With `/` between its parts, and at the end of a folder's.
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) executable: bool,
    /// Seconds since 1970.
    pub(super) changed_at: i64,
}

impl Entry {
    fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }
    fn is_large(&self) -> bool {
        self.size >= MAX32
    }
    fn flags(&self) -> u16 {
        if self.is_folder() { FOLDER_FLAGS } else { FILE_FLAGS }
    }
    /// What a reader has to understand: 4.5 with ZIP64, 2.0 without.
    fn version(&self, far: bool) -> u16 {
        if far || self.is_large() { 45 } else { 20 }
    }
    fn name_length(&self) -> u16 {
        u16::try_from(self.path.len()).unwrap_or(u16::MAX)
    }
    /// Date and time of MS-DOS: local there, UTC here, in steps of two seconds. Between 1980 and 2107.
    fn dos_time(&self) -> (u16, u16) {
        let at = OffsetDateTime::from_unix_timestamp(self.changed_at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let Ok(year @ 0..=127) = u16::try_from(at.year() - 1980) else { return (0, 0x21) };
        let (month, day) = (u16::from(u8::from(at.month())), u16::from(at.day()));
        let time = u16::from(at.hour()) << 11 | u16::from(at.minute()) << 5 | u16::from(at.second() / 2);
        (time, year << 9 | month << 5 | day)
    }
    /// The "UT" field of Info-ZIP: the exact second.
    fn extended_time(&self, out: &mut Vec<u8>) {
        let seconds = i32::try_from(self.changed_at).unwrap_or(i32::MAX);
        put16(out, &[0x5455, 5]);
        out.push(1);
        out.extend_from_slice(&seconds.to_le_bytes());
    }

    /// What stands before the content.
    pub(super) fn local_header(&self, out: &mut Vec<u8>) {
        let (time, date) = self.dos_time();
        let large = self.is_large();
        put32(out, &[0x0403_4b50]);
        put16(out, &[self.version(false), self.flags(), 0, time, date]);
        let size = if large { u32::MAX } else { 0 };
        put32(out, &[0, size, size]);
        put16(out, &[self.name_length(), if large { 29 } else { 9 }]);
        out.extend_from_slice(self.path.as_bytes());
        if large {
            put16(out, &[1, 16]);
            put64(out, &[0, 0]);
        }
        self.extended_time(out);
    }

    /// What stands behind the content of a file; nothing for a folder.
    pub(super) fn descriptor(&self, crc: u32, out: &mut Vec<u8>) {
        if self.is_folder() {
            return;
        }
        put32(out, &[0x0807_4b50, crc]);
        if self.is_large() {
            put64(out, &[self.size, self.size]);
        } else {
            let size = u32::try_from(self.size).unwrap_or(u32::MAX);
            put32(out, &[size, size]);
        }
    }

    /// What stands in the list at the archive's end. `offset`: where the local header begins.
    pub(super) fn central(&self, crc: u32, offset: u64, out: &mut Vec<u8>) {
        let (time, date) = self.dos_time();
        let far = offset >= MAX32;
        let large = self.is_large();
        let zip64 = match (large, far) {
            (true, true) => 28,
            (true, false) => 20,
            (false, true) => 12,
            (false, false) => 0,
        };
        let mode: u32 = match (self.is_folder(), self.executable) {
            (true, _) => 0o040_755 << 16 | 0x10,
            (false, true) => 0o100_755 << 16,
            (false, false) => 0o100_644 << 16,
        };
        let size = if large { u32::MAX } else { u32::try_from(self.size).unwrap_or(u32::MAX) };
        put32(out, &[0x0201_4b50]);
        put16(out, &[UNIX | 45, self.version(far), self.flags(), 0, time, date]);
        put32(out, &[crc, size, size]);
        put16(out, &[self.name_length(), zip64 + 9, 0, 0, 0]);
        put32(out, &[mode, u32::try_from(offset).unwrap_or(u32::MAX)]);
        out.extend_from_slice(self.path.as_bytes());
        if zip64 > 0 {
            put16(out, &[1, zip64 - 4]);
            if large {
                put64(out, &[self.size, self.size]);
            }
            if far {
                put64(out, &[offset]);
            }
        }
        self.extended_time(out);
    }
}

/// How long an archive is, counted entry by entry before a byte of it exists.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Length {
    pub(super) entries: u64,
    /// Bytes before the list at the end.
    body: u64,
    list: u64,
}

impl Length {
    pub(super) fn add(&mut self, entry: &Entry) {
        let mut record = Vec::new();
        entry.central(0, self.body, &mut record);
        self.list += record.len() as u64;
        record.clear();
        entry.local_header(&mut record);
        entry.descriptor(0, &mut record);
        self.body += record.len() as u64 + entry.size;
        self.entries += 1;
    }

    pub(super) fn total(&self) -> u64 {
        let mut end = Vec::new();
        end_of_list(self.entries, self.body, self.list, &mut end);
        self.body + self.list + end.len() as u64
    }
}

/// What stands at the very end. `offset`: where the list begins.
pub(super) fn end_of_list(entries: u64, offset: u64, length: u64, out: &mut Vec<u8>) {
    if entries >= MAX16 || offset >= MAX32 || length >= MAX32 {
        let record_at = offset + length;
        put32(out, &[0x0606_4b50]);
        put64(out, &[44]);
        put16(out, &[UNIX | 45, 45]);
        put32(out, &[0, 0]);
        put64(out, &[entries, entries, length, offset]);
        put32(out, &[0x0706_4b50, 0]);
        put64(out, &[record_at]);
        put32(out, &[1]);
    }
    let short = u16::try_from(entries.min(MAX16)).unwrap_or(u16::MAX);
    put32(out, &[0x0605_4b50]);
    put16(out, &[0, 0, short, short]);
    put32(out, &[length, offset].map(|number| u32::try_from(number.min(MAX32)).unwrap_or(u32::MAX)));
    put16(out, &[0]);
}

/// A name that is one step downwards on every system (T-50): Windows takes `\` for a separator and `C:` for a drive.
pub(super) fn safe_name(name: &str) -> String {
    let mut safe = name.replace(['\\', '/'], "\u{ff3c}");
    if safe.as_bytes().get(1) == Some(&b':') && safe.as_bytes()[0].is_ascii_alphabetic() {
        safe.replace_range(1..2, "\u{ff1a}");
    }
    if safe.is_empty() || safe == "." || safe == ".." { format!("_{safe}") } else { safe }
}

fn put16(out: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
}
fn put32(out: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
}
fn put64(out: &mut Vec<u8>, numbers: &[u64]) {
    numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, SeekFrom, Write as _};

    use super::*;

    fn entry(path: &str, size: u64) -> Entry {
        Entry { path: path.to_owned(), size, executable: path.ends_with(".sh"), changed_at: 1_700_000_000 }
    }

    /// Writes an archive; contents of more than a MiB are holes.
    fn written(entries: &[Entry]) -> std::fs::File {
        let mut file = tempfile::tempfile().unwrap();
        let (mut length, mut list, mut at) = (Length::default(), Vec::new(), 0);
        for entry in entries {
            length.add(entry);
            let mut record = Vec::new();
            entry.local_header(&mut record);
            let mut crc = crc32fast::Hasher::new();
            if entry.size > 1 << 20 {
                file.write_all(&record).unwrap();
                file.seek(SeekFrom::Current(i64::try_from(entry.size).unwrap())).unwrap();
                record.clear();
            } else {
                let content = vec![b'x'; usize::try_from(entry.size).unwrap()];
                crc.update(&content);
                record.extend(content);
            }
            let crc = crc.finalize();
            entry.descriptor(crc, &mut record);
            file.write_all(&record).unwrap();
            entry.central(crc, at, &mut list);
            at = file.stream_position().unwrap();
        }
        let mut end = Vec::new();
        end_of_list(entries.len() as u64, at, list.len() as u64, &mut end);
        file.write_all(&list).unwrap();
        file.write_all(&end).unwrap();
        assert_eq!(file.stream_position().unwrap(), length.total(), "the length was foretold");
        file
    }

    #[test]
    fn another_reader_finds_everything() {
        let entries = [entry("Ordner/", 0), entry("Ordner/ä 1.txt", 5), entry("Ordner/run.sh", 0)];
        let mut archive = zip::ZipArchive::new(written(&entries)).unwrap();
        assert_eq!(archive.len(), 3);
        let mut text = String::new();
        let mut file = archive.by_name("Ordner/ä 1.txt").unwrap();
        assert_eq!((file.size(), file.unix_mode()), (5, Some(0o100_644)));
        let at = file.last_modified().unwrap();
        assert_eq!((at.year(), at.month(), at.day(), at.hour(), at.minute(), at.second()), (2023, 11, 14, 22, 13, 20));
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "xxxxx");
        drop(file);
        assert!(archive.by_index(0).unwrap().is_dir());
        assert_eq!(archive.by_index(2).unwrap().unix_mode(), Some(0o100_755));
    }

    #[test]
    fn more_than_65535_entries_and_more_than_4_gib() {
        let many: Vec<_> = (0..65_537).map(|n| entry(&format!("{n}"), 1)).collect();
        assert_eq!(zip::ZipArchive::new(written(&many)).unwrap().len(), 65_537);
        // The second begins behind 4 GiB, the third is larger than that itself.
        let large = [entry("a", MAX32 + 10), entry("b.sh", 3), entry("c", MAX32), entry("d", 1)];
        let mut archive = zip::ZipArchive::new(written(&large)).unwrap();
        for (number, entry) in large.iter().enumerate() {
            let file = archive.by_index(number).unwrap();
            assert_eq!((file.name().unwrap().as_ref(), file.size()), (entry.path.as_str(), entry.size));
        }
        for name in ["b.sh", "d"] {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            assert!(text.bytes().all(|byte| byte == b'x') && !text.is_empty());
        }
    }

    #[test]
    fn t_050_names_lead_nowhere_else_on_any_system() {
        for (name, safe) in [
            ("a", "a"),
            ("..\\x", "..\u{ff3c}x"),
            ("C:x", "C\u{ff1a}x"),
            ("..", "_.."),
            ("", "_"),
            ("a:b", "a\u{ff1a}b"),
            ("ab:c", "ab:c"),
        ] {
            assert_eq!(safe_name(name), safe, "{name}");
        }
    }
}
