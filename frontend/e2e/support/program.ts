// Starts the program on a free port with a data folder of its own, and ends it by its process id.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

export interface Program {
  origin: string;
  /** The one-time link for the first administrator. */
  setupLink: string;
  data: string;
  stop: () => Promise<void>;
}

const startMs = 60_000;
const stopMs = 15_000;

export function programPath(): string {
  const program = process.env["CARREL_BIN"];
  if (!program)
    throw new Error("CARREL_BIN does not name the program: run `cargo xtask test`, or build it and set it");
  return program;
}

export async function startProgram(): Promise<Program> {
  const data = await mkdtemp(path.join(tmpdir(), "carrel-e2e-"));
  const child = spawn(programPath(), ["up", "--data", data, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  const errors = createInterface({ input: child.stderr });
  errors.on("line", (line) => said.push(line));
  try {
    const { origin, setupLink } = await addresses(child, said);
    const stop = async () => {
      await end(child);
      await rm(data, { recursive: true, force: true });
    };
    return { origin, setupLink, data, stop };
  } catch (error) {
    await end(child);
    await rm(data, { recursive: true, force: true });
    throw error;
  }
}

function addresses(child: ChildProcess, said: string[]): Promise<{ origin: string; setupLink: string }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${said.slice(-40).join("\n")}`));
    const timer = setTimeout(() => fail("The program printed no set-up link"), startMs);
    child.once("exit", (code) => fail(`The program ended with ${code}`));
    child.once("error", (error) => fail(String(error)));
    if (!child.stdout) return fail("The program has no output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      const link = /(http:\/\/[^\s#]+)\/setup#\S+/.exec(line);
      if (!link?.[1]) return;
      clearTimeout(timer);
      resolve({ origin: link[1], setupLink: link[0] });
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
  await ended;
  clearTimeout(timer);
}
