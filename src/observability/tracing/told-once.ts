import { type Log } from '../log.js';

interface Result {
  readonly code: number;
  readonly error?: NodeJS.ErrnoException;
}

interface Exporting<T> {
  export(items: T, done: (result: Result) => void): void;
}

/** Says in the log that what is exported does not arrive, once, and when it does again. Changes the exporter, and gives it back. */
export function toldOnce<T, E extends Exporting<T>>(exporter: E & Exporting<T>, what: string, log: Log): E {
  let away = false;
  const send = exporter.export.bind(exporter);
  exporter.export = (items: T, done: (result: Result) => void): void => {
    send(items, (result) => {
      const failed = result.code !== 0;
      // Not its words: they may hold an address with a password.
      if (failed && !away) log.warn({ code: result.error?.code }, `OTLP: ${what} cannot be sent, and are dropped until the collector answers`);
      if (!failed && away) log.info(`OTLP: ${what} are sent again`);
      away = failed;
      done(result);
    });
  };
  return exporter;
}
