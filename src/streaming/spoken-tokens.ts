import { type StreamEvent } from '../kernel/stream-event.js';
import { estimateTokens } from '../kernel/usage.js';

/** A guess at the tokens of an answer, of what a provider has said of it: four characters a token, and at least one a piece. */
export class SpokenTokens {
  #characters = 0;
  #pieces = 0;

  see(event: StreamEvent): void {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
        this.#hear(event.text.length);
        break;
      case 'tool-call-delta':
        this.#hear(event.json.length);
        break;
      default:
    }
  }

  get tokens(): number {
    return Math.max(estimateTokens(this.#characters), this.#pieces);
  }

  #hear(characters: number): void {
    if (characters === 0) return;
    this.#characters += characters;
    this.#pieces++;
  }
}
