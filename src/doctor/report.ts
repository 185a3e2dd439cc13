import { groups } from './check.js';
import { type State } from './finding.js';
import { type Checked } from './run-checks.js';

const marks: Readonly<Record<State, string>> = { ok: '✓', note: '✓', warning: '!', fault: '✗' };

/** Whether nothing needs a hand. */
export function isWell(checked: readonly Checked[]): boolean {
  return !checked.some(({ findings }) => findings.some(({ state }) => state === 'fault'));
}

/** For programs. */
export function jsonOf(checked: readonly Checked[]): object {
  const checks = checked.flatMap(({ check: { id, title }, findings }) =>
    findings.map(({ state, detail, fix, about }) => ({ id: about === undefined ? id : `${id}:${about}`, title, state, detail, ...(fix !== undefined && { fix }) })),
  );
  return { ok: isWell(checked), checks };
}

/** For people: by group, and a last line that sums it up. @param paint colours a mark by its state */
export function reportOf(checked: readonly Checked[], paint: (state: State, text: string) => string = (_, text) => text): string {
  const lines = groups.flatMap((group) => {
    const told = checked.filter(({ check }) => check.group === group).flatMap((each) => linesOf(each, paint));
    return told.length === 0 ? [] : [`${group.charAt(0).toUpperCase()}${group.slice(1)}`, ...told, ''];
  });
  return `${[...lines, verdictOf(checked)].join('\n')}\n`;
}

function linesOf({ check: { title }, findings }: Checked, paint: (state: State, text: string) => string): string[] {
  return findings.flatMap(({ state, detail, fix, about }) => {
    const name = about === undefined ? title : `${title} (${about})`;
    return [`  ${paint(state, marks[state])} ${name}: ${detail}`, ...(fix === undefined ? [] : [`      → ${fix}`])];
  });
}

function verdictOf(checked: readonly Checked[]): string {
  const states = checked.flatMap(({ findings }) => findings.map(({ state }) => state));
  const count = (state: State): number => states.filter((each) => each === state).length;
  const [faults, warnings] = [count('fault'), count('warning')];
  if (faults > 0) return `${faults} of ${states.length} checks need${faults === 1 ? 's' : ''} a hand${warnings > 0 ? `, and ${warnings} a look` : ''}.`;
  return warnings > 0 ? `Nothing is broken; ${warnings} of ${states.length} checks deserve a look.` : `All ${states.length} checks are well.`;
}
