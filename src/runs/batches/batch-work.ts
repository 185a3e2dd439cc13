import { type Batch, isOver } from './batch.js';
import { BatchRun, type BatchRunParts } from './batch-run.js';
import { type BatchSettlement } from './batch-settlement.js';
import { BatchStop } from './batch-stop.js';
import { type BatchStore } from './batch-store.js';
import { inputLines } from './input-lines.js';
import { validateInput } from './validate-input.js';

/** How often it is looked whether a batch was cancelled elsewhere, or its time is over. Milliseconds. */
const LOOK_EVERY_MS = 2000;
/** So often its requests are run without any result, each time until the gateway, or what it needs, fails: a request may be why. */
const MAX_RUNS = 10;
const stopped = { code: 'internal_error', message: `The gateway failed in each of ${MAX_RUNS} tries to run a request of the batch.` };

/** Brings batches from one state to the next, until they are over. May be broken off anywhere: whoever goes on with one finds what there is of it. */
export class BatchWork {
  /** Those whose requests are being run here. */
  readonly #runs = new Map<string, BatchRun>();
  #draining = false;

  constructor(
    private readonly store: BatchStore,
    private readonly settlement: BatchSettlement,
    private readonly parts: BatchRunParts,
  ) {}

  /** No further request is begun. */
  drain(): void {
    this.#draining = true;
    for (const run of this.#runs.values()) run.drain();
  }

  /** It was cancelled: what runs of it here is ended. False: nothing does. */
  cancel(id: string): boolean {
    const run = this.#runs.get(id);
    run?.stop(new BatchStop('cancelled'));
    return run !== undefined;
  }

  /** Resolves with whether it is over: not where the gateway is to shut down. @throws the signal's reason */
  async work(id: string, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      signal.throwIfAborted();
      const batch = await this.store.find(id);
      if (!batch || isOver(batch.status)) return true;
      if (this.#draining || !(await this.#step(batch, signal))) return false;
    }
  }

  /** False: it is for somebody else to go on with it. */
  async #step(batch: Batch, signal: AbortSignal): Promise<boolean> {
    switch (batch.status) {
      case 'validating':
        await this.#validate(batch, signal);
        return true;
      case 'in_progress':
        return this.#run(batch, signal);
      case 'cancelling':
        await this.settlement.skipRest(batch, 'cancelled', signal);
        await this.settlement.end(batch, 'cancelled');
        return true;
      default:
        await this.settlement.end(batch, 'completed');
        return true;
    }
  }

  async #validate(batch: Batch, signal: AbortSignal): Promise<void> {
    const { id, inputFileId, endpoint } = batch;
    const { total, problems } = await validateInput(inputLines(this.parts.files.text(inputFileId)), endpoint);
    signal.throwIfAborted();
    if (problems.length === 0) await this.store.move(id, ['validating'], 'in_progress', { total });
    else await this.settlement.end(batch, 'failed', problems);
  }

  async #run(batch: Batch, signal: AbortSignal): Promise<boolean> {
    const { id } = batch;
    const run = new BatchRun(batch, this.parts);
    if ((await this.store.begin(id)) > MAX_RUNS) run.stop(new BatchStop('failed', stopped));
    if (batch.expiresAt <= Date.now()) run.stop(new BatchStop('expired'));
    this.#runs.set(id, run);
    const looking = setInterval(() => void this.#look(id, run), LOOK_EVERY_MS);
    try {
      if (!(await run.run(signal))) {
        await this.store.giveBack(id);
        return false;
      }
      await this.store.move(id, ['in_progress'], 'finalizing');
      return true;
    } catch (error) {
      signal.throwIfAborted();
      return await this.#stopped(batch, error, signal);
    } finally {
      clearInterval(looking);
      this.#runs.delete(id);
    }
  }

  async #stopped(batch: Batch, error: unknown, signal: AbortSignal): Promise<boolean> {
    if (!(error instanceof BatchStop)) throw error;
    if (error.why === 'expired') {
      await this.settlement.skipRest(batch, 'expired', signal);
      await this.settlement.end(batch, 'expired');
    } else if (error.problem) {
      await this.settlement.end(batch, 'failed', [{ ...error.problem, param: null, line: null }]);
    }
    return true;
  }

  async #look(id: string, run: BatchRun): Promise<void> {
    let batch: Batch | undefined;
    try {
      batch = await this.store.find(id);
    } catch {
      return; // the database is away: it is looked again
    }
    // Or somebody else has ended it.
    if (batch?.status !== 'in_progress') run.stop(new BatchStop('cancelled'));
    else if (batch.expiresAt <= Date.now()) run.stop(new BatchStop('expired'));
  }
}
