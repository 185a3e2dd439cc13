/** Why a child was ended; the first reason given is the one that counts. */
export type EndReason = 'finished' | 'cancelled' | 'failed' | 'timeout' | 'output-limit' | 'disk-limit' | 'mute' | 'unhealthy' | 'expired' | 'recycled' | 'shutdown';

/** How a child went. Kept as the `cause` of errors: for the log, never for the client. */
export interface ChildExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Undefined where it went of its own accord. */
  readonly reason: EndReason | undefined;
  /** The last of what it said on stderr. */
  readonly stderrTail: string;
}
