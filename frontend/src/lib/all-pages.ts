// A list that comes in pages and is short enough to be read whole: groups, invitations, requests.

interface Page<T> {
  items: T[];
  next: string | null;
}

/** Enough for what a person can look through; more is narrowed down by a search. */
const mostPages = 20;

export async function allPages<T>(read: (after: string | null) => Promise<Page<T>>): Promise<{ items: T[] }> {
  const items: T[] = [];
  let after: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const answer: Page<T> = await read(after);
    items.push(...answer.items);
    after = answer.next;
    if (after === null) break;
  }
  return { items };
}
