import { type Server } from 'node:http';

export interface RecordedRequest {
  readonly n: number;
  readonly t: number;
  readonly method: string;
  readonly path: string;
  readonly bytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly model: string;
    readonly max_tokens: number;
    readonly system?: readonly { readonly text: string }[];
    readonly messages: readonly { readonly role: string; readonly content: string | readonly Record<string, unknown>[] }[];
    readonly tools?: readonly { readonly name: string }[];
    readonly thinking?: { readonly type: string };
    readonly output_config?: { readonly effort?: string };
    readonly stream?: boolean;
    /** Of Claude Code: a text that names its process's session. */
    readonly metadata?: { readonly user_id: string };
  };
  readonly abortedAt?: number;
}

export interface MockAnthropic {
  readonly url: string;
  readonly port: number;
  /** Mutable: set its length to 0 to forget. */
  readonly requests: RecordedRequest[];
  readonly stats: { readonly total: number; readonly open: number; readonly aborted: number; readonly completed: number };
  readonly server: Server;
  close(): Promise<void>;
}

export function startMock(options?: { port?: number; log?: string; strict?: boolean; quiet?: boolean; unified?: boolean }): Promise<MockAnthropic>;
