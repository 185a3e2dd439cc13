import { type Registry } from 'prom-client';
import { type Count, CounterFamily } from './counter-family.js';
import { CounterTable } from './counter-table.js';
import { type Distribution } from './distribution.js';
import { HistogramFamily } from './histogram-family.js';
import { statusLabel } from './status-label.js';

/** Label sets of provider, model and client; what comes beyond is counted together, under `other`. */
const MAX_LABEL_SETS = 1000;
/** Of them, those that only failures have had: names that nobody serves cost nothing to invent. */
const MAX_FAILED = MAX_LABEL_SETS / 2;
const NANOS = 1e9;
/** What led to no provider; and what there were too many of. */
const NONE = 'none';
const OTHER = 'other';

/** What a completion took, as the usage ledger has it. */
export interface CompletionFigures {
  readonly client_name: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost_nanos: number | null;
  readonly latency_ms: number;
  readonly ttft_ms: number | null;
  readonly status: number;
  readonly cache: 'hit' | 'miss' | null;
}

const labelNames = ['provider', 'model', 'client'] as const;
type Labels = Readonly<Record<(typeof labelNames)[number], string>>;
type TokenType = 'prompt' | 'completion' | 'cached' | 'reasoning';

/** What is counted of completions with the same provider, model and client. */
interface Series {
  readonly statuses: Map<number, Count>;
  readonly duration: Distribution;
  firstToken: Distribution | undefined;
  tokens: Readonly<Record<TokenType, Count>> | undefined;
  cost: Count | undefined;
  readonly labels: Labels;
}

/** Counts completions as they end. */
export class CompletionMetrics {
  readonly #completions;
  readonly #durations;
  readonly #firstTokens;
  readonly #tokens;
  readonly #costs;
  readonly #cache;
  readonly #fallbacks;
  readonly #series = new Map<string, Series>();
  /** Hears of each too. */
  heard: ((figures: CompletionFigures) => void) | undefined;

  constructor(registry: Registry) {
    this.#completions = new CounterFamily(registry, 'shellm_completions_total', 'Completions that have ended, by how: an HTTP status, 499 where the client left.', [
      ...labelNames,
      'status',
    ]);
    this.#durations = new HistogramFamily(registry, 'shellm_completion_duration_seconds', 'How long completions took in all, waits included.', labelNames);
    this.#firstTokens = new HistogramFamily(registry, 'shellm_time_to_first_token_seconds', 'How long streams took until their first text, reasoning or tool call.', labelNames);
    this.#tokens = new CounterFamily(registry, 'shellm_tokens_total', 'Tokens: prompt (cached ones included), completion (reasoning included), cached, reasoning.', [
      ...labelNames,
      'type',
    ]);
    this.#costs = new CounterFamily(registry, 'shellm_cost_dollars_total', 'What completions cost by the prices that are known, in US dollars.', labelNames);
    this.#cache = new CounterTable(registry, 'shellm_cache_requests_total', 'Completions that asked the response cache.', ['result']);
    this.#fallbacks = new CounterTable(registry, 'shellm_fallbacks_total', 'Completions that another provider answered, by the error of the first one.', ['from', 'to', 'code']);
  }

  /** A completion has ended. @param fallback the provider that failed before, and how */
  ended(figures: CompletionFigures, fallback: { readonly provider: string; readonly code: string } | undefined): void {
    const series = this.#seriesOf(figures);
    this.#statusOf(series, figures.status).value += 1;
    series.duration.observe(figures.latency_ms / 1000);
    if (figures.ttft_ms !== null) (series.firstToken ??= this.#firstTokens.child(series.labels)).observe(figures.ttft_ms / 1000);
    if (figures.prompt_tokens + figures.completion_tokens > 0) this.#addTokens(series, figures);
    if (figures.cost_nanos !== null) (series.cost ??= this.#costs.child(series.labels)).value += figures.cost_nanos / NANOS;
    if (figures.cache) this.#cache.count(figures.cache);
    if (fallback) this.#fallbacks.count(fallback.provider, figures.provider ?? NONE, fallback.code);
    this.heard?.(figures);
  }

  #addTokens(series: Series, figures: CompletionFigures): void {
    const { labels } = series;
    const child = (type: TokenType): Count => this.#tokens.child({ ...labels, type });
    const tokens = (series.tokens ??= { prompt: child('prompt'), completion: child('completion'), cached: child('cached'), reasoning: child('reasoning') });
    tokens.prompt.value += figures.prompt_tokens;
    tokens.completion.value += figures.completion_tokens;
    tokens.cached.value += figures.cached_tokens;
    tokens.reasoning.value += figures.reasoning_tokens;
  }

  #statusOf({ statuses, labels }: Series, status: number): Count {
    const known = statuses.get(status);
    if (known) return known;
    const label = statusLabel(status);
    // Several statuses may go by one label.
    const same = [...statuses].find(([other]) => statusLabel(other) === label)?.[1];
    const count = same ?? this.#completions.child({ ...labels, status: label });
    statuses.set(status, count);
    return count;
  }

  #seriesOf({ provider, model, client_name: client, status }: CompletionFigures): Series {
    const labels = { provider: provider ?? NONE, model: model ?? NONE, client };
    const key = keyOf(labels);
    const known = this.#series.get(key);
    if (known) return known;
    const room = this.#series.size < (status < 400 ? MAX_LABEL_SETS : MAX_FAILED);
    return room ? this.#open(key, labels) : this.#others(labels.provider);
  }

  #others(provider: string): Series {
    const labels = { provider, model: OTHER, client: OTHER };
    const key = keyOf(labels);
    return this.#series.get(key) ?? this.#open(key, labels);
  }

  #open(key: string, labels: Labels): Series {
    const series: Series = { statuses: new Map(), duration: this.#durations.child(labels), firstToken: undefined, tokens: undefined, cost: undefined, labels };
    this.#series.set(key, series);
    return series;
  }
}

/** No provider, model or client has the character in its name. */
function keyOf({ provider, model, client }: Labels): string {
  return `${provider}\0${model}\0${client}`;
}
