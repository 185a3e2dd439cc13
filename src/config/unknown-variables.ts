import { declaredVariables } from './declared-variables.js';
import { type Environment } from './environment.js';

/** A variable of the gateway's that nothing reads. */
export interface UnknownVariable {
  readonly name: string;
  /** The known one that is written most like it. */
  readonly nearest: string;
}

/** The variables named `SHELLM_…` that no setting of the loaded modules reads: most are mistyped. */
export function unknownVariables(environment: Environment, known: readonly string[] = declaredVariables().map(({ name }) => name)): readonly UnknownVariable[] {
  const read = new Set(known);
  const own = known.filter((name) => name.startsWith('SHELLM_'));
  return Object.keys(environment)
    .filter((name) => /^SHELLM_/i.test(name) && !read.has(name))
    .sort()
    .map((name) => ({ name, nearest: nearestOf(name, own) }));
}

/** What the operator is told of it, in a line. A name may hold anything. */
export function toldOf({ name, nearest }: UnknownVariable): string {
  return `${name.replace(/[^\x21-\x7e]+/g, ' ').slice(0, 80)}: no setting reads it; the nearest is ${nearest}`;
}

function nearestOf(name: string, known: readonly string[]): string {
  const upper = name.toUpperCase().slice(0, 80);
  return known.map((each) => ({ each, distance: distanceOf(upper, each) })).reduce((best, next) => (next.distance < best.distance ? next : best)).each;
}

/** Levenshtein's: letters to change, add and leave out. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
