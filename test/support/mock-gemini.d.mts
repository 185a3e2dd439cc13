export interface RecordedGeminiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly body: {
    readonly systemInstruction?: { readonly parts: readonly { readonly text?: string }[] };
    readonly contents: readonly {
      readonly role: string;
      readonly parts: readonly { readonly text?: string; readonly inlineData?: { readonly mimeType: string; readonly data: string } }[];
    }[];
    readonly tools?: readonly { readonly functionDeclarations?: readonly unknown[] }[];
  };
  /** The caller went away before the answer was whole. */
  readonly aborted?: boolean;
  readonly status?: number;
}

export interface MockGemini {
  readonly url: string;
  readonly port: number;
  /** Mutable: set its length to 0 to forget. */
  readonly requests: RecordedGeminiRequest[];
  queue(...scenarios: object[]): void;
  config(scenario: object): void;
  reset(): void;
  close(): Promise<void>;
}

export function startMockGemini(options?: { port?: number; apiKey?: string; defaults?: object; models?: string[] }): Promise<MockGemini>;
