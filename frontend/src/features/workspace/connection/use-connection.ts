import { useEffect, useState, useSyncExternalStore } from "react";
import { useApi } from "@/api/context";
import { WorkspaceConnection, type ConnectionState } from "./workspace-connection";

export function useConnection(workspaceId: string): {
  connection: WorkspaceConnection;
  state: ConnectionState;
} {
  const api = useApi();
  const [connection] = useState(() => new WorkspaceConnection(api, workspaceId));
  const state = useSyncExternalStore(connection.subscribe, connection.read);
  useEffect(() => {
    connection.start();
    return () => connection.stop();
  }, [connection]);
  return { connection, state };
}
