import { Inject, Injectable } from '@nestjs/common';
import { join } from 'node:path';
import { map, type Observable, type Subscriber } from 'rxjs';
import { AnswerEvents } from './answer-events.js';
import { decodeLine } from './decode-line.js';
import { encodeTurn } from './encode-turn.js';
import { ENVIRONMENT, type Environment } from '../../config/environment.js';
import { ownProgram, packageFolder } from '../../config/own-file.js';
import { type Capabilities } from '../../kernel/capabilities.js';
import { type ResponseFormat } from '../../kernel/completion-request.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { type Child } from '../../process-pool/child.js';
import { type ExclusivePool } from '../../process-pool/exclusive-pool.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { type Provider, type ProviderStatus, type Turn } from '../provider.js';
import { slottedTurn } from '../slotted-turn.js';

const MODEL = 'demo';

const agent = ownProgram('providers/demo/agent');

/** It says that the agent is a module. */
const packageFile = join(packageFolder, 'package.json');

/** A small agent that ships with the gateway: no account, a real child process, the same answer every time. */
@Injectable()
export class DemoProvider implements Provider {
  readonly id = 'demo';
  readonly kind = 'cli';
  readonly defaultModel = MODEL;
  readonly passesAnyModel = false;
  readonly configured = true;
  readonly formats = [];
  readonly whatToDo = 'The demo agent is always ready.';
  readonly capabilities: Capabilities = {
    streaming: 'native',
    system: 'none',
    tools: 'native',
    json_schema: 'native',
    images: 'none',
    files: 'none',
    reasoning: 'none',
    stop: 'emulated',
    max_tokens: 'native',
    usage: 'native',
    sessions: 'emulated',
  };
  readonly #processes: ExclusivePool;

  constructor(
    private readonly pool: ProcessPool,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    const env = pool.isolation.environment(environment, []);
    this.#processes = pool.exclusive(
      { name: 'The demo agent', group: this.id, command: process.execPath, args: [agent], env, files: { read: [packageFile] } },
      { warmAfterMs: 100 },
    );
  }

  start(): void {
    this.#processes.warmUp();
  }

  models(): readonly string[] {
    return [MODEL];
  }

  usable(): boolean {
    return true;
  }

  status(): Promise<ProviderStatus> {
    return Promise.resolve({ status: 'ready', installed: true, authenticated: true, detail: 'A demo without a language model. Log in a CLI or set OPENAI_API_KEY.' });
  }

  takesFormat({ type }: ResponseFormat): boolean {
    return type === 'json-schema';
  }

  stream(turn: Turn): Observable<StreamEvent> {
    return slottedTurn(
      this.pool,
      turn,
      () => encodeTurn(turn.request),
      (input, subscriber, signal) => this.#run(turn, input, subscriber, signal),
    );
  }

  async #run(turn: Turn, input: string, subscriber: Subscriber<StreamEvent>, signal: AbortSignal): Promise<void> {
    const child = this.#resume(turn) ?? (await this.#processes.take(signal));
    let finished = false;
    subscriber.add(() => {
      if (!finished) void child.end('cancelled');
    });
    if (subscriber.closed) return;
    const answer = new AnswerEvents(turn);
    subscriber.add(
      child
        .lines(turn.flow)
        .pipe(map(decodeLine))
        .subscribe({
          next: (message) => {
            for (const event of answer.eventsOf(message)) {
              finished ||= event.type === 'stream-end';
              subscriber.next(event);
            }
            if (finished) this.#finish(turn, child, subscriber);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
        }),
    );
    child.write(input);
  }

  #resume({ affinity }: Turn): Child | undefined {
    const { resumeKey } = affinity;
    return resumeKey === undefined ? undefined : this.pool.live.take(resumeKey);
  }

  #finish({ affinity }: Turn, child: Child, subscriber: Subscriber<StreamEvent>): void {
    const key = affinity.keepKey();
    subscriber.complete();
    if (key === undefined) void child.end('finished');
    else this.pool.live.keep(key, child);
  }
}
