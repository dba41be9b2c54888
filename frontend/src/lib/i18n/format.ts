// Numbers, sizes and times as a person reads them. Sizes are in powers of 1,024 and say so (KiB, MiB).

export interface Format {
  number(value: number): string;
  /** One digit after the point. */
  fixed(value: number): string;
  percent(part: number, whole: number): string;
  bytes(value: number): string;
  /** Within a week relative ("4 minutes ago"), then the date. */
  ago(time: string | Date, now: Date): string;
  /** Seconds and minutes only, for things that tick: "2 s ago". */
  shortAgo(time: string | Date, now: Date): string;
  duration(seconds: number): string;
  /** Date and time to the second, with the zone. */
  exact(time: string | Date): string;
  date(time: string | Date): string;
  /** Date and time to the minute, as this device has them: for when something ends. */
  dateTime(time: string | Date): string;
  weekday(time: Date): string;
  clock(time: string | Date): string;
  list(items: readonly string[]): string;
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const minute = 60;
const hour = 3600;
const day = 86_400;

export function makeFormat(language: string): Format {
  const locale = language === "en" ? "en-GB" : language;
  const whole = new Intl.NumberFormat(language);
  const oneDigit = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const fixed = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const dayMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" });
  const dayMonthYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const list = new Intl.ListFormat(language, { type: "conjunction" });
  const asDate = (time: string | Date) => (time instanceof Date ? time : new Date(time));
  const valid = (time: string | Date) => !Number.isNaN(asDate(time).getTime());

  return {
    number: (value) => whole.format(value),
    fixed: (value) => fixed.format(value),
    percent: (part, all) => percent.format(all > 0 ? Math.min(1, part / all) : 0),
    bytes(value) {
      let unit = 0;
      let amount = value;
      while (amount >= 1024 && unit < units.length - 1) {
        amount /= 1024;
        unit += 1;
      }
      const text = unit === 0 || amount >= 100 ? whole.format(Math.round(amount)) : oneDigit.format(amount);
      return `${text} ${units[unit] ?? "B"}`;
    },
    ago(time, now) {
      const date = asDate(time);
      if (!valid(date)) return "";
      const seconds = (date.getTime() - now.getTime()) / 1000;
      const past = Math.abs(seconds);
      if (past < 45) return relative.format(0, "second");
      if (past < hour) return relative.format(Math.round(seconds / minute), "minute");
      if (past < day && date.getDate() === now.getDate())
        return relative.format(Math.round(seconds / hour), "hour");
      const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
      const thatDay = new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
      const days = Math.round((thatDay - midnight) / (day * 1000));
      if (Math.abs(days) < 7) return relative.format(days, "day");
      return date.getFullYear() === now.getFullYear() ? dayMonth.format(date) : dayMonthYear.format(date);
    },
    shortAgo(time, now) {
      if (!valid(time)) return "";
      const seconds = Math.max(0, Math.round((now.getTime() - asDate(time).getTime()) / 1000));
      const [amount, unit] =
        seconds < minute
          ? [seconds, "s"]
          : seconds < hour
            ? [Math.round(seconds / minute), "min"]
            : seconds < day
              ? [Math.round(seconds / hour), "h"]
              : [Math.round(seconds / day), "d"];
      const text = `${whole.format(amount)} ${unit}`;
      return language === "de" ? `vor ${text}` : `${text} ago`;
    },
    duration(seconds) {
      if (seconds < minute) return `${whole.format(Math.max(1, Math.round(seconds)))} s`;
      if (seconds < hour) return `${whole.format(Math.round(seconds / minute))} min`;
      return `${oneDigit.format(seconds / hour)} h`;
    },
    exact: (time) => (valid(time) ? exact.format(asDate(time)) : ""),
    date: (time) => (valid(time) ? dayMonthYear.format(asDate(time)) : ""),
    dateTime: (time) => (valid(time) ? dateTime.format(asDate(time)) : ""),
    weekday: (time) => weekday.format(time),
    clock: (time) => (valid(time) ? clock.format(asDate(time)) : ""),
    list: (items) => list.format(items),
  };
}
