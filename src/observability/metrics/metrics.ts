import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { CompletionMetrics } from './completion-metrics.js';
import { type Distribution } from './distribution.js';
import { type GaugeFigure } from './gauge-figure.js';
import { HistogramFamily } from './histogram-family.js';
import { RequestMetrics } from './request-metrics.js';

/** A text is given out again for so many times as long as it took to write: whoever asks all the time gets no more than a tenth of the gateway. */
const REST = 9;

/** All that is counted and measured, and how it is written out for Prometheus. Counting costs a request some additions; the rest is done when somebody asks. */
export class Metrics {
  readonly #registry = new Registry();
  readonly requests = new RequestMetrics(this.#registry);
  readonly completions = new CompletionMetrics(this.#registry);
  readonly #figures: GaugeFigure[] = [];
  readonly #waits = new HistogramFamily(this.#registry, 'shellm_queue_wait_seconds', 'How long turns waited for their slot, those that got one at once included.', ['line']);
  #writing: Promise<string> | undefined;
  #fresh = -Infinity;
  #node = false;

  /** Shows a figure of the moment from now on. */
  show(figure: GaugeFigure): void {
    const { name, help, labels } = figure;
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [set, value] of figure.read()) this.set(set, value);
      },
    });
    this.#figures.push(figure);
  }

  /** Shows how long turns wait in a line: `interactive`, or `background` where nobody waits for the answer. */
  showWaits(line: 'interactive' | 'background', waits: Distribution): void {
    this.#waits.child({ line }, waits);
  }

  /** What is shown of the moment. */
  get figures(): readonly GaugeFigure[] {
    return this.#figures;
  }

  /** Prometheus' text format, version 0.0.4. Who asks while it is being written gets the same. */
  text(): Promise<string> {
    if (!this.#writing || performance.now() > this.#fresh) this.#writing = this.#write();
    return this.#writing;
  }

  async #write(): Promise<string> {
    this.#fresh = Infinity;
    const began = performance.now();
    try {
      // From the first look on: to watch the event loop wakes an idle process up.
      if (!this.#node) collectDefaultMetrics({ register: this.#registry });
      this.#node = true;
      return await this.#registry.metrics();
    } finally {
      const ended = performance.now();
      this.#fresh = ended + REST * (ended - began);
    }
  }
}
