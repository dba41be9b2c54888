import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import type { StateEvent, UsageEvent } from "../api/model";
import type { ConnectionState } from "../connection/workspace-connection";
import { StartScreen } from "./start-screen";
import { StatusBar } from "./status-bar";

const session = {
  workspace: { id: "w", name: "Soil", folder_id: "f" },
  user: { id: "u", name: "Mira" },
  can_write: true,
};
const sandbox = (state: StateEvent["state"], code: string | null = null): StateEvent => ({
  type: "state",
  state,
  code,
  detail: code === null ? null : "Gone.",
  progress: null,
  timing: null,
});
const connection = (event: StateEvent | null, usage: UsageEvent | null = null): ConnectionState => ({
  link: { phase: "open" },
  session,
  ide: null,
  sandbox: event,
  sync: null,
  usage,
  cpus: null,
});
const bar = (state: ConnectionState) =>
  renderPage(() => (
    <StatusBar state={state} cursor={null} language={null} unsaved={0} onRetry={() => undefined} />
  ));
const start = (event: StateEvent) =>
  renderPage(() => (
    <StartScreen state={connection(event)} name="Soil" starting={false} onStart={() => undefined} />
  ));

it.each([
  ["stopped", null, "Stopped"],
  ["failed", "docker_unavailable", "Failed"],
  ["failed", "folder_gone", "No longer here"],
  ["starting", null, "Starting"],
  ["ready", null, "Connected"],
] as const)("calls a sandbox that is %s (%s) “%s”", async (state, code, words) => {
  await bar(connection(sandbox(state, code)));
  expect(screen.getByRole("status").textContent).toBe(words);
});

it("says which figure is memory and which is disk", async () => {
  await bar(
    connection(sandbox("ready"), {
      type: "usage",
      memory_bytes: 1024,
      cpu_ms: 0,
      processes: 2,
      disk_bytes: 2048,
      disk_limit_bytes: 4096,
      files: 3,
      files_limit: 9,
    }),
  );
  expect(screen.getByText(/Memory 1 KiB, Disk 2 KiB of 4 KiB/)).toBeTruthy();
});

it("offers nothing to start again when the workspace is gone, and shows no code", async () => {
  await start(sandbox("failed", "folder_gone"));
  expect(screen.getByRole("heading").textContent).toBe("This workspace is no longer here");
  expect(screen.queryByText(/folder_gone|volume/)).toBeNull();
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.getByRole("link").getAttribute("href")).toBe("/files");
});

it("shows the code only where there are no words for it", async () => {
  await start(sandbox("failed", "docker_unavailable"));
  expect(screen.getByText(/Docker, which runs/)).toBeTruthy();
  expect(screen.queryByText("docker_unavailable")).toBeNull();
  expect(screen.getByRole("button", { name: "Start again" })).toBeTruthy();
});
