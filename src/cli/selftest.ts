import { type Command } from 'commander';
import { type Installed, lookAtInstalled } from '../selftest/installed.js';
import { isGood, jsonOf, reportOf } from '../selftest/report.js';
import { runSelftest, type SelftestResult } from '../selftest/selftest.js';

const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

interface Options {
  readonly json?: boolean;
  readonly fakes?: string;
}

/** `shellm selftest`: whether this gateway, on this machine, ends every turn honestly and leaves nothing behind. It asks no vendor. */
export function addSelftestCommand(program: Command): void {
  program
    .command('selftest')
    .description('play what can go wrong with a CLI or a vendor, and look how it ends; no login, no tokens')
    .option('--json', 'as JSON')
    .option('--fakes <folder>', 'play the programs in this folder, in place of those that come along')
    .action(selftest);
}

async function selftest({ json = false, fakes }: Options): Promise<void> {
  const abort = new AbortController();
  const leave = (signal: keyof typeof CODES): void => {
    // The second time: out at once. Children go with the watchdog.
    if (abort.signal.aborted) process.exit(CODES[signal]);
    process.exitCode = CODES[signal];
    abort.abort();
  };
  process.on('SIGINT', leave).on('SIGTERM', leave);
  try {
    if (!json) process.stderr.write('Playing what can go wrong …\n');
    const result = await runSelftest({ fakes, signal: abort.signal });
    const installed = await lookAtInstalled();
    if (!abort.signal.aborted) print(result, installed, json);
  } catch (error) {
    if (abort.signal.aborted) return;
    process.stderr.write(`shellm: ${(error as Error).message}\n`);
    process.exitCode = 1;
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
  }
}

function print(result: SelftestResult, installed: Installed, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(jsonOf(result, installed))}\n` : reportOf(result, installed));
  process.exitCode = isGood(result, installed) ? 0 : 1;
}
