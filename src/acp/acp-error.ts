/** It wants a login first. */
export const AUTH_REQUIRED = -32000;
/** A session that it does not know. */
export const NOT_FOUND = -32002;

/** An agent's refusal, in its own words: for the log, never for the client as they are. */
export class AcpError extends Error {
  override readonly name = 'AcpError';

  constructor(
    /** Negative: a code of JSON-RPC or of the protocol. Positive: what the vendor's HTTP API answered. */
    readonly code: number,
    message: string,
    readonly data?: unknown,
  ) {
    super(message);
  }
}

/** A turn was given up and the agent goes on with it: its process has to be ended. */
export class CancelIgnored extends Error {
  override readonly name = 'CancelIgnored';

  constructor() {
    super('The agent went on with a turn that was cancelled.');
  }
}

/** What a request was rejected with: the agent's refusal, which has a number, as an {@link AcpError}, all else as it is. */
export function toAcpError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') return error;
  return new AcpError(error.code, error.message, 'data' in error ? error.data : undefined);
}
