import { EXIT } from './command-failure.js';
import { note, printJson } from './print.js';
import { withProgress } from './progress.js';
import { readEnvironment } from '../config/read-environment.js';
import { type Installed, lookAtInstalled } from '../doctor/installed.js';
import { isGood, jsonOf, reportOf } from '../selftest/report.js';
import { runSelftest, type SelftestResult } from '../selftest/selftest.js';

const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

export interface SelftestOptions {
  readonly json?: boolean;
  readonly fakes?: string;
}

export async function selftest({ json = false, fakes }: SelftestOptions): Promise<void> {
  const abort = new AbortController();
  const leave = (signal: keyof typeof CODES): void => {
    // The second time: out at once. Children go with the watchdog.
    if (abort.signal.aborted) process.exit(CODES[signal]);
    process.exitCode = CODES[signal];
    abort.abort();
  };
  process.on('SIGINT', leave).on('SIGTERM', leave);
  try {
    const what = 'Playing what can go wrong …';
    if (!json && !process.stderr.isTTY) note(what);
    const [result, installed] = await withProgress(
      what,
      async () => [await runSelftest({ fakes, signal: abort.signal }), await lookAtInstalled(readEnvironment().environment, process.cwd())] as const,
    );
    if (!abort.signal.aborted) show(result, installed, json);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
  }
}

function show(result: SelftestResult, installed: Installed, json: boolean): void {
  if (json) printJson(jsonOf(result, installed));
  else process.stdout.write(reportOf(result, installed));
  process.exitCode = isGood(result, installed) ? EXIT.ok : EXIT.failed;
}
