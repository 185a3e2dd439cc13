import { hash } from 'node:crypto';
import { AnswerMessage } from './answer-message.js';
import { KeptNames } from './kept-names.js';
import { type CompletionRequest, type FunctionTool, type ResponseFormat } from '../kernel/completion-request.js';
import { answeredCount, type Message } from '../kernel/message.js';
import { type ModelId } from '../kernel/model-id.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Affinity } from '../providers/provider.js';

/**
 * Names a conversation by what was said in it, so that its next turn finds the process that holds it. The name covers the owner, the model,
 * the system texts, the tools, the form of the answer and every turn, but not the API that the client speaks; the answer goes into it as the client saw it, since that is what the client sends back.
 */
export class ConversationAffinity implements Affinity {
  readonly #owner: string;
  readonly #id: ModelId;
  readonly #request: CompletionRequest;
  #base: string | undefined;
  readonly #answer = new AnswerMessage();

  constructor(
    owner: string,
    id: ModelId,
    request: CompletionRequest,
    private readonly names = new KeptNames(),
  ) {
    this.#owner = owner;
    this.#id = id;
    this.#request = request;
  }

  /** Costs a hash of the whole conversation: for who has processes to find. */
  get resumeKey(): string | undefined {
    const { messages } = this.#request;
    const answered = answeredCount(messages);
    return answered === 0 ? undefined : this.names.nameOf(this.#key(messages.slice(0, answered)));
  }

  /** Takes in what the client is sent. */
  observe(event: StreamEvent): void {
    this.#answer.observe(event);
  }

  /** The conversation with this turn's answer; undefined before its end. */
  history(): readonly Message[] | undefined {
    const answer = this.#answer.whole;
    return answer && [...this.#request.messages, answer];
  }

  keepKey(): string | undefined {
    const key = this.#keepKey();
    if (key !== undefined) this.names.forget(key);
    return key;
  }

  /** The process that holds the conversation with this turn's answer was kept under a name of its own. */
  keptAs(name: string): void {
    const key = this.#keepKey();
    if (key !== undefined) this.names.set(key, name);
  }

  #keepKey(): string | undefined {
    const history = this.history();
    return history && this.#key(history);
  }

  #key(messages: readonly Message[]): string {
    this.#base ??= this.#baseOf(this.#request);
    return hash('sha256', this.#base + JSON.stringify(messages, spoken));
  }

  #baseOf({ system, tools, toolChoice, reasoningEffort, responseFormat }: CompletionRequest): string {
    const { provider, model } = this.#id;
    return JSON.stringify([this.#owner, provider, model, system.join('\n\n'), tools.map(told), toolChoice, reasoningEffort, told(responseFormat)]);
  }
}

/** What a process hears of a tool or a form: the formats differ in the rest, which is for vendors. */
function told(given: FunctionTool | ResponseFormat): object {
  return { ...given, strict: undefined, ...('schema' in given ? { name: undefined } : {}) };
}

/** What clients give back of what was said: not where a part stood in a body, nor what the model thought, and arguments with spaces of their own. */
function spoken(field: string, value: unknown): unknown {
  if (field === 'param' || field === 'reasoning') return undefined;
  return field === 'json' && typeof value === 'string' ? compact(value) : value;
}

function compact(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return json;
  }
}
