// The codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds), made in the test.
import { createHmac } from "node:crypto";
import { expect, type APIRequestContext } from "@playwright/test";

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

/** Sets an app up for whoever is signed in and shows its code: for a while the session may do what is dangerous. */
export async function enrolAndElevate(request: APIRequestContext, origin: string): Promise<void> {
  const post = async (path: string, data: object) => {
    const answer = await request.post(`${origin}/api/v1/${path}`, { headers: { origin }, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer;
  };
  const made = (await (await post("account/totp", {})).json()) as { secret: string };
  const app = new App(made.secret);
  await post("account/totp/confirmation", { code: await app.code() });
  await post("session/elevation", { method: "totp", code: await app.code() });
}
