/** What of the app-server's protocol the gateway reads. Nothing of it is taken for granted: it is read as what it should be, or not at all. Times are seconds since 1970. */

/** Of every notification that belongs to a turn. */
export interface TurnParams {
  readonly threadId?: unknown;
  readonly turnId?: unknown;
  readonly itemId?: unknown;
  readonly delta?: unknown;
  readonly summaryIndex?: unknown;
  readonly item?: RawItem | null;
  /** Of one answer of the vendor. */
  readonly usage?: TokenCounts | null;
  readonly tokenUsage?: { readonly total?: TokenCounts | null } | null;
  readonly error?: TurnError | null;
  readonly willRetry?: unknown;
  readonly turn?: { readonly status?: unknown; readonly error?: TurnError | null } | null;
}

interface RawItem {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly text?: unknown;
  /** Of a function call. */
  readonly call_id?: unknown;
  readonly name?: unknown;
  readonly arguments?: unknown;
}

/** A function whose result the CLI waits for. */
export interface ToolCallParams {
  readonly threadId?: unknown;
  readonly callId?: unknown;
  readonly tool?: unknown;
  readonly arguments?: unknown;
}

/** What the CLI takes for a result. */
export interface ToolCallResult {
  readonly contentItems: readonly ({ readonly type: 'inputText'; readonly text: string } | { readonly type: 'inputImage'; readonly imageUrl: string })[];
  readonly success: boolean;
}

export interface TurnError {
  readonly message?: unknown;
  /** A word, or an object with a word that holds the HTTP status. */
  readonly codexErrorInfo?: unknown;
  readonly additionalDetails?: unknown;
}

export interface TokenCounts {
  readonly inputTokens?: unknown;
  readonly cachedInputTokens?: unknown;
  readonly cacheWriteInputTokens?: unknown;
  readonly outputTokens?: unknown;
  readonly reasoningOutputTokens?: unknown;
}

export interface RateLimits {
  readonly limitId?: unknown;
  readonly primary?: RateLimitWindow | null;
  readonly secondary?: RateLimitWindow | null;
}

interface RateLimitWindow {
  readonly usedPercent?: unknown;
  readonly windowDurationMins?: unknown;
  readonly resetsAt?: unknown;
}

/** Notifications that nobody here needs: the CLI does not send them then. */
export const unwanted: readonly string[] = [
  ...['thread/started', 'thread/status/changed', 'turn/started', 'item/started', 'remoteControl/status/changed', 'configWarning', 'skills/changed', 'app/list/updated'],
  ...['mcpServer/startupStatus/updated', 'item/reasoning/summaryPartAdded', 'turn/diff/updated', 'turn/plan/updated', 'thread/name/updated', 'account/updated'],
];
