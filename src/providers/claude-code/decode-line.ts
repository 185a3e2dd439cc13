/** An event of Anthropic's Messages API as the CLI passes it on. Everything is optional: it is another program's word. */
export interface ApiEvent {
  readonly type?: string;
  readonly index?: number;
  readonly message?: { readonly id?: string; readonly model?: string; readonly usage?: ApiUsage } | null;
  readonly content_block?: { readonly type?: string; readonly id?: string; readonly name?: string; readonly data?: string } | null;
  readonly delta?: {
    readonly type?: string;
    readonly text?: string;
    readonly thinking?: string;
    readonly signature?: string;
    readonly partial_json?: string;
    readonly stop_reason?: string | null;
  } | null;
  readonly usage?: ApiUsage | null;
}

export interface ApiUsage {
  readonly input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null;
}

/** What the CLI last heard of a subscription's limits. `resetsAt` is in seconds since 1970, `utilization` a share of 1. */
export interface RateLimitInfo extends RateLimitWindow {
  readonly rateLimitType?: string;
  /** By name: `five_hour`, `seven_day`. Older versions have none. */
  readonly unifiedWindows?: Readonly<Record<string, RateLimitWindow>> | null;
}

export interface RateLimitWindow {
  /** `allowed`, `allowed_warning`, `rejected`. */
  readonly status?: string;
  /** Seconds since 1970. */
  readonly resetsAt?: number;
  /** 0 to 1. */
  readonly utilization?: number;
}

/** One line of the CLI's `stream-json` output, as far as the gateway reads it. */
export interface CliMessage {
  readonly type?: string;
  readonly subtype?: string;
  readonly parent_tool_use_id?: string | null;
  readonly event?: ApiEvent | null;
  readonly message?: { readonly model?: string; readonly content?: unknown } | null;
  readonly error?: string;
  readonly api_error?: string;
  readonly api_error_status?: number | null;
  /** Its full name. */
  readonly model?: string;
  /** Names of all that the model may call. */
  readonly tools?: unknown;
  readonly is_error?: boolean;
  readonly num_turns?: number;
  readonly result?: string;
  readonly stop_reason?: string | null;
  readonly terminal_reason?: string;
  readonly usage?: ApiUsage | null;
  readonly rate_limit_info?: RateLimitInfo | null;
  readonly request_id?: string;
  readonly request?: { readonly subtype?: string; readonly message?: unknown } | null;
  readonly response?: { readonly subtype?: string; readonly request_id?: string; readonly error?: string } | null;
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
