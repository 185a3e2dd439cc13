import { hash } from 'node:crypto';
import { type DemoLine } from './decode-line.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { ignoredParameters } from '../cli-parameters.js';
import { type Turn } from '../provider.js';

/** Makes the events of an answer of what the demo agent says: words, or calls. */
export class AnswerEvents {
  #begun = false;
  #speaking = false;
  #block = 0;
  #conversation: string | undefined;

  constructor(private readonly turn: Turn) {}

  eventsOf(line: DemoLine): StreamEvent[] {
    const start = this.#begin();
    switch (line.type) {
      case 'delta':
        return [...start, ...this.#speak(), { type: 'text-delta', block: this.#block, text: line.text }];
      case 'call':
        return [...start, ...this.#call(line.name, line.json)];
      case 'done':
        return [
          ...start,
          ...(this.#speaking ? [{ type: 'text-end', block: this.#block } as const] : []),
          { type: 'stream-end', reason: line.reason, usage: { inputTokens: line.input_tokens, outputTokens: line.output_tokens } },
        ];
    }
  }

  #begin(): StreamEvent[] {
    if (this.#begun) return [];
    this.#begun = true;
    const { request, model } = this.turn;
    return [{ type: 'stream-start', id: `demo-${process.hrtime.bigint().toString(36)}`, model, warnings: ignoredParameters(request) }];
  }

  #speak(): StreamEvent[] {
    if (this.#speaking) return [];
    this.#speaking = true;
    return [{ type: 'text-start', block: this.#block }];
  }

  #call(name: string, json: string): StreamEvent[] {
    const block = this.#block++;
    // The same for the same conversation, and another one at its next step.
    this.#conversation ??= hash('sha256', JSON.stringify(this.turn.request.messages)).slice(0, 24);
    return [
      { type: 'tool-call-start', block, callId: `call_${block + 1}_${this.#conversation}`, name },
      { type: 'tool-call-delta', block, json },
      { type: 'tool-call-end', block },
    ];
  }
}
