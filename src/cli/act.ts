import { CommandFailure, EXIT } from './command-failure.js';
import { paint } from './paint.js';

/**
 * A command's action: where it fails, one line on stderr says why, and its exit code is that of the failure, else 1.
 * What it needs is imported when it runs, so that `shellm --help` does not wait for all of the server.
 */
export function act<A extends unknown[]>(action: (...args: A) => Promise<void> | void): (...args: A) => Promise<void> {
  return async (...args) => {
    process.stdout.on('error', endQuietly);
    try {
      await action(...args);
    } catch (error) {
      process.exitCode = error instanceof CommandFailure ? error.exitCode : EXIT.failed;
      const { cleanWords } = await import('../redaction/clean-words.js');
      process.stderr.write(`${paint('red', 'shellm:', process.stderr)} ${cleanWords((error as Error).message, Infinity)}\n`);
    }
  };
}

/** Whoever read the answer has enough of it: `shellm logs | head`. */
function endQuietly({ code }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') process.exit(EXIT.ok);
}
