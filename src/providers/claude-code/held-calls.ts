import { type PendingCall } from './function-server.js';

/** The calls of one answer, as the CLI comes to ask for their results: some while the answer still streams, some after it. */
export class HeldCalls {
  readonly #pending = new Map<string, PendingCall>();
  #expected: readonly string[] = [];

  add(call: PendingCall): void {
    this.#pending.set(call.callId, call);
  }

  /** The answer is over: these are its calls. */
  expect(callIds: readonly string[]): void {
    this.#expected = callIds;
  }

  /** The CLI has asked for all that are expected, and for nothing else. */
  get complete(): boolean {
    return this.#expected.length === this.#pending.size && this.#expected.every((id) => this.#pending.has(id));
  }

  get calls(): readonly PendingCall[] {
    return [...this.#pending.values()];
  }
}
