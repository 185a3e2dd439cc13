import { type KeySnapshot } from '../auth/key-ring.js';
import { type RouteRequest } from '../completion/route-model.js';
import { type WireFormat } from '../kernel/answer.js';
import { type Budget } from '../kernel/budget.js';
import { type ModelId } from '../kernel/model-id.js';
import { type RequestFigures } from '../observability/metrics/request-metrics.js';
import { type CountedWindow, type Verdict } from '../rate-limit/window-verdict.js';
import { type Amount } from '../usage/amount.js';
import { type UsageRow } from '../usage/usage-row.js';

/** Where a request wants to go, and in which dialect. */
export interface RouteQuestion extends Pick<RouteRequest, 'model' | 'claudeMode' | 'headerProvider' | 'bodyProvider'> {
  /** The client's id. */
  readonly client: string;
  readonly format: WireFormat;
}

/** A completion that is over. */
interface Completed {
  readonly row: UsageRow;
  readonly fallback: { readonly provider: string; readonly code: string } | null;
  /** Whether the ledger is to have it. */
  kept: boolean;
}

interface ReserveQuestion {
  readonly client: string;
  readonly budget: Budget;
  readonly estimate: Amount;
  /** When the request came. Milliseconds since 1970. */
  readonly began: number;
}

/** How a try at a provider went, for its circuit breaker. */
type Outcome = 'succeeded' | 'failed' | 'left';

/** Why a worker cannot start. */
interface StartFailure extends Pick<NodeJS.ErrnoException, 'message' | 'stack' | 'code' | 'syscall'> {
  /** It is a ConfigurationError. */
  readonly isConfiguration: boolean;
}

/** What workers say to the owner of all that is one. A number names something of the worker's own, or the owner's word for it. */
export interface OwnerCalls {
  /** The keys there are. */
  readonly keys: (nothing: null) => KeySnapshot;
  /** Who serves a request, where a worker may ask that vendor itself; else null. */
  readonly route: (question: RouteQuestion) => ModelId | null;
  /** Counts a request in its windows. */
  readonly windows: (asked: readonly CountedWindow[]) => Verdict | Promise<Verdict>;
  /** Takes a place among the client's requests at once: its number, or 0 where there is none. */
  readonly place: (asked: { readonly client: string; readonly max: number }) => number | Promise<number>;
  readonly giveBack: (place: number) => void;
  /** Reserves of a budget: the reservation's number. Fails with `budget_exceeded`. */
  readonly reserve: (question: ReserveQuestion) => Promise<number>;
  readonly settle: (settled: { readonly reservation: number; readonly actual: Amount }) => void;
  /** A worker begins to answer a request. */
  readonly began: (request: { readonly number: number; readonly id: string; readonly client: string }) => void;
  /** The work on it is over. */
  readonly left: (request: number) => void;
  /** It is to be counted. */
  readonly ended: (figures: RequestFigures) => void;
  readonly completed: (completed: Completed) => void;
  readonly tried: (tried: { readonly provider: string; readonly outcome: Outcome }) => void;
  /** Lines for the log. */
  readonly log: (lines: string) => void;
  /** Answered when all that was said before is taken in. */
  readonly sync: (nothing: null) => null;
  /** The worker listens, at this URL. */
  readonly listening: (url: string) => void;
  /** The worker cannot start. */
  readonly failed: (reason: StartFailure) => void;
}

/** What the owner says to a worker. */
export interface WorkerCalls {
  /** The keys there are now: answered when they are in force. */
  readonly keys: (keys: KeySnapshot) => null;
  /** What is known of who serves what holds no longer. */
  readonly forget: (nothing: null) => void;
  /** The configuration file has changed. */
  readonly reload: (nothing: null) => void;
  /** Lets running requests finish within so many milliseconds, then ends. */
  readonly drain: (graceMs: number) => void;
}
