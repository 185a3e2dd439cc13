import { EXIT } from './command-failure.js';
import { paint, type Style } from './paint.js';
import { withProgress } from './progress.js';
import { readEnvironment } from '../config/read-environment.js';
import { checks } from '../doctor/checks.js';
import { type State } from '../doctor/finding.js';
import { Machine } from '../doctor/machine.js';
import { isWell, jsonOf, reportOf } from '../doctor/report.js';
import { runChecks } from '../doctor/run-checks.js';

export interface DoctorOptions {
  readonly json?: boolean;
  readonly offline?: boolean;
}

const colours: Readonly<Record<State, Style>> = { ok: 'green', note: 'green', warning: 'yellow', fault: 'red' };

/** It changes nothing. */
export async function doctor({ json = false, offline = false }: DoctorOptions): Promise<void> {
  const { environment, originOf } = readEnvironment();
  const machine = new Machine({ environment, originOf, workDir: process.cwd(), offline });
  const checked = await withProgress('Looking …', () => runChecks(checks, machine));
  const text = json ? `${JSON.stringify(jsonOf(checked))}\n` : reportOf(checked, (state, mark) => paint(colours[state], mark));
  // Whatever hangs may go on hanging.
  process.stdout.write(text, () => process.exit(isWell(checked) ? EXIT.ok : EXIT.failed));
}
