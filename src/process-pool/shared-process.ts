import { type Child } from './child.js';
import { type EndReason } from './child-exit.js';

/** A place for one chat in a process that serves many. */
export interface Lease<C> {
  readonly connection: C;
  readonly child: Child;
  /** Another place in the same process, for what is kept there; undefined where it is retired or gone. */
  again(): Lease<C> | undefined;
  /** The process is in a bad way: it ends once nobody uses it, and takes no more work. */
  condemn(): void;
  /** Gives the place back; once. */
  release(): void;
}

interface Limits {
  readonly maxUses: number;
  readonly maxRssBytes: number;
  readonly maxAgeMs: number;
}

/** How many chats go by between two looks at the process's memory. */
const MEMORY_EVERY = 16;

/** A process that serves many chats at once, from its connection to its end. */
export class SharedProcess<C> {
  #leases = 0;
  #uses = 0;
  #heavy = false;
  /** Why it takes no more work; it ends when the last chat leaves. */
  #retired: EndReason | undefined;

  constructor(
    readonly child: Child,
    readonly connection: C,
    private readonly limits: Limits,
    private readonly onIdle: () => void,
  ) {}

  get usable(): boolean {
    return this.child.alive && this.#retired === undefined;
  }

  get idle(): boolean {
    return this.#leases === 0;
  }

  /** Time for a successor. */
  get isOld(): boolean {
    return this.#uses >= this.limits.maxUses || this.#heavy || this.child.ageMs >= this.limits.maxAgeMs;
  }

  lease(): Lease<C> {
    this.#leases += 1;
    this.#uses += 1;
    if (this.#uses % MEMORY_EVERY === 0) this.#heavy = this.child.residentMemory() > this.limits.maxRssBytes;
    let held = true;
    return {
      connection: this.connection,
      child: this.child,
      again: () => (this.usable ? this.lease() : undefined),
      condemn: () => {
        this.retire('unhealthy');
      },
      release: () => {
        if (!held) return;
        held = false;
        this.#leases -= 1;
        if (this.#leases > 0) return;
        this.#endIfDone();
        this.onIdle();
      },
    };
  }

  /** Takes no more work, and ends when the last chat leaves. */
  retire(reason: EndReason): void {
    this.#retired ??= reason;
    this.#endIfDone();
  }

  async end(reason: EndReason): Promise<void> {
    this.#retired ??= reason;
    await this.child.end(reason);
  }

  #endIfDone(): void {
    if (this.#retired !== undefined && this.#leases === 0) void this.child.end(this.#retired, { gentle: false });
  }
}
