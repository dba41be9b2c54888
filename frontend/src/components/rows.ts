// Rows of things with a picture, two lines and something at the end. For short lists; long ones are tables.
import css from "./rows.module.css";

export const rowClasses = {
  rows: css["rows"] ?? "",
  row: css["row"] ?? "",
  pic: css["pic"] ?? "",
  text: css["text"] ?? "",
  end: css["end"] ?? "",
};
