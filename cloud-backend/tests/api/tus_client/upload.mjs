// Uploads 64 MiB in pieces of 5 MiB with the official client, and goes on by itself when the server is away.
// Arguments: the server's address, a token, the folder's identifier. Says how far it is, and at the end what it sent.
import { createHash } from "node:crypto";
import * as tus from "tus-js-client";

const [base, token, folder] = process.argv.slice(2);
const content = Buffer.alloc(64 * 1024 * 1024);
for (let at = 0; at < content.length; at += 4) {
  content.writeUInt32LE((Math.imul(at, 2654435761) ^ (at >>> 7)) >>> 0, at);
}

const upload = new tus.Upload(content, {
  endpoint: `${base}/api/v1/uploads`,
  headers: { authorization: `Bearer ${token}` },
  metadata: { filename: "sent.bin", folder_id: folder },
  chunkSize: 5 * 1024 * 1024,
  retryDelays: Array(60).fill(500),
  onChunkComplete: (_, accepted) => console.log(`accepted ${accepted}`),
  onError: (error) => {
    console.log(`failed ${error}`);
    process.exit(1);
  },
  onSuccess: ({ lastResponse }) => {
    const sum = createHash("sha256").update(content).digest("hex");
    console.log(`done ${lastResponse.getHeader("Carrel-Node-Id")} ${sum}`);
  },
});
upload.start();
