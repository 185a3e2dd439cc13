/** What is known of a span. Names and meanings: https://opentelemetry.io/docs/specs/semconv/. Never what was asked or answered. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | string[] | null | undefined>>;

/** A piece of work within a trace. Where nothing is traced there is none, so that asking for one costs nothing. */
export interface Span {
  readonly traceId: string;
  /** For the next one who traces (https://www.w3.org/TR/trace-context/#traceparent-header). */
  readonly traceparent: string;
  child(name: string, kind: 'client' | 'internal', attributes?: SpanAttributes): Span;
  rename(name: string): void;
  /** Only the first end counts. @param error the code of the error that it ended with */
  end(attributes?: SpanAttributes, error?: string): void;
}
