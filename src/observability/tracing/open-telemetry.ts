import { type Attributes, context, isSpanContextValid, ROOT_CONTEXT, type Span as ApiSpan, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOffSampler, AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, type Sampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { OtlpMetrics } from './otlp-metrics.js';
import { type Span, type SpanAttributes } from './span.js';
import { toldOnce } from './told-once.js';
import { pairsOf, type TracingSettings } from './tracing-settings.js';
import { instanceId } from '../../config/instance-id.js';
import { packageVersion } from '../../config/package-version.js';
import { type Log } from '../log.js';
import { type GaugeFigure } from '../metrics/gauge-figure.js';
import { type Metrics } from '../metrics/metrics.js';

/** A collector that does not answer holds no shutdown up. Milliseconds. */
const LAST_EXPORT_MS = 2000;
const EXPORT_MS = 3000;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/** What sends traces and metrics to a collector: in batches, beside the requests; what it cannot keep, some thousand spans, it drops. */
export interface Exporter {
  root(name: string, kind: 'server' | 'internal', traceparent: string | undefined, attributes: SpanAttributes): Span | undefined;
  show(figures: readonly GaugeFigure[]): void;
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>;
}

export function openExporter(settings: TracingSettings, metrics: Metrics, log: Log): Exporter {
  const resource = resourceOf(settings);
  const tracing = settings.tracesUrl === undefined ? undefined : tracerTo(settings.tracesUrl, settings, resource, log);
  const figures = settings.metricsUrl === undefined ? undefined : new OtlpMetrics(settings.metricsUrl, settings, resource, metrics, log);
  const tracer = tracing?.getTracer('shellm', packageVersion);
  return {
    root: (name, kind, traceparent, attributes) => tracer && startSpan(tracer, name, kinds[kind], parentOf(traceparent), attributes),
    show: (shown) => {
      figures?.show(shown);
    },
    close: async () => {
      const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_EXPORT_MS).unref());
      // A collector that is away was told of before.
      await Promise.race([late, Promise.allSettled([tracing?.shutdown(), figures?.close()])]);
    },
  };
}

function tracerTo(url: string, settings: TracingSettings, resource: Resource, log: Log): TracerProvider {
  const exporter = toldOnce(new OTLPTraceExporter({ url, headers: pairsOf(settings.headers), timeoutMillis: EXPORT_MS }), 'traces', log);
  return new TracerProvider({
    resource,
    sampler: samplerOf(settings),
    spanLimits: { attributeValueLengthLimit: 500 },
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000, exportTimeoutMillis: 2 * EXPORT_MS })],
  });
}

function resourceOf({ resourceAttributes, serviceName }: TracingSettings): Resource {
  return resourceFromAttributes({ 'service.instance.id': instanceId, 'service.version': packageVersion, ...pairsOf(resourceAttributes), 'service.name': serviceName });
}

function samplerOf({ sampler, samplerArg }: TracingSettings): Sampler {
  const [how, ofParent] = [sampler.replace('parentbased_', ''), sampler.startsWith('parentbased_')];
  const root = how === 'traceidratio' ? new TraceIdRatioBasedSampler(samplerArg) : how === 'always_off' ? new AlwaysOffSampler() : new AlwaysOnSampler();
  return ofParent ? new ParentBasedSampler({ root }) : root;
}

/** Whose trace a request belongs to; what is no `traceparent` begins one. */
function parentOf(traceparent: string | undefined): typeof ROOT_CONTEXT {
  const [, traceId, spanId, flags] = /^[0-9a-e][0-9a-f]-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const parent = { traceId, spanId, traceFlags: parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

function startSpan(tracer: Tracer, name: string, kind: SpanKind, parent: typeof ROOT_CONTEXT, attributes: SpanAttributes): Span {
  return new TracedSpan(tracer, tracer.startSpan(name, { kind, attributes: known(attributes) }, parent));
}

class TracedSpan implements Span {
  constructor(
    private readonly tracer: Tracer,
    private readonly span: ApiSpan,
  ) {}

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.span.spanContext();
    return `00-${traceId}-${spanId}-0${traceFlags & 1}`;
  }

  child(name: string, kind: 'client' | 'internal', attributes: SpanAttributes = {}): Span {
    return startSpan(this.tracer, name, kinds[kind], trace.setSpan(context.active(), this.span), attributes);
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  end(attributes: SpanAttributes = {}, error?: string): void {
    if (!this.span.isRecording()) return;
    this.span.setAttributes(known(attributes));
    if (error !== undefined) this.span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR, message: error });
    this.span.end();
  }
}

function known(attributes: SpanAttributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null));
}
