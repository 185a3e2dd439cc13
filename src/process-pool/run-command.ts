import { catchError, EMPTY, firstValueFrom, reduce, timeout } from 'rxjs';
import { Flow } from '../kernel/flow.js';
import { type ExclusivePool } from './exclusive-pool.js';

/**
 * Runs a program that asks for nothing to its end. @returns what it printed, whatever its exit code
 *
 * @throws GatewayError where it does not start; TimeoutError where it does not end
 */
export async function runCommand(program: ExclusivePool, timeoutMs: number): Promise<string> {
  const child = await program.take(AbortSignal.timeout(timeoutMs));
  const printed = child.lines(new Flow()).pipe(
    // The lines of a child never complete: its exit is their error.
    catchError(() => EMPTY),
    reduce((text, line) => `${text}${line}\n`, ''),
    timeout(timeoutMs),
  );
  try {
    return await firstValueFrom(printed);
  } finally {
    void child.end('finished', { gentle: false });
  }
}
