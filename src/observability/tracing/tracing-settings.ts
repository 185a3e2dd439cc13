import { IsBoolean, IsIn, IsNumber, IsOptional, IsString, IsUrl, Max, Min } from 'class-validator';
import { Transform } from 'class-transformer';
import { Env, Switch } from '../../config/settings.js';

const urls = { require_tld: false, protocols: ['http', 'https'], require_protocol: true };
const samplers = ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const;

/** Where traces and metrics go by OTLP: OpenTelemetry's own variables (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). */
export class TracingSettings {
  /** A collector's address, such as `http://127.0.0.1:4318`: traces go to `/v1/traces` below it, metrics to `/v1/metrics`. */
  @Env('OTEL_EXPORTER_OTLP_ENDPOINT')
  @IsOptional()
  @IsUrl(urls, { message: 'must be an http or https address' })
  endpoint: string | undefined = undefined;

  /** The whole address for traces, in place of the one above. */
  @Env('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  @IsOptional()
  @IsUrl(urls, { message: 'must be an http or https address' })
  tracesEndpoint: string | undefined = undefined;

  /** The whole address for metrics, in place of the one above. */
  @Env('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT')
  @IsOptional()
  @IsUrl(urls, { message: 'must be an http or https address' })
  metricsEndpoint: string | undefined = undefined;

  /** Headers for the collector, as `name=value,name=value`, percent-encoded. */
  @Env('OTEL_EXPORTER_OTLP_HEADERS', { secret: true })
  @IsString()
  headers: string = '';

  @Env('OTEL_SERVICE_NAME')
  @IsString()
  serviceName: string = 'shellm';

  /** Attributes of the whole service, as `name=value,name=value`, percent-encoded. */
  @Env('OTEL_RESOURCE_ATTRIBUTES')
  @IsString()
  resourceAttributes: string = '';

  /** Which requests are traced. */
  @Env('OTEL_TRACES_SAMPLER')
  @IsIn(samplers, { message: `must be one of ${samplers.join(', ')}` })
  sampler: (typeof samplers)[number] = 'parentbased_always_on';

  /** Of `traceidratio`: the share that is traced, from 0 to 1. */
  @Env('OTEL_TRACES_SAMPLER_ARG')
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? Number(value) : value))
  @IsNumber({}, { message: 'must be a number from 0 to 1' })
  @Min(0)
  @Max(1)
  samplerArg: number = 1;

  /** Milliseconds between two exports of metrics. */
  @Env('OTEL_METRIC_EXPORT_INTERVAL')
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? Number(value) : value))
  @IsNumber({}, { message: 'must be milliseconds' })
  @Min(100)
  @Max(3_600_000)
  metricIntervalMs: number = 60_000;

  @Env('OTEL_SDK_DISABLED')
  @Switch()
  @IsBoolean({ message: 'must be true or false' })
  disabled: boolean = false;

  /** Where traces go; undefined: nowhere. */
  get tracesUrl(): string | undefined {
    return this.disabled ? undefined : (this.tracesEndpoint ?? below(this.endpoint, 'v1/traces'));
  }

  /** Where metrics go; undefined: nowhere. */
  get metricsUrl(): string | undefined {
    return this.disabled ? undefined : (this.metricsEndpoint ?? below(this.endpoint, 'v1/metrics'));
  }
}

function below(endpoint: string | undefined, path: string): string | undefined {
  return endpoint === undefined ? undefined : `${endpoint.replace(/\/+$/, '')}/${path}`;
}

/** The pairs of a list as the specification writes it (https://www.w3.org/TR/baggage/#header-content); what is no pair is left out. */
export function pairsOf(list: string): Record<string, string> {
  const pairs = list.split(',').flatMap((entry) => {
    const at = entry.indexOf('=');
    const name = entry.slice(0, Math.max(at, 0)).trim();
    return name === '' ? [] : [[name, decoded(entry.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
