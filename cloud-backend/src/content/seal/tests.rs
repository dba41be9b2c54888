//! The format: fixed bytes, and that nothing but what was put there opens.

use sha2::{Digest as _, Sha256};

use super::*;

const NAME: &str = "blobs/00/11";
const SIZES: [u64; 9] = [0, 1, 15, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT - 1, 3 * SEGMENT + 7];

fn keys(count: u8) -> ContentKeys {
    let lines: Vec<_> = (1..=count).map(|number| hex::encode([number; 32])).collect();
    ContentKeys::parse(&lines.join("\n")).unwrap()
}

fn plain(size: u64) -> Vec<u8> {
    (0..size).map(|number| (number % 251) as u8).collect()
}

fn open(keys: &ContentKeys, name: &str, sealed: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
    let head = sealed.get(..HEAD).ok_or(DoesNotOpen)?.try_into().map_err(|_| DoesNotOpen)?;
    let (key, _) = keys.unwrap(name, &head)?;
    let mut out = Vec::new();
    Opener::new(&key, sealed.len() as u64)?.open(0, &sealed[HEAD..], &mut out)?;
    Ok(out)
}

#[test]
fn what_is_sealed_opens_and_has_the_size_that_is_computed() {
    let keys = keys(2);
    for size in SIZES {
        let plain = plain(size);
        let sealed = seal_whole(&keys, NAME, &plain).unwrap();
        assert_eq!(sealed.len() as u64, sealed_size(size));
        assert_eq!(plain_size(sealed.len() as u64), Some(size));
        assert!(open(&keys, NAME, &sealed).unwrap() == plain, "{size}");
        assert!(size < 16 || !sealed.windows(16).any(|window| window == &plain[..16]));
    }
}

#[test]
fn the_size_does_not_depend_on_how_the_bytes_come() {
    for piece in [1, 1000, 65_535, 65_536, 65_537, 200_000] {
        let key = FileKey(Zeroizing::new([9; 32]));
        let (mut once, mut pieces) = (Vec::new(), Vec::new());
        let all = plain(2 * SEGMENT + 5);
        let mut sealer = Sealer::new(&key).unwrap();
        sealer.push(&all, &mut once).unwrap();
        sealer.finish(&mut once).unwrap();
        let mut sealer = Sealer::new(&key).unwrap();
        for piece in all.chunks(piece) {
            sealer.push(piece, &mut pieces).unwrap();
        }
        sealer.finish(&mut pieces).unwrap();
        assert!(once == pieces, "{piece}");
    }
}

/// Computed with Python's `cryptography` (HKDF, AESGCM) from the description of the format alone.
#[test]
fn the_format_is_what_another_program_makes_of_its_description() {
    let key = FileKey(Zeroizing::new([7; 32]));
    let keys = keys(1);
    let head = keys::wrap_with(keys.newest(), &[1; 32], [3; 32], NAME, &key).unwrap();
    assert_eq!(keys.newest().to_string(), "1e601da2c33ddb0b");
    assert_eq!(
        hex::encode(head),
        "43415252454c53311e601da2c33ddb0b0303030303030303030303030303030303030303030303030303030303030303f6b9a4361bce7bd3b1df622ac74f9ef0dd6d60df764c75946f631efef1621a27f606617be9a099620d5d9b030a62b9e7"
    );
    let mut sealed = Vec::new();
    let mut sealer = Sealer::new(&key).unwrap();
    sealer.push(&plain(SEGMENT + 3), &mut sealed).unwrap();
    sealer.finish(&mut sealed).unwrap();
    assert_eq!(
        hex::encode(Sha256::digest(&sealed)),
        "b3d906c147abcaa010cf743e3c6703ecb4a893f666a212f1564d8e33ea5f4119"
    );
}

#[test]
fn t_051_a_change_of_any_byte_is_found() {
    let keys = keys(1);
    let sealed = seal_whole(&keys, NAME, &plain(40)).unwrap();
    for at in 0..sealed.len() {
        for bit in [1, 128] {
            let mut changed = sealed.clone();
            changed[at] ^= bit;
            assert_eq!(open(&keys, NAME, &changed), Err(DoesNotOpen), "byte {at}");
        }
    }
    let large = seal_whole(&keys, NAME, &plain(3 * SEGMENT + 7)).unwrap();
    for at in (HEAD..large.len()).step_by(997) {
        let mut changed = large.clone();
        changed[at] ^= 1;
        assert_eq!(open(&keys, NAME, &changed), Err(DoesNotOpen), "byte {at}");
    }
}

#[test]
fn t_051_what_is_cut_off_added_or_moved_is_found() {
    let keys = keys(1);
    let segment = SEALED_SEGMENT as usize;
    let sealed = seal_whole(&keys, NAME, &plain(3 * SEGMENT + 7)).unwrap();
    let body = |order: &[usize]| {
        let segments: Vec<_> = sealed[HEAD..].chunks(segment).collect();
        let parts = order.iter().map(|number| segments[*number]);
        [&sealed[..HEAD], &parts.collect::<Vec<_>>().concat()].concat()
    };
    assert!(open(&keys, NAME, &body(&[0, 1, 2, 3])).is_ok());
    for order in [
        &[0, 1, 2][..],
        &[0, 1],
        &[0],
        &[],
        &[1, 0, 2, 3],
        &[0, 0, 2, 3],
        &[0, 2, 1, 3],
        &[1, 2, 3],
        &[0, 1, 2, 3, 3],
        &[0, 1, 2, 2, 3],
        &[3],
    ] {
        assert_eq!(open(&keys, NAME, &body(order)), Err(DoesNotOpen), "{order:?}");
    }
    for cut in [1, 7, 22, 23, 24, segment, segment + 23, sealed.len() - HEAD, sealed.len() - 1, sealed.len()] {
        assert_eq!(open(&keys, NAME, &sealed[..sealed.len() - cut]), Err(DoesNotOpen), "{cut}");
    }
    let longer = [&sealed[..], &[0; 16]].concat();
    assert_eq!(open(&keys, NAME, &longer), Err(DoesNotOpen));
}

#[test]
fn t_051_an_object_opens_under_its_own_name_and_head_only() {
    let keys = keys(1);
    let (one, two) = (seal_whole(&keys, "blobs/a", b"one").unwrap(), seal_whole(&keys, "blobs/b", b"two").unwrap());
    assert_eq!(open(&keys, "blobs/b", &one), Err(DoesNotOpen));
    let mixed = [&one[..HEAD], &two[HEAD..]].concat();
    assert_eq!(open(&keys, "blobs/a", &mixed), Err(DoesNotOpen));
    assert_eq!(open(&keys, "blobs/b", &mixed), Err(DoesNotOpen));
}

#[test]
fn ranges_of_segments_open_alone() {
    let keys = keys(1);
    let sealed = seal_whole(&keys, NAME, &plain(3 * SEGMENT + 7)).unwrap();
    let (key, _) = keys.unwrap(NAME, &sealed[..HEAD].try_into().unwrap()).unwrap();
    let opener = Opener::new(&key, sealed.len() as u64).unwrap();
    let at = |segment: usize| HEAD + segment * SEALED_SEGMENT as usize;
    let mut out = Vec::new();
    opener.open(1, &sealed[at(1)..at(3)], &mut out).unwrap();
    assert!(out == plain(3 * SEGMENT + 7)[65_536..3 * 65_536]);
    assert_eq!(opener.open(1, &sealed[at(2)..at(3)], &mut out), Err(DoesNotOpen));
    assert_eq!(opener.open(4, &sealed[at(0)..at(1)], &mut out), Err(DoesNotOpen));
    // In the middle there is no short segment.
    assert_eq!(opener.open(1, &sealed[at(1)..at(2) - 1], &mut out), Err(DoesNotOpen));
}

#[test]
fn old_keys_open_and_the_newest_wraps() {
    let old = seal_whole(&keys(1), NAME, b"content").unwrap();
    let both = keys(2);
    assert_eq!(open(&both, NAME, &old).unwrap(), b"content");
    let head: Head = old[..HEAD].try_into().unwrap();
    let (key, newest) = both.unwrap(NAME, &head).unwrap();
    assert!(!newest);
    let again = both.wrap(NAME, &key).unwrap();
    assert!(both.unwrap(NAME, &again).unwrap().1);
    let rewrapped = [&again[..], &old[HEAD..]].concat();
    assert_eq!(open(&both, NAME, &rewrapped).unwrap(), b"content");
    assert_eq!(open(&keys(1), NAME, &rewrapped), Err(DoesNotOpen));
}

#[test]
fn t_010_a_file_of_keys_is_read_whole_or_not_at_all_and_never_shown() {
    let good = format!("# made in May\n{}\n\n{}\n", "ab".repeat(32), "cd".repeat(32));
    let keys = ContentKeys::parse(&good).unwrap();
    assert!(!format!("{keys:?}").contains("abab"));
    assert_eq!(ContentKeys::parse("").unwrap_err(), InvalidKeys::None);
    let bad = format!("{}\nchangeme", "ab".repeat(32));
    let error = ContentKeys::parse(&bad).unwrap_err();
    assert_eq!(error, InvalidKeys::Line(2));
    assert!(!error.to_string().contains("changeme"));
}
