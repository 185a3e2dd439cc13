import { type GaugeFigure } from '../../observability/metrics/gauge-figure.js';
import { type ProcessCensus, type ProcessPool } from '../../process-pool/process-pool.js';

/** The turn slots and the processes. */
export function poolFigures(pool: ProcessPool): readonly GaugeFigure[] {
  const { slots } = pool;
  const perProvider = (name: GaugeFigure['name'], help: string, pick: (census: ProcessCensus) => number): GaugeFigure => ({
    name,
    help,
    labels: ['provider'],
    read: () => [...pool.census()].map(([provider, census]) => [{ provider }, pick(census)] as const),
  });
  const perLine = (name: GaugeFigure['name'], help: string, interactive: () => number, background: () => number): GaugeFigure => ({
    name,
    help,
    labels: ['line'],
    read: () => [
      [{ line: 'interactive' }, interactive()],
      [{ line: 'background' }, background()],
    ],
  });
  return [
    perLine(
      'shellm_turn_slots_active',
      'CLI turns that run; background ones are those nobody waits for.',
      () => slots.active - slots.activeInBackground,
      () => slots.activeInBackground,
    ),
    perLine(
      'shellm_turn_slots_queued',
      'CLI turns that wait for a slot.',
      () => slots.queued,
      () => slots.queuedInBackground,
    ),
    figure('shellm_turn_slots_max', 'CLI turns that may run at once.', () => slots.limits.max),
    figure('shellm_turn_queue_max', 'Interactive turns that may wait.', () => slots.limits.queueDepth),
    perProvider('shellm_processes', 'Child processes.', ({ running }) => running),
    perProvider('shellm_processes_warm', 'Child processes that wait ready.', ({ warm }) => warm),
    perProvider('shellm_processes_kept', "Child processes that wait for their conversation's next turn.", ({ kept }) => kept),
    perProvider('shellm_process_resident_memory_bytes', 'Memory of the child processes themselves; 0 where they are in a sandbox.', ({ memory }) => memory),
  ];
}

/** A figure without labels. */
export function figure(name: GaugeFigure['name'], help: string, read: () => number): GaugeFigure {
  return { name, help, labels: [], read: () => [[{}, read()]] };
}
