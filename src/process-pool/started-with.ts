import { readFileSync, readlinkSync } from 'node:fs';

/** What a process was started with. Undefined where the system does not tell: only Linux does, and only the process's own user. */
export function startedWith(pid: number): { readonly environment: Readonly<Record<string, string>>; readonly workDir: string } | undefined {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter((pair) => pair.includes('='));
    const environment = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
    return { environment, workDir: readlinkSync(`/proc/${pid}/cwd`) };
  } catch {
    return undefined;
  }
}
