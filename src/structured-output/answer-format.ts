import { measureSchema } from './measure-schema.js';
import { type ResponseFormat } from '../kernel/completion-request.js';

/** A form of an answer that is JSON. */
export type JsonFormat = Exclude<ResponseFormat, { type: 'text' }>;

/** How a model is told what an answer in JSON has to be. */
export class AnswerFormat {
  readonly #kind: string;

  constructor(private readonly format: JsonFormat) {
    this.#kind = format.type === 'json-object' ? 'a single JSON object' : 'a single JSON value that fits the JSON Schema';
  }

  /** The system text that asks for it. @param withTools the model may call functions instead @throws GatewayError 400 for a schema that is too large */
  instruction(withTools: boolean): string {
    const when = withTools ? 'When you do not call a function, answer' : 'Answer';
    const form = `${when} with ${this.#kind} and nothing else: no words before or after it, no code fence.`;
    if (this.format.type === 'json-object') return form;
    const { name, description, schema } = this.format;
    return `${form}\nIt is the "${name}" that a program asked for${description === undefined ? '' : ` (${description})`}.\nJSON Schema: ${measureSchema(schema)}`;
  }

  /** What a model is told of an answer that does not fit. */
  complaint(problems: readonly string[]): string {
    return [`Your answer cannot be used:`, ...problems.map((problem) => `- ${problem}`), `Answer again, with ${this.#kind} and nothing else.`].join('\n');
  }
}
