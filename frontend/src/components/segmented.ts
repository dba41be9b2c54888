// The look of a choice between few, for Mantine's `classNames`.
import css from "./segmented.module.css";

export const segmentedClasses = {
  root: css["root"] ?? "",
  indicator: css["indicator"] ?? "",
  label: css["label"] ?? "",
  control: css["control"] ?? "",
};
