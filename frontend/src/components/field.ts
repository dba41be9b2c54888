// The look of text fields, for Mantine's `classNames`.
import css from "./field.module.css";

export const fieldClasses = {
  label: css["label"] ?? "",
  description: css["description"] ?? "",
  error: css["error"] ?? "",
  input: css["input"] ?? "",
};
