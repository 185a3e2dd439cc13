import { type AuthStatus } from './auth-status.js';

/** How long a state is believed. */
const BELIEVED_MS = 60_000;

/**
 * What is known of the CLI's login: by its own word, asked at most once a minute, and by the turns it served. A bad state is forgotten after
 * a minute, so that the next turn finds out: nobody tells the gateway of a `/login`.
 */
export class Login {
  #status: AuthStatus | undefined;
  #askedAt = -Infinity;
  #asking: Promise<AuthStatus | undefined> | undefined;
  #refusedAt = -Infinity;

  constructor(
    private readonly ask: () => Promise<AuthStatus>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether it is known to be bad; from memory. */
  get bad(): boolean {
    return this.#refused || (this.#status?.loggedIn === false && this.now() - this.#askedAt < BELIEVED_MS);
  }

  get #refused(): boolean {
    return this.now() - this.#refusedAt < BELIEVED_MS;
  }

  /** The CLI's own word; undefined where it gives none. A login that the vendor refused of late counts as none. */
  async status(): Promise<AuthStatus | undefined> {
    if (this.now() - this.#askedAt >= BELIEVED_MS) await this.refresh();
    return this.#refused && this.#status ? { ...this.#status, loggedIn: false } : this.#status;
  }

  /** Asks again. */
  refresh(): Promise<AuthStatus | undefined> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** A turn failed for the login's sake. */
  refused(): void {
    this.#refusedAt = this.now();
  }

  /** A turn went well. */
  confirmed(): void {
    this.#refusedAt = -Infinity;
    if (this.#status?.loggedIn === false) this.#askedAt = -Infinity; // someone has logged in since
  }

  async #ask(): Promise<AuthStatus | undefined> {
    try {
      this.#status = await this.ask();
    } catch {
      this.#status = undefined;
    }
    this.#askedAt = this.now();
    return this.#status;
  }
}
