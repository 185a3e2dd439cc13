/** What of the app-server's protocol the gateway reads; nothing of it is taken for granted. Times are seconds since 1970. */

/** Of every notification that belongs to a turn. */
export interface TurnParams {
  readonly threadId?: string;
  readonly turnId?: string;
  readonly itemId?: string;
  readonly delta?: string;
  readonly summaryIndex?: number;
  readonly item?: RawItem;
  /** Of one answer of the vendor. */
  readonly usage?: TokenCounts | null;
  readonly tokenUsage?: { readonly total?: TokenCounts };
  readonly error?: TurnError | null;
  readonly willRetry?: boolean;
  readonly turn?: { readonly id?: string; readonly status?: string; readonly error?: TurnError | null };
}

interface RawItem {
  readonly type?: string;
  readonly id?: string;
  readonly text?: string;
  /** Of a function call. */
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: string;
}

/** A function whose result the CLI waits for. */
export interface ToolCallParams {
  readonly threadId?: string;
  readonly callId?: string;
  readonly tool?: string;
  readonly arguments?: unknown;
}

/** What the CLI takes for a result. */
export interface ToolCallResult {
  readonly contentItems: readonly ({ readonly type: 'inputText'; readonly text: string } | { readonly type: 'inputImage'; readonly imageUrl: string })[];
  readonly success: boolean;
}

export interface TurnError {
  readonly message?: string;
  /** A word, or an object with a word that holds the HTTP status. */
  readonly codexErrorInfo?: string | Readonly<Record<string, { readonly httpStatusCode?: number | null } | undefined>> | null;
  readonly additionalDetails?: string | null;
}

export interface TokenCounts {
  readonly inputTokens?: number;
  readonly cachedInputTokens?: number;
  readonly outputTokens?: number;
  readonly reasoningOutputTokens?: number;
}

export interface RateLimits {
  readonly limitId?: string | null;
  readonly primary?: RateLimitWindow | null;
  readonly secondary?: RateLimitWindow | null;
}

interface RateLimitWindow {
  readonly usedPercent?: number;
  readonly windowDurationMins?: number | null;
  readonly resetsAt?: number | null;
}

/** Notifications that nobody here needs: the CLI does not send them then. */
export const unwanted: readonly string[] = [
  ...['thread/started', 'thread/status/changed', 'turn/started', 'item/started', 'remoteControl/status/changed', 'configWarning', 'skills/changed', 'app/list/updated'],
  ...['mcpServer/startupStatus/updated', 'item/reasoning/summaryPartAdded', 'turn/diff/updated', 'turn/plan/updated', 'thread/name/updated', 'account/updated'],
];
