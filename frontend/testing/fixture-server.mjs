// Serves the built application with invented data, to look at it. See README.md beside this file.
import { randomUUID } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { api } from "./fixture/api.mjs";
import { ide, upgrade } from "./fixture/ide.mjs";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
// The policy that the real server sends.
const policyOf = (nonce) =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; require-trusted-types-for 'script'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://fixture");
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const requestId = randomUUID();
  const reply = (status, value) => {
    response.writeHead(status, { "content-type": "application/json", "x-request-id": requestId });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  };
  const fail = (status, code, message, field) =>
    reply(status, { error: { code, message, field, request_id: requestId } });
  if (url.pathname.startsWith("/api/v1/"))
    return api(request, response, url, url.pathname.slice(8), body, reply, fail);
  const inside = /^\/ide\/v1\/workspaces\/[^/]+\/(.+)$/.exec(url.pathname);
  if (inside) return ide(request, response, url, inside[1], body, reply, fail);
  let file = path.join(dist, path.normalize(url.pathname));
  if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile())
    file = path.join(dist, "index.html");
  const nonce = randomUUID();
  response.writeHead(200, {
    "content-type": types[path.extname(file)] ?? "application/octet-stream",
    "content-security-policy": policyOf(nonce),
  });
  if (file.endsWith("index.html"))
    return response.end(readFileSync(file, "utf8").replace("__CSP_NONCE__", nonce));
  createReadStream(file).pipe(response);
});
server.on("upgrade", upgrade);
server.listen(Number(process.env.FIXTURE_PORT ?? 8090), "127.0.0.1", () => {
  const { port } = server.address();
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
