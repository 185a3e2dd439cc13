import { readdirSync, readFileSync } from 'node:fs';

/** The children of the gateway with this data folder, whoever their parent is by now: the pool gives each a TMPDIR below it. */
export function processesOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`TMPDIR=${dataDir}`);
      } catch {
        return false; // it is gone
      }
    });
}
