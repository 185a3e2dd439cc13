import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch } from './batch.js';
import { BatchStop } from './batch-stop.js';
import { type BatchSettings } from './batch-settings.js';
import { type LinePlaces } from './line-places.js';
import { type BatchRequest } from './parse-line.js';
import { answeredLine, type ResultLine } from './result-line.js';
import { retryDelay } from './retry-delay.js';
import { type AuthService } from '../../auth/auth.service.js';
import { mayComplete } from '../../auth/may-complete.js';
import { routeHintsOf } from '../../completion/route-hints.js';
import { type OperationRunner } from '../operations/operation-runner.js';

/** The gateway shuts down before the request could be run: nothing became of it. */
export class NotRunHere extends Error {
  override readonly name = 'NotRunHere';
}

export interface LineSignals {
  readonly signal: AbortSignal;
  readonly drained: AbortSignal;
}

/** Runs one request of a batch as its client, until its result is there. */
export class LineRunner {
  constructor(
    private readonly operations: OperationRunner,
    private readonly auth: AuthService,
    private readonly places: LinePlaces,
    private readonly settings: BatchSettings,
  ) {}

  /** A place to run a request. Rejects with the signal's reason. */
  place(owner: string, signal: AbortSignal): Promise<() => void> {
    return this.places.take(owner, signal);
  }

  /**
   * A failure that passes by itself is waited for, and the request tried again; meanwhile its place is another's.
   *
   * @param giveBack of the place that it has
   * @param drained aborted where it is not to be tried again here
   * @throws BatchStop where the client is no more; NotRunHere; the signal's reason
   */
  async run({ owner, endpoint, expiresAt }: Batch, { customId, body }: BatchRequest, giveBack: () => void, { signal, drained }: LineSignals): Promise<ResultLine> {
    let leave = giveBack;
    try {
      for (let tries = 1; ; tries++) {
        const client = this.auth.find(owner);
        if (!client) throw new BatchStop('failed', { code: 'invalid_api_key', message: 'The key that the batch was made with was revoked, or has expired.' });
        if (!mayComplete(client)) throw new BatchStop('failed', { code: 'insufficient_scope', message: 'The key that the batch was made with lacks the scope "completions".' });
        const requestId = randomUUID();
        const answer = await this.operations.run({ endpoint, body, route: routeOf(body), requestId }, client, signal, { subscriptions: this.settings.subscriptions });
        if (answer.error?.code === 'shutting_down') throw new NotRunHere();
        const delay = answer.error && retryDelay(answer.error, tries, expiresAt - Date.now());
        if (delay === undefined) return answeredLine(customId, requestId, answer);
        leave();
        leave = await this.#placeLater(owner, delay, AbortSignal.any([signal, drained])).catch(() => {
          signal.throwIfAborted();
          throw new NotRunHere();
        });
      }
    } finally {
      leave();
    }
  }

  async #placeLater(owner: string, delayMs: number, signal: AbortSignal): Promise<() => void> {
    await sleep(delayMs, undefined, { signal });
    return this.place(owner, signal);
  }
}

/** What is no text names nothing: the endpoint refuses it. */
function routeOf({ model, provider }: BatchRequest['body']): ReturnType<typeof routeHintsOf>['route'] {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return routeHintsOf({}, { model: text(model), provider: text(provider) }).route;
}
