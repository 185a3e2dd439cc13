import '../app.module.js';
import { EXIT } from './command-failure.js';
import { type EffectiveFile, effectiveFile, type EffectiveVariable, effectiveVariables } from './effective-config.js';
import { paint } from './paint.js';
import { note, print, printJson } from './print.js';
import { withProgress } from './progress.js';
import { tableOf } from './table.js';
import { readEnvironment } from '../config/read-environment.js';
import { toldOf, unknownVariables } from '../config/unknown-variables.js';
import { configurationProblems } from '../doctor/checks/configuration.js';
import { Machine } from '../doctor/machine.js';

/** Shows the configuration as the gateway would read it now; one that runs may have been started with another. */
export async function showConfig(json: boolean): Promise<void> {
  const workDir = process.cwd();
  const read = readEnvironment(workDir);
  const [variables, file] = [effectiveVariables(read), effectiveFile(read, workDir)];
  const problems = await withProgress('checking …', () => configurationProblems(new Machine({ environment: read.environment, originOf: read.originOf, workDir })));
  const doubts = unknownVariables(read.environment).map(toldOf);
  if (json) printJson(asJson(variables, file, problems, doubts));
  else show(variables, file, [...problems, ...doubts]);
  process.exitCode = problems.length === 0 ? EXIT.ok : EXIT.failed;
}

function asJson(variables: readonly EffectiveVariable[], file: EffectiveFile | undefined, problems: readonly string[], doubts: readonly string[]): object {
  const entries = variables.map(({ name, value, from }) => [name, { value: value ?? null, from }] as const);
  return { ok: problems.length === 0, problems, warnings: doubts, file: file ?? null, variables: Object.fromEntries(entries) };
}

function show(variables: readonly EffectiveVariable[], file: EffectiveFile | undefined, problems: readonly string[]): void {
  const rows = variables.map(({ name, value, from }) =>
    from === 'default' ? [name, textOf(value), paint('dim', from)] : [paint('bold', name), textOf(value), paint('green', from)],
  );
  process.stdout.write(tableOf(rows, { head: ['variable', 'value', 'from'] }));
  print('');
  print(file ? `configuration file: ${file.path}` : 'configuration file: none');
  const parts = Object.entries(file?.parts ?? {}).filter(([, names]) => names.length > 0);
  process.stdout.write(tableOf(parts.map(([part, names]) => [`  ${part}`, names.join('; ')])));
  for (const problem of problems) note(`${paint('red', 'shellm:', process.stderr)} ${problem}`);
}

function textOf(value: unknown): string {
  if (value === undefined || value === '') return paint('dim', '–');
  if (Array.isArray(value)) return value.length === 0 ? paint('dim', '–') : value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
