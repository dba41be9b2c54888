// Puts the application together: theme, language, server, cache, routes.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { ApiClient } from "@/api/client";
import { ApiProvider } from "@/api/context";
import { keys } from "@/api/queries";
import { Problem } from "@/api/problem";
import { Notices } from "@/components/notices";
import { ActionsProvider } from "@/lib/actions/registry";
import { I18nProvider } from "@/lib/i18n/i18n";
import { useLanguage } from "@/lib/i18n/language";
import { colorSchemeManager, cssVariablesResolver, theme } from "@/lib/theme/theme";
import { makeRouter } from "./router";

/** Answers that say no stay a no; only a lost network or a failing server is asked again. */
function shouldRetry(failures: number, error: unknown): boolean {
  const status = error instanceof Problem ? error.status : 500;
  return failures < 2 && (status === 0 || status >= 500);
}

function assemble() {
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: { retry: shouldRetry, staleTime: 5_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
  const api = new ApiClient({
    onSignedOut: () => {
      if (router.state.location.pathname === "/sign-in") return;
      const next = router.state.location.href;
      queryClient.removeQueries({ queryKey: keys.me });
      void router.navigate({ to: "/sign-in", search: { next }, replace: true });
    },
  });
  const router = makeRouter({ queryClient, api });
  return { queryClient, api, router };
}

export function App() {
  const [{ queryClient, api, router }] = useState(assemble);
  const language = useLanguage();
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
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
