import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import { LiveSnapshots } from './live-snapshots.js';
import { StoredCounts } from './stored-counts.js';
import { Admission } from '../../http/admission.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type RequestContext } from '../../observability/request-context.js';
import { encodeFrame } from '../../wire/sse/frame.js';

const EVERY_MS = 1000;
/** Nothing has changed for so long: the clock is told all the same. Milliseconds. */
const ANYWAY_MS = 10_000;
const MAX_VIEWERS = 32;

/** Somebody who looks. */
export interface Viewer {
  readonly context: RequestContext;
  /** Whether it may still look: its key may end meanwhile. */
  mayLook(): boolean;
}

/** What runs, once a second, for all who look: made once, and not at all where nobody does. */
@Injectable()
export class LiveFeed implements OnApplicationShutdown {
  readonly #viewers = new Map<Subscriber<string>, Viewer>();
  #timer: NodeJS.Timeout | undefined;
  #told = '';
  #toldAt = -Infinity;

  constructor(
    private readonly snapshots: LiveSnapshots,
    private readonly counts: StoredCounts,
    private readonly admission: Admission,
  ) {
    admission.closes.addEventListener('abort', this.#end, { once: true });
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /**
   * SSE frames: one at once, then each second in which something changed. Ends at a shutdown, or where the viewer may not look any more.
   *
   * @throws GatewayError `concurrency_limit_exceeded`
   */
  async watch(viewer: Viewer): Promise<Observable<string>> {
    if (this.#viewers.size >= MAX_VIEWERS) {
      throw new GatewayError('concurrency_limit_exceeded', `${MAX_VIEWERS} already look at what runs. Try again when one of them has left.`, { retryAfter: 5 });
    }
    if (!this.counts.latest) await this.counts.refresh();
    return new Observable((subscriber) => {
      this.#viewers.set(subscriber, viewer);
      this.#timer ??= setInterval(this.#tick, EVERY_MS).unref();
      subscriber.next(this.#frame(this.#moment()));
      if (this.admission.closing) subscriber.complete();
      return () => {
        this.#leave(subscriber);
      };
    });
  }

  #leave(subscriber: Subscriber<string>): void {
    this.#viewers.delete(subscriber);
    if (this.#viewers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  readonly #tick = (): void => {
    void this.counts.refresh();
    for (const [subscriber, viewer] of this.#viewers) if (!viewer.mayLook()) subscriber.complete();
    const moment = this.#moment();
    const now = performance.now();
    if (moment === this.#told && now - this.#toldAt < ANYWAY_MS) return;
    this.#told = moment;
    this.#toldAt = now;
    const frame = this.#frame(moment);
    for (const subscriber of this.#viewers.keys()) subscriber.next(frame);
  };

  /** The gateway shuts down, and waits for nobody who only looks. */
  readonly #end = (): void => {
    const frame = this.#frame(this.#moment());
    for (const subscriber of [...this.#viewers.keys()]) {
      subscriber.next(frame);
      subscriber.complete();
    }
  };

  #moment(): string {
    return JSON.stringify(this.snapshots.moment(new Set([...this.#viewers.values()].map(({ context }) => context))));
  }

  #frame(moment: string): string {
    return encodeFrame({ data: `${JSON.stringify(this.snapshots.clock()).slice(0, -1)},${moment.slice(1)}` });
  }
}
