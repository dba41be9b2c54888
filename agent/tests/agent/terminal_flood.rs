use std::time::{Duration, Instant};

use crate::support::{Event, Sandbox, status_number};
use crate::terminals::{attach, open};

/// Without line feeds, and more than all buffers together hold.
const FLOOD: &[u8] = b"head -c 50000000 /dev/zero | tr '\\0' x; echo; echo flood-$((1+1))\n";

#[tokio::test]
async fn a_stalled_reader_costs_neither_memory_nor_the_others() {
    let sandbox = Sandbox::start().await;
    let flooded = open(&sandbox).await;
    let other = open(&sandbox).await;
    let mut stalled = attach(&sandbox, flooded).await;
    let mut quiet = attach(&sandbox, other).await;
    quiet.send_data(b"echo ready-$((1+1))\n").await;
    quiet.until("ready-2").await;
    let before = status_number(sandbox.pid(), "VmRSS");
    stalled.send_data(FLOOD).await;
    let mut largest = before;
    for number in 0..20 {
        // The first reader takes nothing all the while: that the echo comes is the proof.
        quiet.send_data(format!("echo echo-$(({number}+100))\n").as_bytes()).await;
        quiet.until(&format!("echo-{}\r\n", number + 100)).await;
        largest = largest.max(status_number(sandbox.pid(), "VmRSS"));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Someone who reads sees the flood's end although the first reader still takes nothing.
    let mut second = attach(&sandbox, flooded).await;
    second.until("flood-2\r\n").await;
    largest = largest.max(status_number(sandbox.pid(), "VmRSS"));
    println!("memory {before} KiB before, {largest} KiB at most");
    assert!(largest < before + 16 * 1024, "{before} KiB became {largest} KiB");
    // The one who stalled goes on and gets the end too.
    let seen = stalled.until("flood-2\r\n").await;
    assert!(seen.len() < 2_000_000, "what was missed is not kept: {}", seen.len());
    assert!(seen.contains("\x1bc"), "told to start over");
}

#[tokio::test]
async fn who_reads_misses_nothing() {
    let sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut call = attach(&sandbox, id).await;
    call.send_data(b"stty -echo -opost; echo ready-$((1+1))\n").await;
    call.until("ready-2\n").await;
    let begun = Instant::now();
    call.send_data(b"head -c 20000000 /dev/zero | tr '\\0' x; exit 3\n").await;
    let mut count = 0;
    loop {
        match call.event().await {
            Event::Data(data) => count += data.iter().filter(|b| **b == b'x').count(),
            Event::Exited(code) => {
                assert_eq!(code, 3);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    println!("20 MB through a terminal in {:?}", begun.elapsed());
    assert!((20_000_000..20_000_100).contains(&count), "{count}");
}

#[tokio::test]
async fn a_flood_can_be_interrupted_by_one_who_does_not_read() {
    let sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut call = attach(&sandbox, id).await;
    call.send_data(b"yes\n").await;
    call.until("y\r\ny\r\n").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    call.send_data(b"\x03echo stopped-$((1+1))\n").await;
    call.until("stopped-2\r\n").await;
}

#[tokio::test]
async fn input_that_nobody_takes_does_not_block_the_shell() {
    let sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut pasting = attach(&sandbox, id).await;
    pasting.send_data(b"stty raw -echo; sleep 1; stty sane; echo awake-$((1+1))\n").await;
    let paste = tokio::spawn(async move {
        pasting.send_data(&vec![b'#'; 200_000]).await;
        pasting
    });
    let mut watching = attach(&sandbox, id).await;
    watching.until("awake-2").await;
    drop(paste.await.unwrap());
}
