/** A window that a request counts in. */
export interface CountedWindow {
  /** Whose it is. */
  readonly key: string;
  /** Requests in any stretch of the window's length; at least 1. */
  readonly limit: number;
}

/** A window after a request was counted or refused. Times are milliseconds. */
export interface WindowState {
  /** Requests in the window, this one among them where it counts. */
  readonly used: number;
  /** Until a request fits in; 0 where this one did, as far as this window goes. */
  readonly freeInMs: number;
  readonly emptyInMs: number;
}

/** A request counts in all of its windows, or in none. */
export interface Verdict {
  readonly counted: boolean;
  /** In the order in which they were asked for. */
  readonly windows: readonly WindowState[];
}
