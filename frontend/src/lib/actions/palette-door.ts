// Lets any part of the page open the command palette without knowing it.
const doors = new Set<() => void>();

export function openPalette(): void {
  for (const door of doors) door();
}

export function onOpenPalette(door: () => void): () => void {
  doors.add(door);
  return () => doors.delete(door);
}
