import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface CorpusFile {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
}

const KINDS = /\.(?:md|mdx|txt|[cm]?[jt]sx?|json|ya?ml)$/i;
const FIXTURES = /(?:^|\/)(?:tests?|__tests__|spec|fixtures?|__fixtures__|testdata|examples?)\/|[.-](?:test|spec)\.[cm]?[jt]sx?$/i;
const MAX_FILE = 1024 ** 2;

/**
 * Ordinary code and prose: the sources and documents of the packages that are installed below `root`, in the order of their names, without
 * test fixtures, of at most 1 MB each and `bytes` in all. `every`: only each n-th file.
 */
export function* corpus(root: string, bytes: number, every = 1): Generator<CorpusFile> {
  let left = bytes;
  let count = 0;
  for (const path of filesBelow(root)) {
    if (count++ % every !== 0) continue;
    const text = readFileSync(path, 'utf8');
    yield { path: relative(root, path), text };
    left -= text.length;
    if (left <= 0) return;
  }
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (FIXTURES.test(entry.isDirectory() ? `${entry.name}/` : entry.name)) continue;
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile() && KINDS.test(entry.name) && statSync(path).size <= MAX_FILE) yield path;
  }
}
