/**
 * An event of Anthropic's Messages API as the CLI passes it on. It is another program's word: everything may be missing or of another kind, and is read as what it
 * should be, or not at all.
 */
export interface ApiEvent {
  readonly type?: unknown;
  /** A count. */
  readonly index?: unknown;
  readonly message?: { readonly id?: unknown; readonly model?: unknown; readonly usage?: ApiUsage | null } | null;
  readonly content_block?: { readonly type?: unknown; readonly id?: unknown; readonly name?: unknown; readonly data?: unknown } | null;
  readonly delta?: {
    readonly type?: unknown;
    readonly text?: unknown;
    readonly thinking?: unknown;
    readonly signature?: unknown;
    readonly partial_json?: unknown;
    readonly stop_reason?: unknown;
  } | null;
  readonly usage?: ApiUsage | null;
}

/** Counts. */
export interface ApiUsage {
  readonly input_tokens?: unknown;
  readonly cache_creation_input_tokens?: unknown;
  readonly cache_read_input_tokens?: unknown;
  readonly output_tokens?: unknown;
  readonly output_tokens_details?: { readonly thinking_tokens?: unknown } | null;
}

/** What the CLI last heard of a subscription's limits. `resetsAt` is in seconds since 1970, `utilization` a share of 1. */
export interface RateLimitInfo extends RateLimitWindow {
  readonly rateLimitType?: unknown;
  /** By name: `five_hour`, `seven_day`. Older versions have none. */
  readonly unifiedWindows?: Readonly<Record<string, RateLimitWindow | null>> | null;
}

export interface RateLimitWindow {
  /** `allowed`, `allowed_warning`, `rejected`. */
  readonly status?: unknown;
  /** Seconds since 1970. */
  readonly resetsAt?: unknown;
  /** 0 to 1. */
  readonly utilization?: unknown;
}

/** One line of the CLI's `stream-json` output, as far as the gateway reads it. */
export interface CliMessage {
  readonly type?: unknown;
  readonly subtype?: unknown;
  readonly parent_tool_use_id?: unknown;
  readonly event?: ApiEvent | null;
  readonly message?: { readonly model?: unknown; readonly content?: unknown } | null;
  readonly error?: unknown;
  readonly api_error?: unknown;
  readonly api_error_status?: unknown;
  /** Its full name. */
  readonly model?: unknown;
  /** Names of all that the model may call. */
  readonly tools?: unknown;
  readonly is_error?: unknown;
  readonly num_turns?: unknown;
  readonly result?: unknown;
  readonly stop_reason?: unknown;
  readonly terminal_reason?: unknown;
  readonly usage?: ApiUsage | null;
  readonly rate_limit_info?: RateLimitInfo | null;
  readonly request_id?: unknown;
  readonly request?: { readonly subtype?: unknown; readonly message?: unknown } | null;
  readonly response?: { readonly subtype?: unknown; readonly error?: unknown } | null;
}

/** Reads one line; undefined for what is no JSON object. */
export function decodeLine(line: string): CliMessage | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as CliMessage;
  } catch {
    return undefined;
  }
}
