// The IDE backend's side of one workspace. When its session has run out, a new one is asked for and the call repeated.
import type * as v from "valibot";
import { jsonBody, type ApiClient } from "@/api/client";
import { Problem } from "@/api/problem";

export class Ide {
  constructor(
    private readonly api: ApiClient,
    /** Path of the workspace, e.g. `/ide/v1/workspaces/…`. */
    readonly base: string,
    private readonly renew: () => Promise<void>,
  ) {}

  url(path: string, query?: Record<string, string>): string {
    const search = query ? `?${new URLSearchParams(query).toString()}` : "";
    return `${this.base}/${path}${search}`;
  }

  socketUrl(path: string): string {
    const url = new URL(`${this.base}/${path}`, window.location.origin);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  }

  async send(path: string, query: Record<string, string> | undefined, init?: RequestInit): Promise<Response> {
    const url = this.url(path, query);
    try {
      return await this.api.send(url, init);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      await this.renew();
      return this.api.send(url, init);
    }
  }

  async read<S extends v.GenericSchema>(
    schema: S,
    path: string,
    query?: Record<string, string>,
    init?: RequestInit,
  ): Promise<v.InferOutput<S>> {
    const url = this.url(path, query);
    try {
      return await this.api.readJson(schema, url, init);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      await this.renew();
      return this.api.readJson(schema, url, init);
    }
  }

  post(path: string, body: unknown): Promise<Response> {
    return this.send(path, undefined, jsonBody("POST", body));
  }
}
