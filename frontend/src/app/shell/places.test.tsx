import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { accountParts } from "@/features/account/account-parts";
import { renderPage, someone } from "@/testing/render";
import { adminPlaces } from "./admin-places";
import { BottomBar } from "./bottom-bar";
import { FactorBanner } from "./factor-banner";
import { usePlaceActions } from "./place-actions";

const nothing = Object.fromEntries(
  Object.keys(someone.abilities).map((name) => [name, false]),
) as typeof someone.abilities;

it("shows of administration only what the abilities allow", () => {
  expect(adminPlaces(nothing)).toEqual([]);
  expect(adminPlaces({ ...nothing, manage_users: true }).map(({ id }) => id)).toEqual([
    "people",
    "invitations",
    "groups",
  ]);
  expect(adminPlaces({ ...nothing, server_settings: true }).map(({ id }) => id)).toEqual([
    "providers",
    "spaces",
  ]);
});

it("shows of the account only what the abilities allow", () => {
  const ids = (abilities: typeof nothing) => accountParts({ ...someone, abilities }).map(({ id }) => id);
  expect(ids(nothing)).toEqual(["profile", "security", "devices", "roles", "notices"]);
  expect(ids({ ...nothing, create_tokens: true })).toContain("tokens");
});

function Names() {
  const places = usePlaceActions();
  return <p>{places.map((place) => place.label).join(" ")}</p>;
}

it("has no Files without a space of one's own, and Administration only with a right to some of it", async () => {
  const { unmount } = await renderPage(Names, {
    me: { use_workspaces: false, read_log: false },
    as: { personal_space: null },
  });
  expect(await screen.findByText("Home Recents Favourites Trash Account")).toBeTruthy();
  unmount();
  await renderPage(Names, { me: { manage_roles: true } });
  expect(
    await screen.findByText("Home Files Recents Favourites Workspaces Trash Log Administration Account"),
  ).toBeTruthy();
});

function Bar() {
  return <BottomBar places={usePlaceActions()} />;
}

it("has at most five things in the bar of a phone, and everything else one tap further", async () => {
  await renderPage(Bar, {
    me: { manage_roles: true },
    as: { notices: 2 },
    answers: { "/api/v1/spaces": { items: [] } },
  });
  const bar = within(await screen.findByRole("navigation", { name: "Places" }));
  expect(bar.getAllByRole("link").map((link) => link.textContent)).toEqual([
    "Home",
    "Files",
    "Recents",
    "Favourites",
  ]);
  await userEvent.click(bar.getByRole("button", { name: /^More places/ }));
  const items = await screen.findAllByRole("menuitem");
  expect(items.map((item) => item.textContent)).toEqual([
    "Workspaces",
    "Trash",
    "Log",
    "Administration",
    "Account2",
    "All spaces",
  ]);
});

it("says that a second factor is due, and by when", async () => {
  const second_factor = { required: "passkey", missing: true, limited: false } as const;
  const due_at = new Date(Date.now() + 5 * 86_400_000).toISOString();
  const { unmount } = await renderPage(FactorBanner, { as: { second_factor: { ...second_factor, due_at } } });
  expect(await screen.findByText(/This account needs a passkey\. From/)).toBeTruthy();
  unmount();
  await renderPage(FactorBanner);
  expect(screen.queryByText(/This account needs/)).toBeNull();
});
