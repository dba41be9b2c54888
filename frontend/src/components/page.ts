// The frame of a reading page: roomy, one column.
import css from "./page.module.css";

export const pageClass = css["page"] ?? "";
export const narrowPageClass = `${css["page"] ?? ""} ${css["narrow"] ?? ""}`;
