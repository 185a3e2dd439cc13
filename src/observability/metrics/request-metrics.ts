import { type Registry } from 'prom-client';
import { type Count, CounterFamily } from './counter-family.js';
import { CounterTable } from './counter-table.js';
import { type Distribution } from './distribution.js';
import { HistogramFamily } from './histogram-family.js';
import { statusLabel } from './status-label.js';

/** The label of a path that is none of ours. */
const UNMATCHED = 'unmatched';

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What is counted of requests with the same method to the same route. */
interface Series {
  readonly labels: { readonly method: string; readonly route: string };
  readonly statuses: Map<string, Count>;
  readonly duration: Distribution;
}

/** One HTTP request that is over. */
export interface RequestFigures {
  readonly method: string;
  /** The route's template; undefined where there is no such route. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
  /** The code of the error that it ended with. */
  readonly error: string | undefined;
}

/** Counts HTTP requests as they end. */
export class RequestMetrics {
  readonly #requests;
  readonly #durations;
  readonly #errors;
  readonly #series = new Map<string, Map<string, Series>>();
  /** Hears of each too. */
  heard: ((figures: RequestFigures) => void) | undefined;

  constructor(registry: Registry) {
    this.#requests = new CounterFamily(
      registry,
      'shellm_http_requests_total',
      'HTTP requests that are over, by route and status; 499 where the client left before its answer began.',
      ['method', 'route', 'status'],
    );
    this.#durations = new HistogramFamily(registry, 'shellm_http_request_duration_seconds', 'How long HTTP requests took, until the last byte of a stream.', ['method', 'route']);
    this.#errors = new CounterTable(registry, 'shellm_errors_total', 'Requests that ended with an error, by its code; client_closed_request where the client left.', ['code']);
  }

  ended(figures: RequestFigures): void {
    const { method, route = UNMATCHED, status, seconds, error } = figures;
    const { statuses, labels, duration } = this.#seriesOf(methods.has(method) ? method : 'other', route);
    const label = statusLabel(status);
    let count = statuses.get(label);
    if (!count) {
      count = this.#requests.child({ ...labels, status: label });
      statuses.set(label, count);
    }
    count.value += 1;
    duration.observe(seconds);
    if (error !== undefined) this.#errors.count(error);
    this.heard?.(figures);
  }

  #seriesOf(method: string, route: string): Series {
    let byRoute = this.#series.get(method);
    if (!byRoute) this.#series.set(method, (byRoute = new Map<string, Series>()));
    let series = byRoute.get(route);
    if (!series) {
      const labels = { method, route };
      byRoute.set(route, (series = { labels, statuses: new Map(), duration: this.#durations.child(labels) }));
    }
    return series;
  }
}
