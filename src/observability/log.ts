import { type Logger } from 'pino';

/** The structured log. Never hand it a prompt, an answer, a header or an environment. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** Token of the {@link Log}. */
export const LOG = Symbol('LOG');

/** A log that says nothing: for specs. */
export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
