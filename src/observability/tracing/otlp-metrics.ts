import { type Attributes } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { type Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { genAiProvider } from './gen-ai-provider.js';
import { toldOnce } from './told-once.js';
import { pairsOf, type TracingSettings } from './tracing-settings.js';
import { packageVersion } from '../../config/package-version.js';
import { type Log } from '../log.js';
import { type CompletionFigures } from '../metrics/completion-metrics.js';
import { secondsBuckets } from '../metrics/distribution.js';
import { type GaugeFigure } from '../metrics/gauge-figure.js';
import { type Metrics } from '../metrics/metrics.js';
import { type RequestFigures } from '../metrics/request-metrics.js';

const EXPORT_MS = 3000;
/** As the conventions have it (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/). */
const tokenBuckets = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
const seconds = { unit: 's', advice: { explicitBucketBoundaries: [...secondsBuckets] } };

/** The figures of `/metrics` by OTLP, under the names of OpenTelemetry's conventions where they have one. */
export class OtlpMetrics {
  readonly #provider: MeterProvider;
  readonly #meter;

  constructor(url: string, settings: TracingSettings, resource: Resource, metrics: Metrics, log: Log) {
    const exporter = toldOnce(new OTLPMetricExporter({ url, headers: pairsOf(settings.headers), timeoutMillis: EXPORT_MS }), 'metrics', log);
    const { metricIntervalMs } = settings;
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: metricIntervalMs, exportTimeoutMillis: Math.min(metricIntervalMs, 2 * EXPORT_MS) });
    this.#provider = new MeterProvider({ resource, readers: [reader] });
    this.#meter = this.#provider.getMeter('shellm', packageVersion);
    metrics.completions.heard = this.#completions();
    metrics.requests.heard = this.#requests();
  }

  /** Figures of the moment: read when they are sent. */
  show(figures: readonly GaugeFigure[]): void {
    for (const figure of figures) {
      this.#meter.createObservableGauge(figure.name, { description: figure.help }).addCallback((result) => {
        for (const [labels, value] of figure.read()) result.observe(value, labels);
      });
    }
  }

  close(): Promise<void> {
    return this.#provider.shutdown();
  }

  #completions(): (figures: CompletionFigures) => void {
    const duration = this.#meter.createHistogram('gen_ai.client.operation.duration', seconds);
    const firstToken = this.#meter.createHistogram('gen_ai.server.time_to_first_token', seconds);
    const tokens = this.#meter.createHistogram('gen_ai.client.token.usage', { unit: '{token}', advice: { explicitBucketBoundaries: tokenBuckets } });
    return (figures) => {
      const labels: Attributes = {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': genAiProvider(figures.provider ?? 'none'),
        'gen_ai.request.model': figures.model ?? 'none',
        'shellm.client': figures.client_name,
      };
      duration.record(figures.latency_ms / 1000, figures.status < 400 ? labels : { ...labels, 'error.type': String(figures.status) });
      if (figures.ttft_ms !== null) firstToken.record(figures.ttft_ms / 1000, labels);
      if (figures.prompt_tokens > 0) tokens.record(figures.prompt_tokens, { ...labels, 'gen_ai.token.type': 'input' });
      if (figures.completion_tokens > 0) tokens.record(figures.completion_tokens, { ...labels, 'gen_ai.token.type': 'output' });
    };
  }

  #requests(): (figures: RequestFigures) => void {
    const duration = this.#meter.createHistogram('http.server.request.duration', seconds);
    return ({ method, route, status, seconds: taken }) => {
      duration.record(taken, { 'http.request.method': method, 'http.response.status_code': status, ...(route === undefined ? {} : { 'http.route': route }) });
    };
  }
}
