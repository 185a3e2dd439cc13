import { type Finding } from './finding.js';
import { type Machine } from './machine.js';

export const groups = ['this machine', 'configuration', 'data', 'providers', 'network', 'access'] as const;

/** One thing that is looked at. It changes nothing, costs no tokens, and may take its time: whoever runs it does not wait for ever. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly group: (typeof groups)[number];
  /** What there is to say; nothing where it does not apply here. @param signal ends what takes too long */
  readonly look: (machine: Machine, signal: AbortSignal) => Found | Promise<Found>;
}

type Found = Finding | readonly Finding[] | undefined;
