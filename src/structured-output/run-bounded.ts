import { createContext, Script } from 'node:vm';

const context: { task?: () => unknown } = createContext({});
const script = new Script('task()');

/**
 * Runs `task` and breaks it off after `ms` milliseconds, also in the middle of a regular expression: clients write schemas, and some patterns never come to an end.
 *
 * @throws whatever `task` throws; what {@link tookTooLong} knows
 */
export function runBounded<T>(ms: number, task: () => T): T {
  context.task = task;
  try {
    return script.runInContext(context, { timeout: ms }) as T;
  } finally {
    delete context.task;
  }
}

/** Whether a task was broken off. */
export function tookTooLong(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
