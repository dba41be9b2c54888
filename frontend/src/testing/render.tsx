// Renders a part of the page with what every part needs around it.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
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
