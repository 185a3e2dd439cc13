import { type SessionUpdate } from './session-update.js';

const kinds: ReadonlySet<string> = new Set(['user_message_chunk', 'agent_message_chunk']);

/** Waits until an agent has repeated so many messages of a session. */
export class Repetition {
  readonly #complete: Promise<boolean>;
  #arrived: () => void = () => undefined;
  #missing: number;

  constructor(messages: number) {
    this.#missing = messages;
    this.#complete = new Promise((resolve) => {
      this.#arrived = () => {
        resolve(true);
      };
    });
    if (messages <= 0) this.#arrived();
  }

  see({ sessionUpdate }: SessionUpdate): void {
    if (kinds.has(sessionUpdate) && --this.#missing === 0) this.#arrived();
  }

  /** False: it takes longer. */
  async within(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false);
    });
    return Promise.race([this.#complete, late]).finally(() => {
      clearTimeout(timer);
    });
  }
}
