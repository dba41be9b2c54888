// Renders a part of the page with what every part needs around it.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRouter } from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { ApiClient, type ApiClientOptions } from "@/api/client";
import { ApiProvider } from "@/api/context";
import type { Me } from "@/api/model";
import { keys } from "@/api/queries";
import { ActionsProvider } from "@/lib/actions/registry";
import { I18nProvider, type Language } from "@/lib/i18n/i18n";
import { cssVariablesResolver, theme } from "@/lib/theme/theme";

/** A member with a log to read, a personal space and no second factor. */
export const someone: Me = {
  user: {
    id: "u",
    name: "mira",
    display_name: "Mira Keller",
    language: "en",
    time_zone: null,
    email: null,
    picture: null,
    roles: [{ id: "m", code: "member", name: "Member" }],
  },
  abilities: {
    read_log: true,
    export_log: true,
    manage_users: false,
    manage_roles: false,
    server_settings: false,
    use_workspaces: true,
    make_spaces: true,
    create_tokens: true,
    request_role: true,
    break_glass: false,
  },
  personal_space: { id: "s", root_id: "r" },
  session: {
    id: "x",
    expires_at: null,
    method: "password",
    factor: "none",
    elevated_until: null,
    stay: false,
  },
  second_factor: { required: "none", due_at: null, missing: false, limited: false },
  notices: 0,
};

export function renderPart(part: ReactNode, language: Language = "en") {
  return render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} env="test">
      <I18nProvider language={language}>
        <QueryClientProvider client={new QueryClient()}>
          <ActionsProvider>{part}</ActionsProvider>
        </QueryClientProvider>
      </I18nProvider>
    </MantineProvider>,
  );
}

/** A page at an address of its own, for a person, with a server that gives these answers (else: 404). */
export async function renderPage(
  page: () => ReactNode,
  options: {
    me?: Partial<Me["abilities"]>;
    /** What else of the person is special. */
    as?: Partial<Omit<Me, "abilities">>;
    /** By path, or by method and path; a function is asked each time. */
    answers?: Record<string, unknown>;
    language?: Language;
    client?: Partial<ApiClientOptions>;
  } = {},
) {
  const asked: string[] = [];
  const sent: { method: string; path: string; body: unknown }[] = [];
  const api = new ApiClient({
    onSignedOut: () => undefined,
    ...(options.client ?? {}),
    fetch: async (input, init) => {
      const request =
        input instanceof Request ? input : new Request(new URL(String(input), "http://127.0.0.1"), init);
      const path = new URL(request.url).pathname;
      asked.push(path);
      const text = await request.clone().text();
      sent.push({ method: request.method, path, body: parsed(text) });
      const found = options.answers?.[`${request.method} ${path}`] ?? options.answers?.[path];
      const answer: unknown = typeof found === "function" ? (found as () => unknown)() : found;
      return Promise.resolve(
        answer === undefined
          ? Response.json({ error: { code: "not_found", message: "Nothing." } }, { status: 404 })
          : answer instanceof Response
            ? answer.clone()
            : Response.json(answer),
      );
    },
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData<Me>(keys.me, {
    ...someone,
    ...options.as,
    abilities: { ...someone.abilities, ...options.me },
  });
  const router = createRouter({
    routeTree: createRootRoute({ component: page }),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  const rendered = renderPart(
    <QueryClientProvider client={queries}>
      <ApiProvider value={api}>
        <RouterProvider router={router as never} />
      </ApiProvider>
    </QueryClientProvider>,
    options.language,
  );
  await act(() => router.load());
  return { ...rendered, asked, sent, queries, api };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? null : text;
  }
}
