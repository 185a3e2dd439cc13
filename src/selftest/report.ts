import { type Cell } from './fault-player.js';
import { type Leftovers, type Played, type SelftestResult } from './selftest.js';
import { markOf, stateOf } from '../cli/provider-state.js';
import { tableOf as columnsOf } from '../cli/table.js';
import { packageVersion } from '../config/package-version.js';
import { type Installed } from '../doctor/installed.js';
import { type ProviderStatus } from '../providers/provider.js';

/** Whether everything ended as it has to, and nothing was left. */
export function isGood({ cells, left }: SelftestResult, installed: Installed): boolean {
  return cells.every(({ complaint }) => complaint === undefined) && left.slots + left.processes + left.files === 0 && !('problem' in installed);
}

/** For people: a table, what was wrong, what was left, what is installed, and a last line that sums it up. */
export function reportOf(result: SelftestResult, installed: Installed): string {
  const { parts, cells, left, durationMs } = result;
  const wrong = cells.filter(({ complaint }) => complaint !== undefined);
  const sum = `${cells.length} turns in ${(durationMs / 1000).toFixed(1)} s`;
  const verdict = isGood(result, installed)
    ? 'every one ended as it has to.'
    : wrong.length > 0
      ? `${wrong.length} of them did not end as they have to.`
      : 'the turns ended as they have to, but not all is well.';
  return [
    `SheLLM ${packageVersion}: how a turn ends for the client when its provider misbehaves, as JSON / as a stream`,
    ...parts.flatMap((part) => ['', ...tableOf(part, cells)]),
    ...(wrong.length > 0 ? ['', ...wrong.map(complaintOf)] : []),
    '',
    leftOf(left),
    '',
    ...installedOf(installed),
    '',
    `${sum}: ${verdict}`,
    '',
  ].join('\n');
}

/** For programs. */
export function jsonOf(result: SelftestResult, installed: Installed): object {
  const { cells, left, durationMs } = result;
  const rows = cells.map(({ provider, fault, stream, as, complaint }) => ({
    provider,
    fault,
    stream,
    ended: as,
    ok: complaint === undefined,
    ...(complaint !== undefined && { complaint }),
  }));
  const faults = Object.fromEntries(result.parts.flatMap((part) => part.faults.map(({ name, what }) => [name, what])));
  const here = 'problem' in installed ? installed : { providers: Object.fromEntries(statesOf(installed)) };
  return { ok: isGood(result, installed), version: packageVersion, duration_ms: durationMs, faults, turns: rows, left, installed: here };
}

function tableOf({ title, faults, providers }: Played, cells: readonly Cell[]): string[] {
  const box = (provider: string, fault: string): string => {
    const both = cells.filter((cell) => cell.provider === provider && cell.fault === fault);
    if (both.length === 0) return '-';
    const ends = [...new Set(both.map(({ as }) => as))].join(' / ');
    return `${markOf(both.every(({ complaint }) => complaint === undefined))} ${ends}`;
  };
  const rows = [[title, ...providers], ...faults.map(({ name }) => [name, ...providers.map((provider) => box(provider, name))])];
  return columnsOf(rows).trimEnd().split('\n');
}

function complaintOf({ provider, fault, stream, complaint }: Cell): string {
  return `${markOf(false)} ${provider}, ${fault}, ${stream ? 'streamed' : 'JSON'}: ${complaint?.replaceAll('\n', ' ') ?? ''}`;
}

function leftOf({ slots, processes, files }: Leftovers): string {
  const count = slots + processes + files;
  return `${markOf(count === 0)} left behind: ${count === 0 ? 'no turn slot, no process, no file' : `${slots} turn slots, ${processes} processes, ${files} files`}`;
}

function installedOf(installed: Installed): string[] {
  if ('problem' in installed) return [`${markOf(false)} the gateway would not start here: ${installed.problem}`];
  return ['On this machine:', ...statesOf(installed).map(([id, status]) => `  ${id}: ${stateOf(status)}`)];
}

/** Of those that are configured or found. */
function statesOf({ providers }: Extract<Installed, { providers: unknown }>): [string, ProviderStatus][] {
  return providers.flatMap(({ id, status }) => (status ? [[id, status] satisfies [string, ProviderStatus]] : []));
}
