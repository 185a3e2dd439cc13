import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Exporter } from './open-telemetry.js';
import { type Span, type SpanAttributes } from './span.js';
import { type TracingSettings } from './tracing-settings.js';
import { type Log } from '../log.js';
import { type Metrics } from '../metrics/metrics.js';

/** Traces and metrics for a collector. OpenTelemetry is only loaded where there is one. */
export class Tracing implements OnApplicationBootstrap, OnApplicationShutdown {
  static async open(settings: TracingSettings, metrics: Metrics, log: Log): Promise<Tracing> {
    if (settings.tracesUrl === undefined && settings.metricsUrl === undefined) return new Tracing(undefined, metrics);
    const { openExporter } = await import('./open-telemetry.js');
    return new Tracing(openExporter(settings, metrics, log), metrics);
  }

  private constructor(
    private readonly exporter: Exporter | undefined,
    private readonly metrics: Metrics,
  ) {}

  get on(): boolean {
    return this.exporter !== undefined;
  }

  /** The span of a request that has come in; undefined where nothing is traced. @param traceparent the header of who traces already */
  request(name: string, traceparent: string | undefined, attributes: SpanAttributes): Span | undefined {
    return this.exporter?.root(name, 'server', traceparent, attributes);
  }

  /** The span of work that nobody waits for. */
  background(name: string, attributes: SpanAttributes): Span | undefined {
    return this.exporter?.root(name, 'internal', undefined, attributes);
  }

  /** Whoever shows figures of the moment has said so by now. */
  onApplicationBootstrap(): void {
    this.exporter?.show(this.metrics.figures);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.exporter?.close();
  }
}
