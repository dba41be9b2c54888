// The codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds), made in the test.
import { createHmac } from "node:crypto";

const stepMs = 30_000;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function fromBase32(text: string): Buffer {
  const bits = [...text.replaceAll(/[\s=]/g, "").toUpperCase()]
    .map((char) => alphabet.indexOf(char).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function codeAt(secret: string, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac("sha1", fromBase32(secret)).update(message).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** An app for one secret. A code counts once, so each call gives one of a later step. */
export class App {
  private last = 0;

  constructor(private readonly secret: string) {}

  async code(): Promise<string> {
    let now = Math.floor(Date.now() / stepMs);
    // A step ahead is accepted, as clocks differ; more is waited for.
    while (this.last > now) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      now = Math.floor(Date.now() / stepMs);
    }
    this.last = Math.max(now, this.last + 1);
    return codeAt(this.secret, this.last);
  }
}
