import { AsyncLocalStorage } from 'node:async_hooks';
import { type Facts } from '../kernel/answer.js';
import { type ErrorCode } from '../kernel/gateway-error.js';
import { type ModelId } from '../kernel/model-id.js';
import { type Span } from './tracing/span.js';

/** What is known of the request that is being served; its one log line is written from it. */
export interface RequestContext {
  readonly requestId: string;
  /** Of the request itself, where it is traced. */
  server?: Span | undefined;
  /** Of the completion that it asks for. */
  completion?: Span | undefined;
  /** The innermost of what is being done for it. */
  span?: Span | undefined;
  /** Ends the work on the request, with the error to end it with. */
  abort?: AbortController;
  client?: string;
  /** Of a request that was refused before anybody knew who asks. */
  address?: string;
  target?: ModelId;
  /** The first provider and how it failed, where another one answers. */
  fallback?: { readonly provider: string; readonly code: ErrorCode };
  /** Whether its answer was one that was kept, where the response cache was asked. */
  cache?: 'hit' | 'miss';
  facts?: Facts;
  /** How long its answer took until its first text, reasoning or tool call. Milliseconds. */
  ttftMs?: number | undefined;
  /** The error's code and, for an error that is not ours, what really happened. */
  error?: { readonly code: ErrorCode; readonly cause?: unknown };
}

/** The context of the request whose code runs: entered by an `onRequest` hook, so that it covers unknown routes and broken bodies too. */
export const requestContext = new AsyncLocalStorage<RequestContext>();
