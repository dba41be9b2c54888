// The loaded pages of a trash, and what leaves them before the server is asked again.
import type { InfiniteData } from "@tanstack/react-query";
import type { TrashedPage } from "@/api/model";

export type TrashPages = InfiniteData<TrashedPage, unknown>;

export function withoutNodes(data: TrashPages | undefined, ids: ReadonlySet<string>): TrashPages | undefined {
  if (!data) return data;
  return {
    ...data,
    pages: data.pages.map((page) =>
      page.items.some((item) => ids.has(item.node.id))
        ? { ...page, items: page.items.filter((item) => !ids.has(item.node.id)) }
        : page,
    ),
  };
}
