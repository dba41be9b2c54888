import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { Token, TokenDraft } from "@/api/model-access";
import { renderPart } from "@/testing/render";
import { TokenList, type TokenDoor } from "./token-list";

const token: Token = {
  id: "t",
  kind: "personal",
  label: "Backup",
  scopes: ["files:read"],
  addresses: ["10.0.0.0/8"],
  created_at: "2026-11-01T00:00:00Z",
  expires_at: "2027-01-01T00:00:00Z",
  last_used_at: null,
  last_used_address: null,
};

it("shows a secret once: closing its dialog forgets it", async () => {
  const made: TokenDraft[] = [];
  const items: Token[] = [];
  const door: TokenDoor = {
    key: ["tokens"],
    list: () => Promise.resolve({ items: [...items] }),
    make: (draft) => {
      made.push(draft);
      items.push(token);
      return Promise.resolve({ token, secret: "carrel_secret_1" });
    },
    revoke: vi.fn(),
    kinds: ["personal", "app_password"],
  };
  renderPart(<TokenList door={door} />);
  await userEvent.click(await screen.findByRole("button", { name: "Make a token" }));
  await userEvent.type(await screen.findByLabelText("What it is for"), "Backup");
  await userEvent.type(screen.getByLabelText("Only from these addresses"), "10.0.0.0/8 192.0.2.1");
  const buttons = screen.getAllByRole("button", { name: "Make a token" });
  await userEvent.click(buttons.at(-1)!);
  expect(await screen.findByText("carrel_secret_1")).toBeTruthy();
  expect(made).toEqual([
    {
      kind: "personal",
      label: "Backup",
      scopes: ["files:read"],
      days: 90,
      addresses: ["10.0.0.0/8", "192.0.2.1"],
    },
  ]);
  await userEvent.click(screen.getByRole("button", { name: "Done" }));
  await waitFor(() => expect(screen.queryByText("carrel_secret_1")).toBeNull());
  expect(screen.getByText("Backup")).toBeTruthy();
});

it("lets nobody make one where there is no way to", async () => {
  const door: TokenDoor = {
    key: ["tokens"],
    list: () => Promise.resolve({ items: [token] }),
    revoke: vi.fn(),
    kinds: ["personal"],
  };
  renderPart(<TokenList door={door} />);
  expect(await screen.findByRole("button", { name: "Revoke Backup" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Make a token" })).toBeNull();
});
