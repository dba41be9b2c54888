// What is typed into a field that asks: shown at once, asked for a moment after the last key.
import { useEffect, useState } from "react";

const typingMs = 300;

export function useTyped(value: string, onChange: (text: string) => void) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), typingMs);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return [typed, setTyped] as const;
}
