import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files beyond which a folder counts as too full, whatever is in them: looking at more would cost too much. */
const MAX_ENTRIES = 50_000;

/** Bytes of the disk that the folders take, links not followed; what is gone counts as nothing. More than `enough`: it looked no further. */
export async function diskUsage(folders: readonly string[], enough: number): Promise<number> {
  const left = [...folders];
  let bytes = 0;
  let entries = 0;
  for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      entries += 1;
      if (entry.isDirectory()) left.push(path);
      else if (entry.isFile()) bytes += await sizeOf(path);
      if (bytes > enough) return bytes;
      if (entries > MAX_ENTRIES) return Infinity;
    }
  }
  return bytes;
}

/** What it takes, not how long it says it is: a file may have holes. */
async function sizeOf(path: string): Promise<number> {
  try {
    const { blocks, size } = await lstat(path);
    return Math.min(blocks * 512, size + 4096);
  } catch {
    return 0; // it is gone
  }
}
