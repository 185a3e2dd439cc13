type Support = 'native' | 'emulated' | 'none';

/** What a provider can do. `native`: its own feature; `emulated`: the gateway's work around it; `none`: refused with a 400. */
export interface Capabilities {
  readonly streaming: Support;
  readonly system: Support;
  readonly tools: Support;
  readonly json_schema: Support;
  readonly images: Support;
  readonly files: Support;
  readonly reasoning: Support;
  readonly stop: Support;
  readonly max_tokens: Support;
  readonly usage: Support;
  readonly sessions: Support;
}
