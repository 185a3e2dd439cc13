import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A span as a collector gets it; attributes as plain values. */
export interface SunkSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** OTLP's: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  /** 2 is an error. */
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
}

/** A small OpenTelemetry collector for JSON over HTTP: keeps what it gets. */
export class OtlpSink {
  readonly spans: SunkSpan[] = [];
  /** Everything that came, as it came. */
  text = '';
  readonly headers: string[] = [];
  readonly metricNames = new Set<string>();

  static async start(): Promise<OtlpSink> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OtlpSink(server);
  }

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.headers.push(String(request.headers['x-collector-key']));
        this.#take(request.url ?? '', Buffer.concat(chunks).toString());
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The spans of a trace, by name. */
  trace(traceId: string): Map<string, SunkSpan> {
    return new Map(this.spans.filter((span) => span.traceId === traceId).map((span) => [span.name, span]));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  #take(path: string, text: string): void {
    this.text += text;
    const body = JSON.parse(text);
    if (path === '/v1/traces') {
      for (const { scopeSpans } of body.resourceSpans) {
        for (const { spans } of scopeSpans)
          for (const { status, attributes, ...span } of spans) this.spans.push({ ...span, status: status.code ?? 0, attributes: plain(attributes as []) });
      }
    } else if (path === '/v1/metrics') {
      for (const { scopeMetrics } of body.resourceMetrics) for (const { metrics } of scopeMetrics) for (const { name } of metrics) this.metricNames.add(name as string);
    }
  }
}

function plain(attributes: readonly { readonly key: string; readonly value: OtlpValue }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue({ stringValue, intValue, doubleValue, boolValue, arrayValue }: OtlpValue): unknown {
  if (arrayValue) return (arrayValue.values ?? []).map(plainValue);
  return stringValue ?? (intValue === undefined ? undefined : Number(intValue)) ?? doubleValue ?? boolValue;
}
