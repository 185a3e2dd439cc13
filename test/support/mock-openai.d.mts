export interface RecordedOpenAiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly body: {
    readonly model: string;
    readonly input: readonly {
      readonly type?: string;
      readonly role?: string;
      readonly content?: string | readonly { readonly type: string; readonly text?: string; readonly image_url?: string }[];
      readonly [property: string]: unknown;
    }[];
    readonly tools?: readonly unknown[];
    readonly reasoning?: { readonly effort?: string };
  };
  /** The caller went away before the answer was whole. */
  readonly aborted?: boolean;
  readonly status?: number;
}

export interface MockOpenAi {
  readonly url: string;
  readonly port: number;
  /** Mutable: set its length to 0 to forget. */
  readonly requests: RecordedOpenAiRequest[];
  queue(...scenarios: object[]): void;
  config(scenario: object): void;
  reset(): void;
  close(): Promise<void>;
}

export function startMockOpenAI(options?: { port?: number; apiKey?: string; defaults?: object; models?: string[] }): Promise<MockOpenAi>;
