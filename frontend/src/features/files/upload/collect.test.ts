import { expect, it } from "vitest";
import { walk, type Collected } from "./collect";

/** What the browser gives for a folder that was dropped: at most 100 entries at a time. */
function folder(name: string, children: FileSystemEntry[]): FileSystemEntry {
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let given = 0;
      return {
        readEntries: (done: (some: FileSystemEntry[]) => void) => {
          const some = children.slice(given, given + 100);
          given += some.length;
          queueMicrotask(() => done(some));
        },
      };
    },
  } as unknown as FileSystemEntry;
}
const file = (name: string) =>
  ({
    name,
    isFile: true,
    isDirectory: false,
    file: (done: (file: File) => void) => done({ name } as File),
  }) as unknown as FileSystemEntry;
const files = (count: number) => Array.from({ length: count }, (_, n) => file(`${n}`));

async function collected(entries: FileSystemEntry[]) {
  const steps: Collected[] = [];
  for await (const step of walk(entries)) steps.push(step);
  return steps;
}

it("hands on a large folder in steps, each file once and with its path", async () => {
  const steps = await collected([folder("top", [...files(1_234), folder("below", files(3))])]);
  expect(steps.map((step) => step.files.length)).toEqual([500, 500, 237]);
  const paths = steps.flatMap((step) =>
    step.files.map((each) => [...each.folders, each.file.name].join("/")),
  );
  expect(new Set(paths).size).toBe(1_237);
  expect(paths).toContain("top/1233");
  expect(paths).toContain("top/below/2");
});
it("names folders that hold nothing, however deep", async () => {
  let deep = folder("end", []);
  for (let level = 0; level < 2_000; level += 1) deep = folder(`${level}`, [deep]);
  const [step] = await collected([deep]);
  expect(step?.emptyFolders.map((path) => path.length)).toEqual([2_001]);
});
it("gives nothing for nothing", async () => expect(await collected([])).toEqual([]));
