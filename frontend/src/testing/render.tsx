// Renders a part of the page with what every part needs around it.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRouter } from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { ApiClient } from "@/api/client";
import { ApiProvider } from "@/api/context";
import type { Me } from "@/api/model";
import { keys } from "@/api/queries";
import { ActionsProvider } from "@/lib/actions/registry";
import { I18nProvider, type Language } from "@/lib/i18n/i18n";
import { cssVariablesResolver, theme } from "@/lib/theme/theme";

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
    answers?: Record<string, unknown>;
    language?: Language;
  } = {},
) {
  const asked: string[] = [];
  const api = new ApiClient({
    onSignedOut: () => undefined,
    fetch: (input) => {
      const path = new URL(input instanceof Request ? input.url : String(input)).pathname;
      asked.push(path);
      const answer = options.answers?.[path];
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
    user: { id: "u", name: "mira", display_name: "Mira Keller", language: "en", roles: ["member"] },
    abilities: { read_log: true, manage_users: false, use_workspaces: true, ...options.me },
    personal_space: { id: "s", root_id: "r" },
    session: { id: null, expires_at: null },
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
  return { ...rendered, asked, queries };
}
