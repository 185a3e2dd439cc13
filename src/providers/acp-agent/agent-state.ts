import { notLoggedIn, notStarting } from './advice.js';
import { isLoginError } from './map-error.js';

/** How long a bad state is believed. */
const BELIEVED_MS = 60_000;

/** What is known of an agent by the sessions that it opened and the turns that it served. A bad state is forgotten after a minute: the next turn finds out. */
export class AgentState {
  #good = false;
  #problem: string | undefined;
  #since = -Infinity;
  #login = false;

  constructor(
    private readonly label: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Nothing is known, or nothing any more. */
  get unknown(): boolean {
    return !this.#good && this.problem === undefined;
  }

  /** What is wrong and what to do. */
  get problem(): string | undefined {
    return this.now() - this.#since < BELIEVED_MS ? this.#problem : undefined;
  }

  /** Whether it lacks its login, as far as is known. */
  get loggedOut(): boolean {
    return this.problem !== undefined && this.#login;
  }

  succeeded(): void {
    this.#good = true;
    this.#problem = undefined;
  }

  /** A session could not be opened, or a turn failed for the login's sake. */
  failed(error: unknown): void {
    this.#good = false;
    this.#login = isLoginError(error);
    this.#problem = this.#login ? notLoggedIn(this.label) : notStarting(this.label);
    this.#since = this.now();
  }
}
