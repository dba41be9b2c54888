// Carrel's tokens as a Mantine theme. Colours stay CSS variables: tokens.css holds both themes.
import {
  Button,
  Menu,
  Modal,
  NativeSelect,
  NumberInput,
  PasswordInput,
  Skeleton,
  TextInput,
  Textarea,
  Tooltip,
  createTheme,
  localStorageColorSchemeManager,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from "@mantine/core";

const lamp: MantineColorsTuple = [
  "#edf6f1",
  "#e2efe8",
  "#c3ddd0",
  "#9fc9b5",
  "#6fc8a4",
  "#3d8d70",
  "#1e6b52",
  "#195a45",
  "#17573f",
  "#0d1f18",
];

export const theme = createTheme({
  primaryColor: "lamp",
  primaryShade: 6,
  colors: { lamp },
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: "6px",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: "compact", variant: "default" } }),
    TextInput: TextInput.extend({ defaultProps: { size: "md" } }),
    Textarea: Textarea.extend({ defaultProps: { size: "md" } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: "md" } }),
    NumberInput: NumberInput.extend({ defaultProps: { size: "md" } }),
    PasswordInput: PasswordInput.extend({ defaultProps: { size: "md" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withArrow: false } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, radius: "var(--radius-l)", transitionProps: { duration: 140 } },
    }),
    Menu: Menu.extend({
      defaultProps: {
        shadow: "var(--shadow-2)",
        radius: "var(--radius-m)",
        transitionProps: { duration: 120 },
      },
    }),
    Skeleton: Skeleton.extend({ defaultProps: { radius: 4 } }),
  },
});

/** Mantine's own variables, pointed at the tokens; the same names serve both themes. */
const variables = {
  "--mantine-color-body": "var(--paper)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink-2)",
  "--mantine-color-error": "var(--danger)",
  "--mantine-color-placeholder": "var(--ink-3)",
  "--mantine-color-anchor": "var(--accent-text)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--sunken)",
  "--mantine-color-default-color": "var(--ink)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-filled-hover": "var(--accent-hover)",
  "--mantine-primary-color-contrast": "var(--accent-ink)",
  "--mantine-color-lamp-filled": "var(--accent)",
  "--mantine-color-lamp-filled-hover": "var(--accent-hover)",
  "--mantine-color-lamp-outline": "var(--accent)",
  "--mantine-font-size-xs": "var(--text-xs)",
  "--mantine-font-size-sm": "var(--text-s)",
  "--mantine-font-size-md": "var(--text-m)",
  "--mantine-font-size-lg": "var(--text-l)",
  "--mantine-line-height": "var(--leading)",
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables,
  light: variables,
  dark: variables,
});

/** The one thing besides the language that is kept in the browser. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: "carrel-theme" });
