import { sumUsage } from './sum-usage.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type PromptTokens, promptOf, type Usage } from '../kernel/usage.js';
import { type TurnMeter } from '../providers/provider.js';
import { SpokenTokens } from '../streaming/spoken-tokens.js';

/** One piece of work that a vendor was asked for. */
interface Work {
  /** Undefined where the vendor did none. */
  usage(): Usage | undefined;
}

/**
 * What vendors have done for one completion, for whom its own figures do not come to: it failed, or the client left. What they counted counts, the rest is guessed of
 * what was asked and what was heard. It is only added up when somebody asks.
 */
export class UsageSoFar {
  readonly #works: Work[] = [];

  /** A provider is asked for a turn. @param estimateInput a guess at the prompt's tokens */
  turn(estimateInput: () => number): TurnSoFar {
    return this.#add(new TurnSoFar(estimateInput));
  }

  /** A vendor is asked for bytes. */
  bytes(estimateInput: () => number): BytesSoFar {
    return this.#add(new BytesSoFar(estimateInput));
  }

  /** How many pieces of work there are so far. */
  get works(): number {
    return this.#works.length;
  }

  /** Undefined where nobody was at work. @param from the first piece of work that counts */
  usage(from = 0): Usage | undefined {
    return this.#works
      .slice(from)
      .map((work) => work.usage())
      .reduce((sum, one) => (sum && one ? sumUsage(sum, one) : (sum ?? one)), undefined);
  }

  #add<T extends Work>(work: T): T {
    this.#works.push(work);
    return work;
  }
}

/** A turn as it is heard at its provider, before anything is cut or held back. */
export class TurnSoFar implements Work, TurnMeter {
  #state: 'waiting' | 'begun' | 'failed' = 'waiting';
  #heard = false;
  readonly #spoken = new SpokenTokens();
  #prompt: PromptTokens | undefined;
  #usage: Usage | undefined;
  #tell: (() => Usage | undefined) | undefined;

  constructor(private readonly estimateInput: () => number) {}

  begun(): void {
    this.#state = 'begun';
  }

  counted(tell: () => Usage | undefined): void {
    this.#tell = tell;
  }

  hear(event: StreamEvent): void {
    this.#heard = true;
    this.#spoken.see(event);
    if (event.type === 'stream-start') this.#prompt = promptOf(event);
    else if (event.type === 'stream-end') this.#usage = event.usage;
  }

  failed(error: unknown): void {
    if (!isPatienceOver(error)) this.#state = 'failed';
  }

  usage(): Usage | undefined {
    const told = this.#usage ?? this.#tell?.();
    if (told && told.estimated !== true) return told;
    // A vendor that refuses takes nothing; one that is left is at work.
    if (!told && !this.#heard && this.#state !== 'begun') return undefined;
    return this.#guess(told ?? { ...(this.#prompt ?? { inputTokens: this.estimateInput() }), outputTokens: 0 });
  }

  #guess(known: Usage): Usage {
    return { ...known, outputTokens: Math.max(known.outputTokens, this.#spoken.tokens), estimated: true };
  }
}

/** A vendor's answer that passes as bytes. */
export class BytesSoFar implements Work {
  /** A guess at the tokens of what has passed. */
  spoken: (() => number) | undefined;
  #failed = false;

  constructor(private readonly estimateInput: () => number) {}

  /** It was refused, or broke off. */
  failed(error?: unknown): void {
    if (!isPatienceOver(error)) this.#failed = true;
  }

  usage(): Usage | undefined {
    const outputTokens = this.spoken?.() ?? 0;
    // A vendor that fails before its first word takes nothing.
    if (this.#failed && outputTokens === 0) return undefined;
    return { inputTokens: this.estimateInput(), outputTokens, estimated: true };
  }
}

/** Our patience, not the vendor's work; one that waited for its slot has an error of the same name, and never begun. */
function isPatienceOver(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'timeout';
}
