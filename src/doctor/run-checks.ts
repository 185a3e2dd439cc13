import { setTimeout as sleep } from 'node:timers/promises';
import { type Check } from './check.js';
import { type Finding, warning } from './finding.js';
import { type Machine } from './machine.js';
import { cleanWords } from '../redaction/clean-words.js';

const CHECK_MS = 20_000;
/** What is told of one thing. */
const MAX_WORDS = 600;

/** A check, and what it found. */
export interface Checked {
  readonly check: Check;
  readonly findings: readonly Finding[];
}

/** All at the same time, each bounded: one that hangs is told as such, and the others are not waited for in vain. @param timeoutMs of each */
export function runChecks(checks: readonly Check[], machine: Machine, timeoutMs = CHECK_MS): Promise<Checked[]> {
  return Promise.all(checks.map(async (check) => ({ check, findings: (await look(check, machine, timeoutMs)).map(cleaned) })));
}

async function look(check: Check, machine: Machine, timeoutMs: number): Promise<readonly Finding[]> {
  const over = new AbortController();
  const late = sleep(timeoutMs, [warning(`this could not be found out within ${timeoutMs / 1000} s`)], { signal: over.signal });
  try {
    const found = await Promise.race([late, Promise.resolve(check.look(machine, AbortSignal.any([over.signal, AbortSignal.timeout(timeoutMs)])))]);
    return found === undefined ? [] : [found].flat();
  } catch (error) {
    return [warning(`this could not be found out (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`)];
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}

/** Words of programs and servers may be among them. */
function cleaned(finding: Finding): Finding {
  return { ...finding, detail: cleanWords(finding.detail.replace(/\s+/g, ' '), MAX_WORDS) };
}
