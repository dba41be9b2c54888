// Puts the application together: theme, language, server, cache, routes.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { ApiClient } from "@/api/client";
import { ApiProvider } from "@/api/context";
import type { Me } from "@/api/model";
import { keys } from "@/api/queries";
import { Problem } from "@/api/problem";
import { Notices } from "@/components/notices";
import { ActionsProvider } from "@/lib/actions/registry";
import { I18nProvider } from "@/lib/i18n/i18n";
import { useLanguage } from "@/lib/i18n/language";
import { styleNonce } from "@/lib/csp/nonce";
import { isIdle, watchActivity } from "@/lib/session/activity";
import { askForProof } from "@/lib/session/proof-door";
import { saidOf } from "@/lib/session/said";
import { colorSchemeManager, cssVariablesResolver, theme } from "@/lib/theme/theme";
import { makeRouter } from "./router";

/** Answers that say no stay a no; only a lost network or a failing server is asked again. */
function shouldRetry(failures: number, error: unknown): boolean {
  const status = error instanceof Problem ? error.status : 500;
  return failures < 2 && (status === 0 || status >= 500);
}

/** Pages for whoever is not signed in. */
const publicPaths = new Set(["/sign-in", "/setup", "/join", "/reset"]);

function assemble() {
  const queryClient = new QueryClient({
    defaultOptions: {
      // Without a network a question fails and says so; paused, it would show the layout to come for ever.
      queries: {
        retry: shouldRetry,
        staleTime: 5_000,
        refetchOnWindowFocus: true,
        networkMode: "always",
        refetchOnReconnect: true,
      },
      mutations: { retry: false },
    },
  });
  const api = new ApiClient({
    onSignedOut: (problem) => {
      const { pathname, href: next } = router.state.location;
      if (publicPaths.has(pathname)) return;
      queryClient.removeQueries({ queryKey: keys.me });
      void router.navigate({ to: "/sign-in", search: { next, ...saidOf(problem) }, replace: true });
    },
    onProofNeeded: (problem) =>
      askForProof(problem.code === "elevation_required" ? "elevation" : "confirmation", problem),
    onFactorNeeded: (problem) => {
      if (problem.code === "second_factor_missing") {
        void router.navigate({ to: "/account/security", search: { problem: problem.code } });
        return;
      }
      // The limits of this session are known only now: ask who is there, and the router shows the one page that is left.
      void queryClient.invalidateQueries({ queryKey: keys.me }).then(() => router.invalidate());
    },
    mayRefresh: () => !isIdle() || queryClient.getQueryData<Me>(keys.me)?.session.stay === true,
  });
  const router = makeRouter({ queryClient, api });
  return { queryClient, api, router };
}

export function App() {
  const [{ queryClient, api, router }] = useState(assemble);
  const language = useLanguage();
  const nonce = styleNonce();
  useEffect(watchActivity, []);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      {...(nonce ? { getStyleNonce: () => nonce } : {})}
    >
      <I18nProvider language={language}>
        <QueryClientProvider client={queryClient}>
          <ApiProvider value={api}>
            <ActionsProvider>
              <RouterProvider router={router} />
              <Notices />
            </ActionsProvider>
          </ApiProvider>
        </QueryClientProvider>
      </I18nProvider>
    </MantineProvider>
  );
}
