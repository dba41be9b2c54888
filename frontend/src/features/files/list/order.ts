// What a list shows, in its order, with the place of each item at hand: a step of the keyboard costs the same in a list of
// a hundred thousand as in one of ten.

export interface Order {
  readonly ids: readonly string[];
  /** The place of an item; -1 when it is not shown. */
  at(id: string | null): number;
}

export function orderOf(items: readonly { id: string }[]): Order {
  const ids = items.map((item) => item.id);
  // Made when it is first asked for: a list that only scrolls needs none.
  let places: Map<string, number> | null = null;
  return {
    ids,
    at(id) {
      if (id === null) return -1;
      places ??= new Map(ids.map((each, index) => [each, index]));
      return places.get(id) ?? -1;
    },
  };
}
