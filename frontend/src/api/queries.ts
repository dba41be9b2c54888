// Questions that more than one feature asks. What a single feature asks lies in its own `api` folder.
import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import type { ApiClient } from "./client";
import { useApi } from "./context";
import { Health, Me, Node, NodeWithAncestors, Spaces, Workspace, Workspaces, type Space } from "./model";

export const keys = {
  me: ["me"] as const,
  spaces: ["spaces"] as const,
  workspaces: ["workspaces"] as const,
  node: (id: string) => ["node", id] as const,
  /** All lists of a folder; each adds its order and its filter. */
  children: (id: string) => ["children", id] as const,
  versions: (id: string) => ["versions", id] as const,
  trash: (spaceId: string) => ["trash", spaceId] as const,
  favourites: ["favourites"] as const,
  recents: ["recents"] as const,
  health: ["health"] as const,
};

export const meQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.me,
    queryFn: ({ signal }) => api.read(Me, api.http.GET("/api/v1/session", { signal })),
    staleTime: 5 * 60_000,
  });

/** Who is signed in. Pages below the shell are only shown to someone. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery(useApi())).data;
}

const spacesQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.spaces,
    queryFn: ({ signal }) => api.read(Spaces, api.http.GET("/api/v1/spaces", { signal })),
    staleTime: 30_000,
  });
const itemsOf = (answer: { items: Space[] }) => answer.items;
const inUse = (answer: { items: Space[] }) => answer.items.filter((space) => space.archived_at === null);

/** The spaces that one works in; without those in the archive. */
export function useSpaces() {
  return useQuery({ ...spacesQuery(useApi()), select: inUse });
}

export function useAllSpaces() {
  return useQuery({ ...spacesQuery(useApi()), select: itemsOf });
}

export const nodeQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: keys.node(id),
    queryFn: ({ signal }) =>
      api.read(
        NodeWithAncestors,
        api.http.GET("/api/v1/nodes/{node_id}", { params: { path: { node_id: id } }, signal }),
      ),
  });

export function useWorkspaces(options: { enabled: boolean }) {
  const api = useApi();
  return useQuery({
    queryKey: keys.workspaces,
    queryFn: ({ signal }) => api.read(Workspaces, api.http.GET("/api/v1/workspaces", { signal })),
    select: (answer) => answer.items,
    enabled: options.enabled,
    refetchInterval: (query) =>
      query.state.data?.items.some((item) => item.state === "starting") ? 2_000 : 20_000,
  });
}

export function useHealth() {
  const api = useApi();
  return useQuery({
    queryKey: keys.health,
    queryFn: ({ signal }) => api.read(Health, api.http.GET("/api/v1/system/health", { signal })),
    staleTime: 60_000,
  });
}

/** The workspace of a folder; the server makes it when there is none. */
export function openWorkspace(api: ApiClient, folderId: string): Promise<Workspace> {
  return api.read(Workspace, api.http.POST("/api/v1/workspaces", { body: { folder_id: folderId } }));
}

/** One name made below a folder. `existing: "use"` answers with the folder that is there. */
export function makeFolder(
  api: ApiClient,
  parentId: string,
  name: string,
  existing: "refuse" | "use" = "refuse",
  signal?: AbortSignal,
): Promise<Node> {
  return api.read(
    Node,
    api.http.POST("/api/v1/nodes/{node_id}/folders", {
      params: { path: { node_id: parentId } },
      body: { name, existing },
      ...(signal ? { signal } : {}),
    }),
  );
}
