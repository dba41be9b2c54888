// The width classes of the layout. The same numbers stand in the style sheets.
import { useMediaQuery } from "@mantine/hooks";

/** One column, bottom bar. */
export const usePhone = (): boolean =>
  useMediaQuery("(max-width: 760px)", false, { getInitialValueInEffect: false });
/** Room for a panel beside the list. */
export const useWide = (): boolean =>
  useMediaQuery("(min-width: 1180px)", true, { getInitialValueInEffect: false });
/** Room for a panel on each side of the list. */
export const useVeryWide = (): boolean =>
  useMediaQuery("(min-width: 1420px)", true, { getInitialValueInEffect: false });
